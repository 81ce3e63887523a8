"""The lessons on networks and fits: what each is to show, measured; values against few lines of numpy."""

import math

import numpy as np
import pytest

import landscape as ls
from landscape.catalogue import concepts, mnist_network
from landscape.models.polynomial import Polynomial

IDS = [
    "softmax-temperature", "vanishing-gradient", "dropout", "batch-normalisation", "convolution", "recurrent",
    "overfitting", "regularisation",
]  # fmt: skip
NEW = ["filter-normalised", "optimizers-on-mnist", *IDS]
SCENES = [(name, False) for name in NEW] + [(name, True) for name in NEW if ls.lesson_beside(name) is not None]


def test_the_ids_in_gallery_order():
    assert list(concepts.LESSONS) == IDS
    assert list(mnist_network.LESSONS)[-2:] == ["filter-normalised", "optimizers-on-mnist"]


@pytest.mark.parametrize(("name", "beside"), SCENES)
def test_every_scene_comes_back_from_its_link_and_is_finite(name, beside, request):
    scene = ls.lesson_beside(name) if beside else ls.lesson(name)
    assert ls.Scene.from_query(scene.to_query()) == scene
    if scene.data.kind == "mnist":
        request.getfixturevalue("mnist_files")
    surface = ls.surface(scene)
    assert np.isfinite(surface.loss).all()
    assert np.ptp(surface.loss) > 0
    for path in ls.descend(scene):
        assert path.step[-1] == scene.runs[0].steps
        assert np.isfinite(path.loss).all()


@pytest.mark.parametrize("name", [name for name, beside in SCENES if beside])
def test_scenes_side_by_side_look_at_the_same_ranges(name):
    assert ls.lesson(name) != ls.lesson_beside(name)
    assert ls.lesson(name).grid == ls.lesson_beside(name).grid


def parts(scene, theta):
    """The blocks of a flat vector by name."""
    ends = np.cumsum([math.prod(shape) for shape in scene.blocks.values()])[:-1]
    return {
        name: block.reshape(shape)
        for (name, shape), block in zip(scene.blocks.items(), np.split(theta, ends), strict=True)
    }


def cross_entropy(z, y):
    """Of the softmax of z (N, K), mean over the samples."""
    return -(y * (z - np.log(np.exp(z).sum(axis=1, keepdims=True)))).sum(axis=1).mean()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def at_some_points(scene):
    """Parameters and drawn losses at five points of a scene's surface."""
    surface, plane = ls.surface(scene), ls.plane(scene)
    for i, j in ((0, 0), (7, 31), (20, 20), (33, 5), (39, 39)):
        yield plane.lift(np.array([surface.a[j], surface.b[i]])), surface.loss[i, j]


def spread(scene):
    return float(np.ptp(ls.surface(scene).loss))


# --- the MNIST network ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(mnist_files):
    """784-50-500-10 after 200 steps of gradient descent at rate 1, by textbook back-propagation."""
    scene = ls.lesson("filter-normalised")
    (x, y, _), theta = ls.objective(scene).samples, ls.objective(scene).theta0
    weights = [block.copy() for block in parts(scene, theta).values()]
    for _ in range(200):
        layers = [x]
        for matrix in weights:
            layers.append(sigmoid(layers[-1] @ matrix.T))
        delta = 2 * (layers[-1] - y) / len(x) * layers[-1] * (1 - layers[-1])
        for place in (2, 1, 0):
            below = layers[place]
            gradient, delta = delta.T @ below, (delta @ weights[place]) * below * (1 - below)
            weights[place] -= gradient
    h = x
    for matrix in weights:
        h = sigmoid(h @ matrix.T)
    return weights, float(((h - y) ** 2).sum(axis=1).mean())


def test_filter_normalised_goes_through_the_trained_weights(trained):
    scene, (weights, loss) = ls.lesson("filter-normalised"), trained
    plane = ls.plane(scene)
    for got, want in zip(parts(scene, plane.origin).values(), weights, strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-9)
    (path,) = ls.descend(scene)
    assert path.loss[-1] == pytest.approx(loss, rel=1e-9)
    assert (path.a[-1], path.b[-1]) == pytest.approx((0, 0), abs=1e-12)
    small = scene.model_copy(update={"grid": ls.Grid(a=(-1, 1), b=(-1, 1), resolution=(3, 3))})
    drawn = ls.surface(small).loss
    assert drawn[1, 1] == pytest.approx(loss, rel=1e-9)
    assert drawn.argmin() == 4  # the origin, the other eight lie around it


def test_filter_normalised_directions_are_as_long_as_each_units_weights(trained):
    scene, (weights, _) = ls.lesson("filter-normalised"), trained
    for direction in (ls.plane(scene).u, ls.plane(scene).v):
        for block, matrix in zip(parts(scene, direction).values(), weights, strict=True):
            np.testing.assert_allclose(np.linalg.norm(block, axis=1), np.linalg.norm(matrix, axis=1), rtol=1e-8)


def test_the_picture_beside_goes_through_the_initial_weights(mnist_files):
    scene = ls.lesson_beside("filter-normalised")
    np.testing.assert_array_equal(ls.plane(scene).origin, ls.objective(scene).theta0)
    assert (scene.model, scene.data, scene.runs) == tuple(
        getattr(ls.lesson("filter-normalised"), part) for part in ("model", "data", "runs")
    )


def output_five(scene):
    """W3[5,250] and W3[5,251] move output 5 alone: its own loss and gradient at (..., 2), by hand."""
    (x, y, _), theta = ls.objective(scene).samples, ls.objective(scene).theta0
    w1, w2, w3 = (block.copy() for block in parts(scene, theta).values())
    w3[5, 250] = w3[5, 251] = 0
    h = sigmoid(sigmoid(x @ w1.T) @ w2.T)
    rest, pair, wanted = h @ w3[5], h[:, 250:252], y[:, 5]

    def loss(ab):
        return ((sigmoid(rest + ab @ pair.T) - wanted) ** 2).mean(axis=-1)

    def gradient(ab):
        s = sigmoid(rest + ab @ pair.T)
        return (2 * (s - wanted) * s * (1 - s)) @ pair / len(x)

    return loss, gradient


def test_optimizers_on_mnist_walk_by_their_rules(mnist_files):
    """Four rules, all steps; Adagrad and Adam from the three starts."""
    scene = ls.lesson("optimizers-on-mnist")
    _, gradient = output_five(scene)
    starts = np.array([(-9, 15), (-10.1, 15), (-11, 15)], dtype=float)
    plain, heavy, adagrad, adam = starts[1:2].copy(), starts[1:2].copy(), starts.copy(), starts.copy()
    v = total = m = s = 0
    for t in range(1, 1001):
        plain = plain - 5 * gradient(plain)
        v = 0.9 * v - 5 * gradient(heavy)
        heavy = heavy + v
        total = total + gradient(adagrad) ** 2
        adagrad = adagrad - 0.5 * gradient(adagrad) / (np.sqrt(total) + 1e-10)
        g = gradient(adam)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        adam = adam - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    ends = np.array([(path.a[-1], path.b[-1]) for path in ls.descend(scene)])
    np.testing.assert_allclose(ends, np.concatenate([plain, heavy, adagrad, adam]), rtol=0, atol=1e-6)
    middle = ends[[0, 1, 3, 6]]  # the same start, four optimizers
    assert min(np.linalg.norm(middle[i] - middle[j]) for i in range(4) for j in range(i)) > 5


def test_eight_more_optimizers_on_mnist_walk_by_their_rules(mnist_files):
    """One after the other from the middle start, each of 1,000 steps."""
    scene = ls.lesson_beside("optimizers-on-mnist")
    loss, gradient = output_five(scene)
    nesterov, adadelta, rmsprop, adamax, lion, rprop, newton, search = np.tile([-10.1, 15.0], (8, 1))
    v = square = moved = mean_square = m = largest = momentum = before = np.zeros(2)
    size = np.full(2, 0.05)
    for t in range(1, 1001):
        g = gradient(nesterov)
        v = 0.9 * v + g
        nesterov = nesterov - 5 * (g + 0.9 * v)
        g = gradient(adadelta)
        square = 0.9 * square + 0.1 * g**2
        step = np.sqrt((moved + 1e-6) / (square + 1e-6)) * g
        moved, adadelta = 0.9 * moved + 0.1 * step**2, adadelta - 50 * step
        g = gradient(rmsprop)
        mean_square = 0.99 * mean_square + 0.01 * g**2
        rmsprop = rmsprop - 0.05 * g / (np.sqrt(mean_square) + 1e-8)
        g = gradient(adamax)
        m, largest = 0.9 * m + 0.1 * g, np.maximum(0.999 * largest, np.abs(g) + 1e-8)
        adamax = adamax - 0.05 / (1 - 0.9**t) * m / largest
        g = gradient(lion)
        lion = lion - 0.02 * np.sign(0.9 * momentum + 0.1 * g)
        momentum = 0.99 * momentum + 0.01 * g
        g = gradient(rprop)
        if t > 1:
            size = np.clip(size * np.array([0.5, 1.0, 1.2])[1 + np.sign(g * before).astype(int)], 1e-6, 50)
        before = np.where(g * before < 0, 0, g)
        rprop = rprop - size * np.sign(before)
        near = 1e-4 * np.eye(2)
        curved = (gradient(newton + near) - gradient(newton - near)) / 2e-4
        values, axes = np.linalg.eigh((curved + curved.T) / 2)
        newton = newton - axes @ (axes.T @ gradient(newton) / (np.abs(values) + 0.001))
        tried = search + 0.3 * np.random.default_rng((0, t - 1, 1)).standard_normal(2)
        search = tried if loss(tried) < loss(search) else search
    walked = ls.descend(scene)
    wanted = [nesterov, adadelta, rmsprop, adamax, lion, rprop, newton, search]
    np.testing.assert_allclose([(path.a[-1], path.b[-1]) for path in walked], wanted, rtol=0, atol=1e-5)
    assert [int(path.evaluations[-1]) for path in walked] == [1000] * 6 + [5000, 1001]


# --- temperature, depth, dropout --------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [False, True])
def test_temperature_divides_the_sums_in_front_of_softmax(beside):
    scene = ls.lesson_beside("softmax-temperature") if beside else ls.lesson("softmax-temperature")
    x, y, _ = ls.objective(scene).samples
    for theta, loss in at_some_points(scene):
        w1, b1, w2, b2 = parts(scene, theta).values()
        z = np.tanh(x @ w1.T + b1) @ w2.T + b2
        assert loss == pytest.approx(cross_entropy(z / (0.5 if beside else 1.0), y), rel=1e-10)


def test_a_lower_temperature_makes_a_steeper_landscape():
    warm, cold = ls.lesson("softmax-temperature"), ls.lesson_beside("softmax-temperature")
    assert (warm.model.temperature, cold.model.temperature) == (1.0, 0.5)
    np.testing.assert_array_equal(ls.plane(warm).u, ls.plane(cold).u)
    assert spread(cold) > 2 * spread(warm)


def layer_gradients(scene, activation, slope):
    """|dL/dW_l| at the initial weights of a softmax network, first layer first, by back-propagation."""
    (x, y, _), blocks = ls.objective(scene).samples, parts(scene, ls.objective(scene).theta0)
    depth = len(blocks) // 2
    layers, sums = [x], []
    for layer in range(1, depth + 1):
        sums.append(layers[-1] @ blocks[f"W{layer}"].T + blocks[f"b{layer}"])
        layers.append(activation(sums[-1]))
    p = np.exp(sums[-1])
    delta, norms = (p / p.sum(axis=1, keepdims=True) - y) / len(x), []
    for layer in range(depth, 0, -1):
        norms.append(np.linalg.norm(delta.T @ layers[layer - 1]))
        if layer > 1:
            delta = (delta @ blocks[f"W{layer}"]) * slope(sums[layer - 2])
    return norms[::-1]


def test_the_gradient_vanishes_towards_the_first_layer_of_a_sigmoid_network(mnist_files):
    """Each layer back multiplies by at most 1/4; ReLU's slope is 1 where a unit is on (Hochreiter 1991)."""
    deep = layer_gradients(ls.lesson("vanishing-gradient"), sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)))
    relu = layer_gradients(ls.lesson_beside("vanishing-gradient"), lambda z: np.maximum(z, 0), lambda z: z > 0)
    assert len(deep) == 6
    assert (np.diff(deep) > 0).all()
    assert deep[-1] > 100 * deep[0]
    assert max(relu) < 10 * min(relu)
    for name, norms, scene in (
        ("sigmoid", deep, ls.lesson("vanishing-gradient")),
        ("relu", relu, ls.lesson_beside("vanishing-gradient")),
    ):
        assert scene.model.activation == name
        blocks = parts(scene, ls.objective(scene).gradient(ls.objective(scene).theta0))
        got = [np.linalg.norm(block) for name, block in blocks.items() if name[0] == "W"]
        np.testing.assert_allclose(got, norms, rtol=1e-10)


def first_to_last(scene):
    """How many times as long the gradient is in the first matrix as in the last, at the start of the run."""
    (path,) = ls.descend(scene)
    matrices = [norm[0] for name, norm in path.block_norms.items() if name[0] == "W"]
    return matrices[0] / matrices[-1]


def test_relu_and_batch_normalisation_keep_the_gradient_alive(mnist_files):
    """First layer to last: a 374th under the sigmoid; as long, or longer, with either cure."""
    sigmoid_, relu = ls.lesson("vanishing-gradient"), ls.lesson_beside("vanishing-gradient")
    batch = ls.revise(sigmoid_, {"model.norm": "batch"}).scene
    by_hand = layer_gradients(sigmoid_, sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)))
    assert first_to_last(sigmoid_) == pytest.approx(by_hand[0] / by_hand[-1], rel=1e-9)
    assert first_to_last(sigmoid_) == pytest.approx(1 / 374, rel=0.01)
    assert 1 < first_to_last(relu) < 10
    assert 0.5 < first_to_last(batch) < 2


def test_the_landscape_inside_a_deep_sigmoid_network_is_flat(mnist_files):
    """After the same 100 steps one still guesses, ln 10 a digit, and its inner weights move nothing."""
    flat, other = ls.lesson("vanishing-gradient"), ls.lesson_beside("vanishing-gradient")
    assert spread(other) > 1000 * spread(flat)
    (stuck,), (learnt,) = ls.descend(flat), ls.descend(other)
    assert stuck.loss[-1] == pytest.approx(math.log(10), rel=0.02)
    assert learnt.loss[-1] < 0.7 * math.log(10)


@pytest.mark.parametrize("beside", [False, True])
def test_dropout_is_a_network_of_the_units_that_are_kept(beside):
    scene = ls.lesson_beside("dropout") if beside else ls.lesson("dropout")
    x, y, _ = ls.objective(scene).samples
    first, second = (kept.astype(float) for kept in scene.model.masks())
    assert 2 <= first.sum() <= 6
    assert 2 <= second.sum() <= 6
    for theta, loss in at_some_points(scene):
        w1, b1, w2, b2, w3, b3 = parts(scene, theta).values()
        h = np.tanh(x @ w1.T + b1) * first / 0.5
        h = np.tanh(h @ w2.T + b2) * second / 0.5
        assert loss == pytest.approx(cross_entropy(h @ w3.T + b3, y), rel=1e-10)


def test_another_mask_another_landscape_in_the_same_plane():
    one, other = ls.lesson("dropout"), ls.lesson_beside("dropout")
    assert one.model.model_copy(update={"mask_seed": 1}) == other.model
    for part in ("origin", "u", "v"):
        np.testing.assert_array_equal(getattr(ls.plane(one), part), getattr(ls.plane(other), part))
    difference = ls.surface(one).loss - ls.surface(other).loss
    assert np.sqrt(np.mean(difference**2)) > 0.5 * ls.surface(one).loss.std()


# --- batch normalisation ----------------------------------------------------------------------------------

LR = 0.1
ALONG = LR * np.array([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4])
STEPS = (0, 10, 20, 40)


def along_the_gradient(norm, seed):
    """Loss range, largest gradient distance and that per way gone, (steps, 3), along the negative gradient."""
    scene = ls.lesson("batch-normalisation")
    objective = ls.objective(
        scene.model_copy(update={"model": scene.model.model_copy(update={"norm": norm, "seed": seed})})
    )
    theta, found = objective.theta0.copy(), []
    for step in range(max(STEPS) + 1):
        gradient = objective.gradient(theta)
        if step in STEPS:
            loss, there = objective.loss_and_gradient(theta - ALONG[:, None] * gradient)
            distance = np.linalg.norm(there - gradient, axis=1)
            found.append((np.ptp(loss), distance.max(), (distance / ALONG).max() / np.linalg.norm(gradient)))
        theta = theta - LR * gradient
    return np.array(found)


@pytest.mark.parametrize("seed", range(4))
def test_batch_normalisation_smooths_the_way_along_the_gradient(seed):
    """The measures of Santurkar, Tsipras, Ilyas & Madry 2018 (arXiv:1805.11604, figure 4), on a small network.

    At steps of a training run one goes from half to four times the learning rate along the negative gradient: how
    far apart are the losses met there, how far is the gradient from where it began (its predictiveness), and how far
    in relation to the way gone (the effective smoothness). They train VGG on CIFAR-10; here are four hidden layers of
    30 tanh units with weights of variance 1, on 200 digits. At the initial weights the losses met with normalisation
    are not closer together: the first step goes down by more. With well-scaled weights (He's, Xavier's) a network of
    this depth does without, and the losses met with normalisation are mostly farther apart for the same reason.
    """
    without, with_norm = along_the_gradient("none", seed), along_the_gradient("batch", seed)
    ratio = without / with_norm
    assert (ratio[1:, 0] > 2).all()
    assert (ratio[:, 1] > 4).all()
    assert (ratio[:, 2] > 8).all()


def test_the_loss_varies_less_around_the_same_weights_with_batch_normalisation():
    """Their directions share a seed, but gains and shifts take numbers of the draw: they are not the same two."""
    normalised, plain = ls.lesson("batch-normalisation"), ls.lesson_beside("batch-normalisation")
    assert (normalised.model.norm, plain.model.norm) == ("batch", "none")
    start = parts(plain, ls.objective(plain).theta0)
    same = parts(normalised, ls.objective(normalised).theta0)
    for name, block in start.items():
        np.testing.assert_array_equal(block, same[name])
    assert spread(plain) > 2 * spread(normalised)


def test_batch_normalisation_is_what_it_says():
    scene = ls.lesson("batch-normalisation")
    x, y, _ = ls.objective(scene).samples
    for theta, loss in at_some_points(scene):
        blocks, h = parts(scene, theta), x
        for layer in range(1, 5):
            z = h @ blocks[f"W{layer}"].T
            z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)
            h = np.tanh(blocks[f"g{layer}"] * z + blocks[f"s{layer}"])
        assert loss == pytest.approx(cross_entropy(h @ blocks["W5"].T, y), rel=1e-9)


# --- convolution, recurrence ------------------------------------------------------------------------------


def convolved(scene, theta):
    """The loss by windows: cross-correlation, ReLU, the largest of each 2 x 2, a dense layer, softmax."""
    (x, y, _), blocks = ls.objective(scene).samples, parts(scene, theta)
    windows = np.lib.stride_tricks.sliding_window_view(x.reshape(-1, 8, 8), (3, 3), axis=(1, 2))
    s = np.einsum("nrcij,fij->nfrc", windows, blocks["K1"][:, 0]) + blocks["b1"][:, None, None]
    h = np.maximum(s, 0).reshape(len(x), 4, 3, 2, 3, 2).max(axis=(3, 5))
    return cross_entropy(h.reshape(len(x), -1) @ blocks["W2"].T + blocks["b2"], y)


def test_the_surface_over_two_taps_of_a_filter():
    scene = ls.lesson("convolution")
    for theta, loss in at_some_points(scene):
        assert loss == pytest.approx(convolved(scene, theta), rel=1e-10)


def test_the_two_taps_stand_where_training_left_them():
    scene = ls.lesson("convolution")
    (path,) = ls.descend(scene)
    end = ls.plane(scene).lift(np.array([path.a[-1], path.b[-1]]))
    assert convolved(scene, end) == pytest.approx(float(path.loss[-1]), rel=1e-9)
    assert path.loss[-1] < 0.2 * path.loss[0]
    assert ls.surface(scene).loss.min() > 0.95 * path.loss[-1]  # no place in the picture is much lower


def recalled(scene, theta):
    """The loss of the one-unit network, its loop written out."""
    (x, y, _), blocks = ls.objective(scene).samples, parts(scene, theta)
    h = np.zeros(len(x))
    for t in range(x.shape[1] // 2):
        h = sigmoid(x[:, 2 * t : 2 * t + 2] @ blocks["Wx"][0] + blocks["Wh"][0, 0] * h + blocks["b"][0])
    return np.mean((blocks["Wo"][0, 0] * h + blocks["bo"][0] - y[:, 0]) ** 2)


def slopes(scene):
    """|dL/d(a, b)| at every grid point, (B, A)."""
    surface, plane = ls.surface(scene), ls.plane(scene)
    points = plane.lift(np.stack(np.meshgrid(surface.a, surface.b), axis=-1))
    gradient = ls.objective(scene).gradient(points)
    return np.hypot(gradient @ plane.u, gradient @ plane.v)


def test_fifty_steps_of_memory_make_a_cliff_and_two_do_not():
    """Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, figure 6.

    The same unit, two parameters and ranges: only the length of the sequences differs.
    """
    long, short = slopes(ls.lesson("recurrent")), slopes(ls.lesson_beside("recurrent"))
    assert long.max() > 1000 * np.median(long)
    assert short.max() < 10 * np.median(short)
    assert long.max() > 50 * short.max()


def test_the_cliff_is_as_steep_as_finite_differences_say():
    scene = ls.lesson("recurrent")
    surface, plane, steep = ls.surface(scene), ls.plane(scene), slopes(scene)
    i, j = np.unravel_index(steep.argmax(), steep.shape)
    there, h = np.array([surface.a[j], surface.b[i]]), 1e-7
    assert surface.loss[i, j] == pytest.approx(recalled(scene, plane.lift(there)), rel=1e-10)
    sides = [
        (recalled(scene, plane.lift(there + h * way)) - recalled(scene, plane.lift(there - h * way))) / (2 * h)
        for way in np.eye(2)
    ]
    assert steep[i, j] == pytest.approx(math.hypot(*sides), rel=1e-5)


# --- polynomials ------------------------------------------------------------------------------------------


def errors(fit, scene):
    """Mean squared errors on the points that were seen and on those kept for testing."""
    seen, kept = ls.objective(scene).samples, ls.objective(ls.lesson_beside("overfitting")).samples
    return tuple(float(np.mean((fit(x[:, 0]) - y[:, 0]) ** 2)) for x, y, _ in (seen, kept))


def closed(scene, **fields):
    """The polynomial of least loss on a scene's samples, as a function of x (N,)."""
    x, y, _ = ls.objective(scene).samples
    model = Polynomial(**{"basis": "raw", **fields})
    theta = model.closed_form(x, y)
    return lambda values: model.predict(theta, values[:, None])[:, 0]


def test_the_higher_the_degree_the_better_the_fit_and_the_worse_the_test():
    """Twenty points seen and ten kept, degrees 1, 4 and 15; numpy's Chebyshev fits are the judges.

    Of degree 15 the powers of x are nearly the same column: six digits of the fit are left, and its values on the
    right, where nothing was seen, are of the order of 1e6.
    """
    scene, found = ls.lesson("overfitting"), []
    x, y, _ = ls.objective(scene).samples
    for degree, digits in ((1, 1e-10), (4, 1e-9), (15, 1e-3)):
        found.append(errors(closed(scene, degree=degree), scene))
        judge = np.polynomial.Chebyshev.fit(x[:, 0], y[:, 0], degree)
        assert found[-1] == pytest.approx(errors(judge, scene), rel=digits)
    train, test = zip(*found, strict=True)
    assert train[0] > train[1] > train[2]
    assert test[0] < test[1] < test[2]
    assert test[2] > 1e9 * train[2]


def test_the_surfaces_of_train_and_test_have_their_bottoms_apart():
    seen, kept = ls.lesson("overfitting"), ls.lesson_beside("overfitting")
    assert seen.model.degree == kept.model.degree == 15
    bottoms = []
    for scene in (seen, kept):
        (x, y, _), surface = ls.objective(scene).samples, ls.surface(scene)
        powers = x ** np.array([1, 5])
        bottom = np.linalg.lstsq(powers, y[:, 0], rcond=None)[0]
        assert surface.a[0] < bottom[0] < surface.a[-1]
        assert surface.b[0] < bottom[1] < surface.b[-1]
        row, column = 11, 47
        errors_there = powers @ (surface.a[column], surface.b[row]) - y[:, 0]
        assert surface.loss[row, column] == pytest.approx(np.mean(errors_there**2), rel=1e-10)
        bottoms.append(bottom)
    (path,) = ls.descend(seen)
    end = np.array([path.a[-1], path.b[-1]])
    np.testing.assert_allclose(end, bottoms[0], atol=1e-3)
    assert np.linalg.norm(bottoms[0] - bottoms[1]) > 9
    at_start, at_end = (ls.objective(kept).loss(ls.plane(kept).lift(point)) for point in (np.zeros(2), end))
    assert at_end > 10 * at_start  # what helps on the left hurts on the right


def test_ridge_fits_are_those_of_scikit_learn():
    from sklearn.linear_model import Ridge  # noqa: PLC0415 (slow to import)

    scene, train = ls.lesson("regularisation"), []
    x, y, _ = ls.objective(scene).samples
    for alpha in (0.001, 0.01, 0.1, 1.0):
        judge = Ridge(alpha=alpha, solver="svd").fit(x ** np.arange(1, 16), y[:, 0])
        found = errors(closed(scene, degree=15, ridge=alpha, reduction="sum"), scene)
        want = errors(lambda values, judge=judge: judge.predict(values[:, None] ** np.arange(1, 16)), scene)
        assert found == pytest.approx(want, rel=1e-8)
        train.append(found[0])
        assert found[1] < 100  # against 1e12 without a penalty
    free = errors(closed(scene, degree=15, reduction="sum"), scene)
    assert free[1] > 1e9
    assert [free[0], *train] == sorted([free[0], *train])  # the more is asked of it, the worse it fits what it saw


def test_the_penalty_adds_its_bowl_and_gives_the_valley_a_bottom():
    ridged, free = ls.lesson("regularisation"), ls.lesson_beside("regularisation")
    assert (ridged.model.ridge, free.model.ridge) == (0.01, 0.0)
    surface = ls.surface(ridged)
    bowl = 0.01 * (surface.a**2 + surface.b[:, None] ** 2)
    np.testing.assert_allclose(surface.loss - ls.surface(free).loss, bowl, rtol=0, atol=1e-9)

    x, y, _ = ls.objective(ridged).samples
    powers = x ** np.array([1, 15])
    bottom = np.linalg.solve(powers.T @ powers + 0.01 * np.eye(2), powers.T @ y[:, 0])
    there, astray = ([np.array([path.a[-1], path.b[-1]]) for path in ls.descend(scene)] for scene in (ridged, free))
    assert np.linalg.norm(there[0] - there[1]) < 0.03 * np.linalg.norm(astray[0] - astray[1])
    assert max(np.linalg.norm(end - bottom) for end in there) < 3  # of 150 that the picture is long
    curvature = [np.linalg.eigvalsh(2 * powers.T @ powers + 2 * ridge * np.eye(2))[0] for ridge in (0.01, 0)]
    assert curvature[0] > 20 * curvature[1]
