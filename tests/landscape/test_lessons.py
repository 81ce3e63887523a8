"""The catalogue: every lesson builds, and the published figures come out of the real files."""

import gzip

import numpy as np
import pytest

import landscape as ls

IDS = [
    "mnist-descent", "mnist-100", "mnist-10000", "mnist-hidden-200-30", "mnist-hidden-5-5", "filter-normalised",
    "optimizers-on-mnist", "valley", "ravine", "false-minima", "misleading-gradient", "learning-rates", "momentum",
    "edge-of-stability", "svm-profiles", "svm-pairs", "random-ray", "random-plane", "random-search", "local-search",
    "follow-the-gradient", "step-size-sweep", "numerical-gradient", "gradient-check", "mini-batch", "batch-surface",
    "batch-by-batch", "grid-start", "softmax-temperature", "vanishing-gradient", "dropout", "batch-normalisation",
    "convolution", "recurrent", "overfitting", "regularisation",
]  # fmt: skip
every_lesson = pytest.mark.parametrize("name", IDS)


def test_the_ids_in_gallery_order():
    assert ls.lessons() == IDS
    assert len({ls.lesson_title(name) for name in IDS}) == len(IDS)


@every_lesson
def test_every_lesson_is_a_scene_with_a_title_and_a_link(name):
    scene = ls.lesson(name)
    assert isinstance(scene, ls.Scene)
    assert ls.lesson(name) is scene
    assert ls.lesson_title(name)
    assert len(scene.to_query()) < 4000
    assert scene.runs


def test_an_unknown_lesson_is_named_and_the_known_ones_listed():
    with pytest.raises(KeyError, match=r"There is no lesson 'mnits'\. There are mnist-descent, mnist-100"):
        ls.lesson("mnits")


@pytest.mark.parametrize("name", ["mnist-descent", "mnist-100", "mnist-10000"])
def test_the_network_is_the_published_one(name):
    """784-50-500-10, sigmoid everywhere, no biases, RandomState(135); the axes of the published pictures."""
    scene = ls.lesson(name)
    assert dict(scene.blocks) == {"W1": (50, 784), "W2": (500, 50), "W3": (10, 500)}
    model = scene.model
    assert (model.activation, model.output, model.loss, model.bias) == ("sigmoid", "sigmoid", "squared_error", False)
    random = np.random.RandomState(135)
    weights = [random.randn(50, 784), random.randn(500, 50), random.randn(10, 500)]
    np.testing.assert_array_equal(model.initial(784, 10), np.concatenate([block.ravel() for block in weights]))
    assert (scene.plane.first, scene.plane.second) == (("W3", 5, 250), ("W3", 5, 251))
    assert (scene.grid.a, scene.grid.b, scene.grid.resolution) == ((-15, 17), (-15, 18), (40, 40))


@pytest.mark.parametrize(
    ("name", "samples", "first", "second"),
    [
        ("mnist-hidden-200-30", 500, ("W2", 200, 30), ("W2", 200, 31)),
        ("mnist-hidden-5-5", 1000, ("W2", 5, 5), ("W2", 5, 6)),
    ],
)
def test_the_hidden_weights_are_the_published_ones(name, samples, first, second):
    scene = ls.lesson(name)
    assert (scene.data.samples, scene.plane.first, scene.plane.second) == (samples, first, second)
    assert (scene.grid.a, scene.grid.b) == ((-15, 17), (-15, 18))


# --- the published figures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lowest", "at_lowest", "highest", "at_highest"),
    [
        ("mnist-100", 4.751313, (17, 7.85), 4.812063, (-15, 18)),
        ("mnist-10000", 4.876666, (5.513, 7.000), 4.923601, (17, 18)),
    ],
)
def test_minima_and_maxima_of_the_published_surfaces(mnist_files, name, lowest, at_lowest, highest, at_highest):
    surface = ls.surface(ls.lesson(name))
    np.testing.assert_array_equal(surface.a, np.linspace(-15, 17, 40))
    np.testing.assert_array_equal(surface.b, np.linspace(-15, 18, 40))
    assert not surface.diverged.any()
    for index, loss, at in (
        (surface.loss.argmin(), lowest, at_lowest),
        (surface.loss.argmax(), highest, at_highest),
    ):
        row, column = np.unravel_index(index, surface.loss.shape)
        assert round(float(surface.loss[row, column]), 6) == loss
        assert surface.a[column] == pytest.approx(at[0], abs=5e-3)
        assert surface.b[row] == pytest.approx(at[1], abs=5e-3)


def test_the_published_descents(mnist_files):
    """Three starts that nearly touch end in three places; the first one leaves the grid, still moving."""
    paths = ls.descend(ls.lesson("mnist-descent"))
    published = [
        (4.800724, (17.8177, 7.8021), 4.751010),
        (4.801830, (4.2477, -5.2092), 4.758743),
        (4.802237, (-11.5901, -1.2613), 4.768689),
    ]
    for path, (start_loss, end, end_loss) in zip(paths, published, strict=True):
        assert path.step[-1] == 10_000
        assert round(float(path.loss[0]), 6) == start_loss
        assert round(float(path.loss[-1]), 6) == end_loss
        assert (round(float(path.a[-1]), 4), round(float(path.b[-1]), 4)) == end
        assert path.status is ls.Status.MAX_STEPS
    first = paths[0]
    left = int(first.step[np.argmax(first.a > 17)])
    assert abs(left - 9540) <= 10  # every tenth step is recorded
    moved = np.hypot(np.diff(first.a[-2:]), np.diff(first.b[-2:])) / np.diff(first.step[-2:])
    assert moved[0] == pytest.approx(0.0018, abs=5e-5)


def textbook(files, samples, a, b):
    """The published cost, from the bytes of the files on: matrices and sigmoids, nothing else."""
    with gzip.open(files / "mnist" / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 784 * samples)[16:], dtype=np.uint8).reshape(samples, 784) / 255
    with gzip.open(files / "mnist" / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + samples)[8:], dtype=np.uint8)
    random = np.random.RandomState(135)
    w1, w2, w3 = random.randn(50, 784), random.randn(500, 50), random.randn(10, 500)
    w3[5, 250], w3[5, 251] = a, b
    activations = images.T
    for weights in (w1, w2, w3):
        activations = 1 / (1 + np.exp(-weights @ activations))
    wanted = np.zeros((10, samples))
    wanted[labels, range(samples)] = 1
    return ((activations - wanted) ** 2).sum(axis=0).mean()


def test_mnist_100_against_the_textbook(mnist_files):
    surface = ls.surface(ls.lesson("mnist-100"))
    for row, column in [(0, 0), (39, 0), (27, 39), (13, 21), (39, 39)]:
        want = textbook(mnist_files, 100, surface.a[column], surface.b[row])
        assert surface.loss[row, column] == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("name", ["mnist-hidden-200-30", "mnist-hidden-5-5"])
def test_hidden_weights_by_the_short_way_are_those_by_the_plain_way(mnist_files, name):
    scene = ls.lesson(name)
    surface = ls.surface(
        scene.model_copy(update={"grid": ls.Grid(a=scene.grid.a, b=scene.grid.b, resolution=(4, 3)), "runs": ()})
    )
    objective, plane = ls.objective(scene), ls.plane(scene)
    for i, j in [(0, 0), (2, 1), (1, 3)]:
        want = float(objective.loss(plane.lift(np.array([surface.a[j], surface.b[i]]))))
        assert surface.loss[i, j] == pytest.approx(want, rel=1e-10)


def test_filter_normalised_goes_through_the_initial_weights(mnist_files):
    scene = ls.lesson_beside("filter-normalised")
    objective, plane = ls.objective(scene), ls.plane(scene)
    np.testing.assert_array_equal(plane.lift(np.zeros(2)), objective.theta0)
    for direction in (plane.u, plane.v):  # every row as long as the unit's own weights
        for name, start in (("W1", 0), ("W3", 50 * 784 + 500 * 50)):
            rows, columns = scene.blocks[name]
            span = slice(start, start + rows * columns)
            lengths = np.linalg.norm(direction[span].reshape(rows, columns), axis=1)
            np.testing.assert_allclose(
                lengths, np.linalg.norm(objective.theta0[span].reshape(rows, columns), axis=1), rtol=1e-10
            )


# --- functions --------------------------------------------------------------------------------------------


def test_the_valley_is_walked_to_its_bottom():
    (path,) = ls.descend(ls.lesson("valley"))
    factor = 1 - 2 * ls.lesson("valley").runs[0].optimizer.lr
    np.testing.assert_allclose(path.a, -1.8 * factor ** path.step.astype(float), rtol=1e-12)


def test_the_ravine_zigzags():
    (path,) = ls.descend(ls.lesson("ravine"))
    assert (np.sign(path.b[:-1]) == -np.sign(path.b[1:])).all()
    assert (np.diff(path.loss) < 0).all()


def test_false_minima_end_where_the_gradient_says():
    """cos x sin y = -0.2 and sin x cos y = 0 at every end; not all ends are the same."""
    ends = []
    for path in ls.descend(ls.lesson("false-minima")):
        x, y = path.a[-1], path.b[-1]
        assert np.cos(x) * np.sin(y) == pytest.approx(-0.2, abs=1e-3)
        assert np.sin(x) * np.cos(y) == pytest.approx(0, abs=1e-3)
        ends.append((round(float(x), 2), round(float(y), 2)))
    assert len(set(ends)) > 1
