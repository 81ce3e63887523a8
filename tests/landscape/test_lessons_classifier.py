"""The lessons of linear classifiers, and of the gradient check: their figures against computations written out here."""

import math
from itertools import pairwise, permutations

import numpy as np
import pytest

import landscape as ls
from landscape.blas import one_thread
from landscape.datasets.base import data_directory
from landscape.link import revise
from landscape.slice import Slice

ONE_SAMPLE = ("svm-profiles", "svm-pairs")
SEARCHES = ("random-search", "local-search", "follow-the-gradient")
IMAGES = ("random-ray", "random-plane", *SEARCHES, "mini-batch")
WITH_ANOTHER = ("random-ray", "random-plane", "follow-the-gradient", "gradient-check")
PIXELS, CLASSES = 3072, 10
PARAMETERS = CLASSES * (PIXELS + 1)


def shown(names, another=WITH_ANOTHER):
    """The scenes of some lessons, with those that they are compared with."""
    scenes = [pytest.param(ls.lesson(name), id=name) for name in names]
    return scenes + [pytest.param(ls.lesson_beside(name), id=f"{name}, beside") for name in names if name in another]


@pytest.mark.parametrize("scene", shown((*ONE_SAMPLE, *IMAGES, "gradient-check")))
def test_every_scene_is_its_link(scene):
    text = scene.to_query()
    assert len(text) < 4000
    assert ls.Scene.from_query(text) == scene


@pytest.mark.parametrize("name", WITH_ANOTHER)
def test_what_stands_beside_is_another_scene_on_the_same_samples(name):
    assert ls.lesson_beside(name) != ls.lesson(name)
    assert ls.lesson_beside(name).data == ls.lesson(name).data


# --- one sample -------------------------------------------------------------------------------------------


def drawn():
    """W (2, 7) uniform in [0, 1), x of six zeros and ones and a one, and the class: as the scenes' seeds draw them."""
    scene = ls.lesson("svm-profiles")
    random = np.random.RandomState(scene.data.seed)
    x = [float(value) for value in random.randint(0, 2, 6)] + [1.0]
    return np.random.RandomState(scene.model.seed).rand(2, 7), x, int(random.randint(0, 2))


def svm(matrix, x, right):
    """The hinge of the wrong class with margin 1, and a tenth of the Frobenius norm."""
    scores = [sum(float(weight) * value for weight, value in zip(row, x, strict=True)) for row in matrix]
    norm = math.sqrt(sum(float(weight) ** 2 for weight in matrix.ravel()))
    return max(0.0, scores[1 - right] - scores[right] + 1) + 0.1 * norm


def scaled(column, other=None):
    """The lesson's scene over one or two other columns, without descents."""
    scene = ls.lesson("svm-profiles" if other is None else "svm-pairs")
    plane = scene.plane.model_copy(update={"first": column, "second": other})
    return scene.model_copy(update={"plane": plane, "runs": ()})


PROFILES = [scaled(column) for column in range(7)]
PAIRS = [scaled(*pair) for pair in permutations(range(7), 2)]


def column_names(scene):
    return f"{scene.plane.first},{scene.plane.second}"


def test_one_sample_is_what_the_catalogue_says():
    weights, x, right = drawn()
    for name in ONE_SAMPLE:
        objective = ls.objective(ls.lesson(name))
        np.testing.assert_array_equal(objective.theta0.reshape(2, 7), weights)
        np.testing.assert_array_equal(objective.samples.x, [x])
        np.testing.assert_array_equal(objective.samples.y, np.eye(2)[[right]])
    assert ((weights >= 0) & (weights < 1)).all()
    assert set(x) == {0.0, 1.0}
    assert x[-1] == 1
    assert len(PAIRS) == 42


@pytest.mark.parametrize("scene", PROFILES, ids=column_names)
def test_every_profile_at_forty_scales(scene):
    weights, x, right = drawn()
    surface = ls.surface(scene)
    np.testing.assert_array_equal(surface.a, range(-20, 20))
    wanted = []
    for a in range(-20, 20):
        matrix = weights.copy()
        matrix[:, scene.plane.first] += a * matrix[:, scene.plane.first]
        wanted.append(svm(matrix, x, right))
    np.testing.assert_allclose(surface.loss, [wanted], rtol=1e-12)


@pytest.mark.parametrize("scene", [scaled(*pair) for pair in [(0, 1), (1, 0), (2, 3), (6, 4)]], ids=column_names)
def test_pairs_at_all_their_points(scene):
    weights, x, right = drawn()
    surface = ls.surface(scene)
    sides = np.linspace(-100, 100, 50)
    np.testing.assert_array_equal(surface.a, sides)
    np.testing.assert_array_equal(surface.b, sides)
    wanted = np.empty((50, 50))
    for i, b in enumerate(sides):
        for j, a in enumerate(sides):
            matrix = weights.copy()
            matrix[:, scene.plane.first] *= 1 + a
            matrix[:, scene.plane.second] *= 1 + b
            wanted[i, j] = svm(matrix, x, right)
    np.testing.assert_allclose(surface.loss, wanted, rtol=1e-12)


@pytest.mark.parametrize("scene", PROFILES + PAIRS, ids=column_names)
def test_every_profile_and_pair_is_convex(scene):
    """Along random segments the loss in the middle is at most the mean of the ends', and not always equal to it."""
    reach, random = scene.grid.a[1], np.random.default_rng(0)
    ends = random.uniform(-reach, reach, (2, 500, 2))
    if scene.plane.second is None:
        ends[..., 1] = 0
    slice_ = Slice(ls.objective(scene), ls.plane(scene))
    sag = slice_.loss(ends).mean(axis=0) - slice_.loss(ends.mean(axis=0))
    assert sag.min() >= -1e-12
    assert sag.max() > 1e-3


@pytest.mark.parametrize("name", ONE_SAMPLE)
def test_descents_on_one_sample_end_near_the_lowest_point(name):
    """At the fold a descent steps from side to side; its best step is no higher than the best grid point."""
    scene = ls.lesson(name)
    lowest = ls.surface(scene).loss.min()
    for path in ls.descend(scene):
        assert path.loss.min() <= lowest
        assert path.loss[-1] <= 1.1 * lowest < 0.1 * path.loss[0]
        assert (np.diff(path.loss) > 0).any()


# --- images -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def images():
    """The first 1,000 training images less the mean of all that are here, a one behind, (1000, 3073); the labels."""
    folder = data_directory() / "cifar10"
    files = [folder / f"data_batch_{number}.bin" for number in range(1, 6)]
    if missing := [file.name for file in files[:1] if not file.exists()]:
        pytest.skip(f"CIFAR-10 is not there: {folder} lacks {missing[0]}")
    total, count = np.zeros(PIXELS), 0
    for file in filter(lambda file: file.exists(), files):
        records = np.fromfile(file, np.uint8).reshape(-1, 1 + PIXELS)
        total, count = total + records[:, 1:].sum(axis=0, dtype=np.int64), count + len(records)
    records = np.fromfile(files[0], np.uint8, 1000 * (1 + PIXELS)).reshape(1000, 1 + PIXELS)
    x = np.ones((1000, PIXELS + 1))
    x[:, :-1] = records[:, 1:] / 255 - total / count / 255
    return x, [int(label) for label in records[:, 0]]


def first_weights():
    return 0.0001 * np.random.RandomState(0).randn(CLASSES, PIXELS + 1)


def directions(seed=0):
    """Two directions (10, 3073), drawn one after the other."""
    random = np.random.RandomState(seed)
    return random.randn(PARAMETERS).reshape(CLASSES, -1), random.randn(PARAMETERS).reshape(CLASSES, -1)


def written_out(loss, matrix, x, labels):
    """The mean loss, one sample and one class after the other."""
    total = 0.0
    for scores, right in zip((x @ matrix.T).tolist(), labels, strict=True):
        if loss == "hinge":
            total += sum(max(0.0, scores[j] - scores[right] + 1) for j in range(CLASSES) if j != right)
        else:
            total += math.log(sum(math.exp(score - scores[right]) for score in scores))
    return total / len(x)


@pytest.mark.parametrize("scene", shown(IMAGES))
def test_images_make_finite_surfaces(scene, images):
    surface = ls.surface(scene)
    assert np.isfinite(surface.loss).all()
    assert surface.loss.shape == (scene.grid.shape[1], scene.grid.shape[0])


@pytest.mark.parametrize("scene", [scene for scene in shown(IMAGES) if scene.values[0].plane.origin == "initial"])
def test_random_directions_at_grid_points(scene, images):
    count = scene.data.samples
    x, labels = images[0][:count], images[1][:count]
    surface, (u, v) = ls.surface(scene), directions(scene.plane.seed)
    rows, columns = surface.loss.shape
    for i, j in [(0, 0), (rows - 1, columns // 3), (rows // 2, columns // 2), (rows // 4, columns - 1)]:
        matrix = first_weights() + surface.a[j] * u + surface.b[i] * v
        assert surface.loss[i, j] == pytest.approx(written_out(scene.model.loss, matrix, x, labels), rel=1e-10)


@pytest.mark.parametrize("loss", ["hinge", "cross_entropy"])
def test_a_random_direction_hardly_goes_down(loss, images):
    """On the ray and on the plane the lowest point is within a hundredth of where it began: 9, or log 10."""
    begun = written_out(loss, first_weights(), images[0][:500], images[1][:500])
    assert begun == pytest.approx({"hinge": 9, "cross_entropy": math.log(10)}[loss], rel=1e-3)
    for name in ("random-ray", "random-plane"):
        scene = ls.lesson(name) if loss == "hinge" else ls.lesson_beside(name)
        lowest = ls.surface(scene).loss.min()
        assert 0.99 * begun < lowest < 1.01 * begun
        for path in ls.descend(scene):
            assert path.loss[-1] <= lowest * (1 + 1e-4)
            assert path.loss[0] > 1.7 * lowest


def hinge(matrix, x, labels):
    """The mean hinge of a matrix (10, 3073)."""
    scores = x @ matrix.T
    right = scores[np.arange(len(x)), labels][:, None]
    return (np.maximum(scores - right + 1, 0).sum(axis=-1) - 1).mean()  # the right class's own margin is 1


def drawn_at(step):
    """What the searches of seed 0 draw at a step."""
    return np.random.default_rng((0, step, 1)).standard_normal(PARAMETERS).reshape(CLASSES, -1)


def test_random_search_keeps_the_best_of_1000_attempts(images):
    """All attempts written out. The best of them is half a thousandth better than where it began."""
    x, labels = images[0][:500], np.array(images[1][:500])
    with one_thread:
        tried = [hinge(0.0001 * drawn_at(step), x, labels) for step in range(1000)]
    want = np.minimum.accumulate([hinge(first_weights(), x, labels), *tried])
    (path,) = ls.descend(ls.lesson("random-search"))
    np.testing.assert_allclose(path.loss, want, rtol=1e-10)
    np.testing.assert_array_equal(path.evaluations, [0, *range(2, 1002)])
    assert (round(float(path.loss[0]), 6), round(float(path.loss[-1]), 6)) == (8.999966, 8.995611)


def test_local_search_takes_every_second_step_or_so_and_goes_down_by_half_a_unit(images):
    """All its steps written out."""
    x, labels = images[0][:500], np.array(images[1][:500])
    matrix, want = first_weights(), []
    here = hinge(matrix, x, labels)
    with one_thread:
        for step in range(1001):
            want.append(here)
            there = hinge(moved := matrix + 0.0001 * drawn_at(step), x, labels)
            if there < here:
                matrix, here = moved, there
    (path,) = ls.descend(ls.lesson("local-search"))
    np.testing.assert_allclose(path.loss, want, rtol=1e-10)
    assert round(float(path.loss[-1]), 6) == 8.413087
    assert 500 < np.count_nonzero(np.diff(path.loss)) < 540


@pytest.mark.parametrize("scene", shown(["follow-the-gradient"]))
def test_for_the_same_price_the_gradient_leads_far_below_the_searches(scene, images):
    assert scene.race.budget == "evaluations"
    gradient, local, attempts = ls.descend(scene)
    assert [path.evaluations[-1] for path in (gradient, local, attempts)] == [300, 300, 300]
    assert gradient.loss[0] == local.loss[0] == attempts.loss[0]
    assert gradient.loss[-1] < 0.2
    assert 8.8 < local.loss[-1] < 8.9 < attempts.loss[-1] < gradient.loss[0]


def test_follow_the_gradient_is_a_descent_written_out(images):
    """W <- W - 0.03 g, where each margin above 0 adds its image to the wrong row and takes it from the right one."""
    x, labels = images[0][:500], np.array(images[1][:500])
    matrix, rows, losses = first_weights(), np.arange(500), []
    for _ in range(301):
        scores = x @ matrix.T
        margins = scores - scores[rows, labels][:, None] + 1
        margins[rows, labels] = 0
        losses.append(np.maximum(margins, 0).sum() / 500)
        counts = (margins > 0).astype(float)
        counts[rows, labels] = -counts.sum(axis=1)
        matrix = matrix - 0.03 * (counts.T @ x) / 500
    for scene in (ls.lesson("follow-the-gradient"), ls.lesson_beside("follow-the-gradient")):
        path, *_ = ls.descend(scene)
        np.testing.assert_allclose(path.loss, losses, rtol=1e-9)
    assert losses[-1] < 0.1 * losses[0]


def test_random_planes_show_nothing_of_the_descent_but_its_end(images):
    """Through the initial weights the path is a dot at the centre; through the trained ones the centre is its end."""
    trained, initial = ls.lesson("follow-the-gradient"), ls.lesson_beside("follow-the-gradient")
    for scene in (trained, initial):
        path, *_ = ls.descend(scene)
        assert path.outside[-1] > 0.9999
        assert max(np.abs(path.a).max(), np.abs(path.b).max()) < 0.005 * scene.grid.a[1]
    assert path.slice_loss[-1] == pytest.approx(9, abs=5e-3)
    path, *_ = ls.descend(trained)
    assert (path.a[-1], path.b[-1]) == pytest.approx((0, 0), abs=1e-12)
    assert ls.surface(trained).loss.min() == pytest.approx(path.loss[-1], rel=1e-2)


def test_mini_batches_of_one_start_and_what_their_first_steps_see(images):
    x, labels = images
    scene = ls.lesson("mini-batch")
    assert [run.batch for run in scene.runs] == [None, 256, 1]
    assert len({run.model_copy(update={"batch": None}) for run in scene.runs}) == 1
    (a, b), (u, v) = scene.runs[0].starts[0], directions()
    matrix, order = first_weights() + a * u + b * v, np.random.default_rng((0, 0)).permutation(1000)
    paths = ls.descend(scene)
    for path, size in zip(paths, (1000, 256, 1), strict=True):
        seen = order[:size] if size < 1000 else np.arange(1000)
        assert path.batch_loss[0] == pytest.approx(
            written_out("hinge", matrix, x[seen], [labels[place] for place in seen]), rel=1e-10
        )
        assert path.loss[0] == pytest.approx(written_out("hinge", matrix, x, labels), rel=1e-10)
    uphill = [int((np.diff(path.loss) > 0).sum()) for path in paths]
    assert uphill[0] < uphill[1] < uphill[2]
    lowest = ls.surface(scene).loss.min()
    assert paths[0].loss[-1] <= lowest < paths[2].loss[-1] < 1.1 * lowest


@pytest.mark.parametrize("scene", shown(IMAGES))
def test_the_digits_can_stand_in(scene):
    revision = revise(scene, {"data.kind": "digits", "data.samples": str(scene.data.samples)})
    assert revision.notices == []
    digits = revision.scene
    assert (digits.model, digits.plane, digits.grid, digits.runs) == (scene.model, scene.plane, scene.grid, scene.runs)
    assert np.isfinite(ls.surface(digits).loss).all()
    for path in ls.descend(digits):
        assert path.step[-1] == digits.runs[path.run].steps or path.evaluations[-1] == digits.runs[path.run].evaluations
        assert path.loss[-1] < path.loss[0]


# --- the gradient check -----------------------------------------------------------------------------------


def relu_network(theta):
    """The cross-entropy of 64-50-50-50-10 with ReLU on the first hundred digits, from scikit-learn's own arrays."""
    from sklearn.datasets import load_digits  # noqa: PLC0415

    pixels, labels = load_digits(return_X_y=True)
    hidden, start = pixels[:100] / 16, 0
    sizes = (64, 50, 50, 50, 10)
    for inputs, outputs in pairwise(sizes):
        matrix = theta[start : start + inputs * outputs].reshape(outputs, inputs)
        scores, start = hidden @ matrix.T, start + inputs * outputs
        hidden = np.maximum(scores, 0)
    scores -= scores.max(axis=1, keepdims=True)
    return -(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))[np.arange(100), labels[:100]].mean()


def test_a_kink_fools_the_check_and_a_smaller_step_does_not():
    scene = ls.lesson("gradient-check")
    report = ls.gradient_check(scene)
    assert not report.passed
    assert [name for name, error in report.blocks.items() if error > 1e-4] == ["W1", "W2"]
    assert max(report.blocks["W3"], report.blocks["W4"]) < 1e-8
    assert ls.gradient_check(scene, step=1e-6).passed
    assert ls.gradient_check(ls.lesson_beside("gradient-check")).error < 1e-8


def test_it_is_the_difference_that_is_wrong_at_a_kink():
    """Of the weight along the first axis, by a network written out: its slopes to both sides are not the same."""
    scene = ls.lesson("gradient-check")
    objective = ls.objective(scene)
    _, to, source = scene.plane.first
    place = 50 * 64 + 50 * to + source
    gradient = objective.gradient(objective.theta0)[place]

    def difference(step):
        ahead, behind = objective.theta0.copy(), objective.theta0.copy()
        ahead[place] += step
        behind[place] -= step
        return (relu_network(ahead) - relu_network(behind)) / (2 * step)

    assert relu_network(objective.theta0) == pytest.approx(float(objective.loss(objective.theta0)), rel=1e-12)
    assert difference(1e-6) == pytest.approx(gradient, rel=1e-7)
    assert abs(difference(1e-5) - gradient) > 5e-4 * abs(gradient)


@pytest.mark.parametrize("scene", shown(("gradient-check",)))
def test_the_networks_have_a_finite_surface_and_go_down(scene):
    assert np.isfinite(ls.surface(scene).loss).all()
    for path in ls.descend(scene):
        assert path.loss[-1] < path.loss[0] - 0.01
