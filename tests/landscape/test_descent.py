"""Descents against steps worked by hand and against loops written here."""

import math
from typing import ClassVar, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landscape as ls
from landscape import descent
from landscape.batches import batch_of
from landscape.descent import Descent, recorded
from landscape.ground import InFull, InPlane
from landscape.manner import Manner
from landscape.models.base import Model
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.optimizers.gradient_descent import GradientDescent
from landscape.oracle import StepOracle
from landscape.slice import Slice

SERIES = ("a", "b", "loss", "slice_loss", "batch_loss", "grad_norm", "lr", "outside")
NETWORK = {
    "model": {"kind": "mlp", "hidden": [4, 3], "seed": 2, "bias": True},
    "data": {"kind": "digits", "samples": 20},
    "plane": {"kind": "weights", "first": ["W3", 1, 0], "second": ["W3", 1, 2]},
    "grid": {"a": [-3, 3], "b": [-3, 3], "resolution": [5, 5]},
}
OPTIMIZERS = {
    "gradient_descent": {"kind": "gradient_descent", "lr": 2.0},
    "momentum": {"kind": "momentum", "lr": 0.5, "beta": 0.8},
    "adam": {"kind": "adam", "lr": 0.05},
}
every_optimizer = pytest.mark.parametrize("kind", list(OPTIMIZERS))


class Root(Model):
    """sqrt(1 - x) + y^2: goes down to x = 1, where it ends."""

    uses_data: ClassVar[bool] = False
    noun: ClassVar[str] = "root"
    kind: Literal["root"] = "root"

    def blocks(self, inputs, outputs):
        return {"x": (), "y": ()}

    def initial(self, inputs, outputs):
        return np.zeros(2)

    def value(self, theta, x, y):
        return np.sqrt(1 - theta[..., 0]) + theta[..., 1] ** 2

    def value_and_gradient(self, theta, x, y):
        slopes = [-0.5 / np.sqrt(1 - theta[..., 0]), 2 * theta[..., 1]]
        return self.value(theta, x, y), np.stack(slopes, axis=-1)

    def work(self, inputs, outputs):
        return 1


class Picky(Root):
    """x^2 + y^2 from (1, 0), but not a number where x < 0.3 and the samples have a 0 among them."""

    uses_data: ClassVar[bool] = True
    kind: Literal["picky"] = "picky"

    def initial(self, inputs, outputs):
        return np.array([1.0, 0.0])

    def value(self, theta, x, y):
        broken = (theta[..., 0] < 0.3) & y[:, 0].any()
        return np.where(broken, np.nan, (theta**2).sum(axis=-1))

    def value_and_gradient(self, theta, x, y):
        return self.value(theta, x, y), 2 * theta


def walk_function(name, start, steps, **optimizer):
    run = {"optimizer": {"kind": "gradient_descent"} | optimizer, "starts": [start], "steps": steps}
    (path,) = ls.descend(ls.Scene.model_validate({"model": {"kind": "function", "name": name}, "runs": [run]}))
    return path


def network(plane=None, **run):
    fields = NETWORK | ({"plane": plane} if plane else {})
    return ls.Scene.model_validate(fields | {"runs": [run]})


def by_loop(optimizer, loss_and_gradient, theta, steps):
    """The methods written out for one start: (t, theta, loss, gradient) before each step, and at the end."""
    theta, first, second = np.array(theta, dtype=float), 0.0, 0.0
    for t in range(steps + 1):
        loss, g = loss_and_gradient(theta, t)
        yield t, theta, float(loss), g
        match optimizer["kind"]:
            case "gradient_descent":
                theta = theta - optimizer["lr"] * g
            case "momentum":
                first = optimizer["beta"] * first - optimizer["lr"] * g
                theta = theta + first
            case "adam":
                first = 0.9 * first + 0.1 * g
                second = 0.999 * second + 0.001 * g * g
                root = np.sqrt(second / (1 - 0.999 ** (t + 1)))
                theta = theta - optimizer["lr"] * first / (1 - 0.9 ** (t + 1)) / (root + 1e-8)


# --- steps worked by hand ---------------------------------------------------------------------------------


def test_gradient_descent_shrinks_a_valley_by_a_constant_factor():
    """x <- x - 0.1 * 2 x = 0.8 x, and so y."""
    path = walk_function("valley", [-1.8, 0.6], 12, lr=0.1)
    factor = 0.8 ** np.arange(13)
    np.testing.assert_array_equal(path.step, np.arange(13))
    np.testing.assert_allclose(path.a, -1.8 * factor, rtol=1e-14)
    np.testing.assert_allclose(path.b, 0.6 * factor, rtol=1e-14)
    np.testing.assert_allclose(path.loss, 3.6 * factor**2, rtol=1e-13)  # 1.8^2 + 0.6^2 = 3.6
    np.testing.assert_allclose(path.grad_norm, 2 * math.sqrt(3.6) * factor, rtol=1e-13)
    np.testing.assert_array_equal(path.lr, np.full(13, 0.1))
    assert not path.outside.any()


def test_gradient_descent_on_a_ravine_zigzags():
    """x <- (1 - 2 lr) x, y <- (1 - 20 lr) y."""
    path = walk_function("ravine", [-1.8, 0.6], 10, lr=0.09)
    t = np.arange(11)
    np.testing.assert_allclose(path.a, -1.8 * 0.82**t, rtol=1e-13)
    np.testing.assert_allclose(path.b, 0.6 * (-0.8) ** t, rtol=1e-12)


def test_momentum_by_hand():
    """lr 0.1, beta 0.5, from 1: v = -0.2, -0.26, -0.238; x = 0.8, 0.54, 0.302."""
    path = walk_function("valley", [1.0, 0.0], 3, kind="momentum", lr=0.1, beta=0.5)
    np.testing.assert_allclose(path.a, [1, 0.8, 0.54, 0.302], rtol=1e-14)
    assert not path.b.any()


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_slope():
    path = walk_function("ravine", [-1.8, 0.6], 1, kind="adam", lr=0.25)
    np.testing.assert_allclose([path.a[1], path.b[1]], [-1.8 + 0.25, 0.6 - 0.25], rtol=1e-7)


def test_edge_of_stability():
    """Learning rate 0.1 times curvature 20 is exactly 2: y flips for ever."""
    path = walk_function("ravine", [-1.8, 0.6], 15, lr=0.1)
    np.testing.assert_allclose(path.b, 0.6 * (-1.0) ** np.arange(16), rtol=1e-12)


# --- what is recorded -------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, database=None)
@given(st.integers(1, 100_000))
def test_recorded_steps(steps):
    got, stride = recorded(steps), math.ceil(steps / 1000)
    assert got.dtype == np.int64
    assert got.tolist() == sorted({*range(0, steps + 1, stride), steps})
    assert len(got) <= 1002
    if steps <= 1000:
        assert got.size == steps + 1


def test_a_long_run_records_every_few_steps_and_the_last():
    path = walk_function("valley", [1.0, 0.0], 2500, lr=1e-4)
    np.testing.assert_array_equal(path.step, recorded(2500))
    np.testing.assert_allclose(path.a, (1 - 2e-4) ** path.step.astype(float), rtol=1e-10)


def test_paths_come_in_the_order_of_runs_then_starts():
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "function", "name": "valley"},
            "runs": [
                {"optimizer": {"lr": 0.1}, "starts": [[1, 0], [2, 0]], "steps": 2},
                {"optimizer": {"lr": 0.2}, "starts": ["initial"], "steps": 3},
            ],
        }
    )
    paths = ls.descend(scene)
    assert [(path.run, path.start, path.a[0], path.step[-1]) for path in paths] == [
        (0, 0, 1, 2), (0, 1, 2, 2), (1, 0, -1.8, 3),
    ]  # fmt: skip


def test_arrays_are_read_only_and_of_one_length():
    for path in ls.descend(network(starts=["initial"], steps=5, batch=6)):
        for name in ("step", *SERIES):
            assert getattr(path, name).shape == (6,)
            assert not getattr(path, name).flags.writeable


# --- batches ----------------------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(samples=st.integers(1, 40), size=st.integers(1, 45), seed=st.integers(0, 2**32 - 1), epoch=st.integers(0, 5))
def test_an_epoch_takes_each_sample_once(samples, size, seed, epoch):
    per_epoch = math.ceil(samples / size)
    batches = [batch_of(epoch * per_epoch + place, size, samples, seed) for place in range(per_epoch)]
    if size >= samples:
        assert batches == [None]
        return
    assert sorted(np.concatenate(batches).tolist()) == list(range(samples))
    assert [len(batch) for batch in batches[:-1]] == [size] * (per_epoch - 1)
    assert len(batches[-1]) == samples - size * (per_epoch - 1)


def test_batches_depend_on_seed_and_epoch_and_on_nothing_before():
    def epoch(seed, number):
        return np.concatenate([batch_of(4 * number + place, 25, 100, seed) for place in range(4)])

    assert not np.array_equal(epoch(0, 0), epoch(1, 0))
    assert not np.array_equal(epoch(0, 0), epoch(0, 1))
    kept = epoch(0, 7)
    for number in range(40):  # more than are remembered
        epoch(3, number)
    np.testing.assert_array_equal(epoch(0, 7), kept)


# --- whole runs against loops -----------------------------------------------------------------------------


@every_optimizer
@pytest.mark.parametrize("batch", [None, 6, 20])
@pytest.mark.parametrize("trains", ["plane", "all"])
def test_every_record_against_a_loop(kind, batch, trains):
    starts = ["initial", [1.5, -0.5]]
    scene = network(optimizer=OPTIMIZERS[kind], starts=starts, steps=25, batch=batch, trains=trains, seed=3)
    objective, plane = ls.objective(scene), ls.plane(scene)
    directions = np.stack([plane.u, plane.v], axis=1)  # (P, 2)
    x, y, _ = objective.samples

    def of_all(theta, t):
        if batch is None or batch >= 20:
            return objective.model.value_and_gradient(theta, x, y)
        chosen = batch_of(t, batch, 20, 3)
        return objective.model.value_and_gradient(theta, x[chosen], y[chosen])

    def of_plane(ab, t):
        loss, gradient = of_all(plane.origin + directions @ ab, t)
        return loss, directions.T @ gradient

    for path, start in zip(ls.descend(scene), starts, strict=True):
        places = [np.flatnonzero(plane.u)[0], np.flatnonzero(plane.v)[0]]
        ab = objective.theta0[places] if start == "initial" else np.array(start)
        theta_start = plane.origin + directions @ ab
        steps = by_loop(OPTIMIZERS[kind], *((of_plane, ab) if trains == "plane" else (of_all, theta_start)), 25)
        for t, at, batch_loss, gradient in steps:
            theta = plane.origin + directions @ at if trains == "plane" else at
            seen, *_ = np.linalg.lstsq(directions, theta - plane.origin, rcond=None)
            moved = theta - theta_start
            inside, *_ = np.linalg.lstsq(directions, moved, rcond=None)
            residual = moved - directions @ inside
            outside = (residual @ residual) / (moved @ moved) if moved.any() else 0.0
            want = {
                "a": seen[0],
                "b": seen[1],
                "loss": float(objective.model.value(theta, x, y)),
                "slice_loss": float(objective.model.value(plane.origin + directions @ seen, x, y)),
                "batch_loss": batch_loss,
                "grad_norm": math.sqrt((gradient**2).sum()),
                "lr": OPTIMIZERS[kind]["lr"],
                "outside": outside if trains == "all" else 0.0,
            }
            got = {name: getattr(path, name)[t] for name in SERIES}
            assert got == pytest.approx(want, rel=1e-8, abs=1e-10), t
        assert path.step.tolist() == list(range(26))
        assert path.outside[0] == 0


@pytest.mark.parametrize("trains", ["plane", "all"])
def test_start_initial_is_where_the_model_starts(trains):
    scene = network(starts=["initial"], steps=1, trains=trains)
    (path,) = ls.descend(scene)
    objective = ls.objective(scene)
    assert path.loss[0] == pytest.approx(float(objective.loss(objective.theta0)), rel=1e-12)


@pytest.mark.parametrize(
    "plane",
    [
        None,
        {"kind": "weights", "first": ["W2", 1, 0], "second": ["b2", 1]},
        {"kind": "weights", "first": ["W1", 1, 20], "second": ["W3", 1, 2]},
        {"kind": "random", "seed": 5},
    ],
)
@every_optimizer
def test_a_path_in_the_plane_lies_on_the_surface(plane, kind):
    """Its loss at every recorded step is the surface's own, computed the plain way."""
    scene = network(plane, optimizer=OPTIMIZERS[kind], starts=["initial", [1.5, -0.5]], steps=40)
    objective, lift = ls.objective(scene), ls.plane(scene).lift
    for path in ls.descend(scene):
        plain = objective.loss(lift(np.stack([path.a, path.b], axis=-1)))
        assert np.max(np.abs(path.loss - plain) / np.abs(plain)) <= 1e-9
        np.testing.assert_array_equal(path.loss, path.slice_loss)


def test_what_the_plane_does_not_show_along_skewed_directions():
    """Training everything: 0 at the start, between 0 and 1, and the loss is the true one."""
    scene = network({"kind": "random", "seed": 1}, optimizer=OPTIMIZERS["momentum"], steps=30, trains="all")
    (path,) = ls.descend(scene)
    assert path.outside[0] == 0
    assert ((path.outside >= 0) & (path.outside <= 1 + 1e-12)).all()
    assert path.outside[1:].min() > 0.5  # two random directions of 300 show next to nothing
    assert np.abs(path.loss - path.slice_loss).max() > 1e-3


# --- chunks -----------------------------------------------------------------------------------------------


def everything(seen):
    """All that is seen, as records."""
    return {f"theta{axis}": seen.theta[..., axis] for axis in range(seen.theta.shape[-1])} | {
        "batch_loss": seen.batch_loss,
        "grad_norm": seen.grad_norm,
    }


def in_pieces(run, starts, stops):
    """The walk and the records of a run that is taken up at each of ``stops``."""
    walk, found = run.begin(starts), {}
    for stop in (*stops, run.steps):
        walk, records = run.advance(walk._replace(state=tuple(walk.state)), stop, everything)
        assert walk.step == stop
        for name, values in records.items():
            found.setdefault(name, []).append(values)
    return walk, {name: np.concatenate(values, axis=1) for name, values in found.items()}


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(
    kind=st.sampled_from(optimizers.names()),
    full=st.booleans(),
    batch=st.sampled_from([None, 7]),
    stops=st.lists(st.integers(1, 16), unique=True).map(sorted),
)
def test_cut_anywhere_it_is_the_same_run(kind, full, batch, stops):
    scene = network()
    objective, plane = ls.objective(scene), ls.plane(scene)
    starts = np.array([[1.0, 2.0], [0.5, -0.5]])
    starts = plane.lift(starts) if full else starts
    ground = InFull(objective, plane, starts) if full else InPlane(Slice(objective, plane))
    run = Descent(optimizers.read(OPTIMIZERS.get(kind, {"kind": kind})), ground, 17, batch, 4)
    whole, want = in_pieces(run, starts, ())
    walk, got = in_pieces(run, starts, stops)
    np.testing.assert_array_equal(walk.theta, whole.theta)
    for one, other in zip(walk.state, whole.state, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(walk.loss, whole.loss, rtol=1e-13)
    assert got.keys() == want.keys()
    for name in want:  # a loss may be evaluated in other groups of points
        np.testing.assert_allclose(got[name], want[name], rtol=1e-13 if name == "batch_loss" else 0)


# --- how it ends ------------------------------------------------------------------------------------------


def test_converged():
    path = walk_function("valley", [1.0, 0.0], 100, lr=0.1)
    assert path.status is ls.Status.CONVERGED
    assert path.message.startswith("Converged: ")
    assert f" {2 * 0.8**100:.2g}" in path.message
    assert "100 steps" in path.message
    assert path.step[-1] == 100


def test_max_steps():
    path = walk_function("valley", [1.0, 0.0], 10, lr=0.1)
    assert path.status is ls.Status.MAX_STEPS
    assert path.message.startswith("Took all 10 steps; ")
    assert path.message.endswith(f" {2 * 0.8**10:.2g}.")


def test_diverged_but_finite():
    """y grows by 1.2 a step: 3.6 * 1.2^200 is large, not infinite."""
    path = walk_function("ravine", [-1.8, 0.6], 100, lr=0.11)
    assert path.status is ls.Status.DIVERGED
    assert path.step[-1] == 100
    assert path.loss[-1] == pytest.approx(3.6 * 1.2**200, rel=1e-6)
    assert path.message == f"Diverged: after 100 steps the loss is {path.loss[-1]:.3g}. Try a smaller rate."


@pytest.mark.parametrize("name", ["valley", "ravine", "shallow_ravine"])
@pytest.mark.parametrize("steps", [300, 1000, 20_000, 100_000])
def test_diverged_beyond_all_numbers_however_seldom_it_is_recorded(name, steps):
    path = walk_function(name, [-1.8, 0.6], steps, lr=1000.0)
    assert path.status is ls.Status.DIVERGED
    assert path.message.startswith("Diverged: at step ")
    assert path.message.endswith("the numbers grew beyond all bounds. Try a smaller rate.")
    for series in ("step", *SERIES):
        assert np.isfinite(getattr(path, series)).all(), series
    died = int(path.message.removeprefix("Diverged: at step ").split()[0].replace(",", ""))
    assert 30 < died < 300
    assert path.step[-1] <= died
    if steps <= 1000:  # every step is recorded, so nothing finite is missing at the end
        assert died - path.step[-1] <= 1


def test_one_start_that_diverges_leaves_the_others_alone():
    starts = [[0.0, 0.0], [1.0, 1.0], [0.0, 1e-3]]
    run = {"optimizer": {"lr": 1000.0}, "starts": starts, "steps": 400}
    scene = ls.Scene.model_validate({"model": {"kind": "function", "name": "ravine"}, "runs": [run]})
    still, *blown = ls.descend(scene)
    assert (still.status, len(still.step)) == (ls.Status.CONVERGED, 401)
    assert all(path.status is ls.Status.DIVERGED and len(path.step) < 200 for path in blown)


def test_a_loss_that_begins_next_to_zero_has_not_diverged_when_it_grows_to_its_usual_size():
    """sin x sin y + 0.2 x is 0 at x = 0; the first step of Adam goes to x = 4, over the valley."""
    path = walk_function("false_minima", [0.0, -2.0], 1, kind="adam", lr=4.0)
    assert path.loss[0] == 0
    assert path.loss[1] == pytest.approx(math.sin(4) * math.sin(-2) + 0.8, rel=1e-6)
    assert path.status is ls.Status.MAX_STEPS


def test_not_a_number_is_not_called_divergence(register):
    register(Root)
    scene = ls.Scene.model_validate(
        {
            "model": {"kind": "root"},
            "grid": {"a": [-1, 3], "b": [-1, 1], "resolution": [5, 3]},
            "runs": [{"optimizer": {"lr": 0.3}, "starts": [[0.0, 0.5], [2.0, 0.5]], "steps": 50}],
        }
    )
    inside, outside = ls.descend(scene)
    x, steps = 0.0, 0
    while x <= 1:
        x, steps = x + 0.3 * 0.5 / math.sqrt(1 - x), steps + 1
    assert inside.status is ls.Status.NON_FINITE
    assert inside.message == f"Stopped at step {steps}: the loss or its gradient is not a finite number there."
    assert inside.step.tolist() == list(range(steps))
    assert np.isfinite(inside.grad_norm).all()
    assert outside.status is ls.Status.NON_FINITE
    assert outside.message.startswith("Stopped at step 0:")
    assert outside.step.size == outside.loss.size == 0


def test_a_loss_that_is_finite_on_the_batches_only(register):
    """The batches of the first steps avoid the sample that breaks the loss on all of them."""
    register(Picky)
    labels = ls.objective(network()).samples.y.argmax(axis=1)
    seed = next(
        seed for seed in range(1000) if not any((labels[batch_of(step, 2, 20, seed)] == 0).any() for step in range(6))
    )
    run = {"starts": ["initial"], "steps": 4, "batch": 2, "seed": seed, "optimizer": {"lr": 0.25}}
    fields = {
        "model": {"kind": "picky"},
        "data": {"kind": "digits", "samples": 20},
        "plane": {"kind": "weights", "first": ["x"], "second": ["y"]},
        "grid": {"a": [-1, 1], "b": [-1, 1], "resolution": [3, 3]},
        "runs": [run],
    }
    for trains in ("plane", "all"):
        run["trains"] = trains
        (path,) = ls.descend(ls.Scene.model_validate(fields))
        np.testing.assert_allclose(path.a, [1, 0.5])  # x halves a step; below 0.3 the sample breaks
        assert path.status is ls.Status.NON_FINITE
        assert path.message.startswith("Stopped at step 2:")


# --- deaths -----------------------------------------------------------------------------------------------


class Steady:
    """A ground that is the same at every step."""

    varies = False

    def at_step(self, step):
        return self


class Minefield(Steady):
    """A quadratic of D parameters in which the loss, its gradient, or neither is a number beyond some places.

    ``(1 + k) curvature . theta^2 / 2`` with k the first sample of the batch, 0 for all. The loss is NaN where the
    first parameter lies beyond ``fence``, the gradient is infinite where the last one does beyond ``wall``.
    """

    def __init__(self, curvature, fence, wall, samples, light):
        self.curvature, self.fence, self.wall = np.array(curvature), fence, wall
        self.samples, self.in_plane, self.work = samples, light, 1.0
        self.asked = []

    def _factor(self, batch):
        return 1.0 if batch is None else 1.0 + batch[0]

    def loss(self, theta, batch=None):
        self.asked.append("loss")
        value = self._factor(batch) * (self.curvature * theta**2).sum(axis=-1) / 2
        return np.where(np.abs(theta[..., 0]) > self.fence, np.nan, value)

    def gradient(self, theta, batch):
        self.asked.append("gradient")
        slope = self._factor(batch) * self.curvature * theta
        slope[..., -1] = np.where(np.abs(theta[..., -1]) > self.wall, np.inf, slope[..., -1])
        assert np.isfinite(theta).all(), "nobody is asked about a place that is no place"
        return slope

    def loss_and_gradient(self, theta, batch):
        answer = self.loss(theta, batch), self.gradient(theta, batch)
        self.asked[-2:] = ["both"]
        return answer


def alone(optimizer, ground, start, steps, batch, seed):
    """One start walked step by step: what it was like while all was finite, where it stayed, when, its last loss."""
    theta, state, rows, last = start[None], optimizer.init(start[None]), [], np.nan
    for step in range(steps + 1):
        chosen = batch_of(step, batch, ground.samples, seed)
        value, slope = ground.loss_and_gradient(theta, chosen)
        if np.isfinite(value[0]):
            last = value[0]
            rows.append([step, *theta[0], value[0], math.sqrt((slope[0] ** 2).sum())])
        if not (np.isfinite(value[0]) and np.isfinite(slope).all()):
            return rows, theta[0], step, last
        if step == steps:
            return rows, theta[0], -1, last

        oracle = StepOracle(Manner(), np.zeros(1, dtype=np.int64), apart=False, varies=batch is not None)
        oracle.stand(ground, theta, chosen, step)
        delta, state = optimizer.step(oracle, theta, state, optimizer.rate)
        if not np.isfinite(theta + delta).all():
            return rows, theta[0], step, last
        theta = theta + delta
    raise AssertionError


@settings(derandomize=True, deadline=None, database=None, max_examples=80)
@given(data=st.data())
def test_whoever_dies_in_the_middle_dies_alone_and_on_time(data):
    """Against each start walked by itself, however the run is cut and however many steps are looked at at once."""
    dimensions = data.draw(st.sampled_from([2, 2, 7]))
    number = st.floats(-3, 3, allow_nan=False)
    starts = np.array(
        data.draw(st.lists(st.lists(number, min_size=dimensions, max_size=dimensions), min_size=1, max_size=4))
    )
    bound = st.sampled_from([2.5, 4.0, 30.0, 1e3, 1e150, np.inf])
    curvature = data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=dimensions, max_size=dimensions))
    ground = Minefield(curvature, data.draw(bound), data.draw(bound), samples=9, light=data.draw(st.booleans()))
    kind = data.draw(st.sampled_from(optimizers.names()))
    size = "lr" if optimizers[kind].uses_gradient else "scale"
    optimizer = optimizers.read({"kind": kind, size: data.draw(st.sampled_from([0.01, 0.3, 0.7, 1.5, 1000.0]))})
    steps, batch, seed = (
        data.draw(st.integers(1, 400)),
        data.draw(st.sampled_from([None, 4])),
        data.draw(st.integers(0, 9)),
    )
    stops = sorted(data.draw(st.sets(st.integers(1, steps), max_size=4)) - {steps})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descent, "STRETCH", data.draw(st.sampled_from([1, 5, 64, 256])))
        patch.setattr(descent, "RECORDS", data.draw(st.sampled_from([3, 50, 1000])))
        kept = recorded(steps)
        walk, records = in_pieces(Descent(optimizer, ground, steps, batch, seed), starts, stops)
    for start, place in enumerate(starts):
        with np.errstate(all="ignore"):
            rows, theta, died, last = alone(optimizer, ground, place, steps, batch, seed)
        np.testing.assert_array_equal(walk.theta[start], theta)
        assert walk.died[start] == died
        np.testing.assert_array_equal(walk.loss[start], last)
        rows = np.array([row for row in rows if row[0] in kept]).reshape(-1, dimensions + 3)  # step, theta, loss, norm
        for column, name in enumerate([*(f"theta{axis}" for axis in range(dimensions)), "batch_loss"], start=1):
            np.testing.assert_array_equal(records[name][start, : len(rows)], rows[:, column])
            assert np.isnan(records[name][start, len(rows) :]).all()
        np.testing.assert_allclose(records["grad_norm"][start, : len(rows)], rows[:, -1], rtol=1e-14)


class Leap(Optimizer):
    """A step of 1, and from 3 on to infinity."""

    kind: Literal["leap"] = "leap"
    lr: float = 1.0

    def init(self, theta):
        return GradientDescent.State()

    def step(self, oracle, theta, state, lr):
        return np.where(theta < 3, 1.0, np.inf), state


def test_whoever_has_died_keeps_the_loss_of_that_step(monkeypatch):
    """Also where it stays at a place that is as good as any, and other batches have other losses there."""
    monkeypatch.setattr(descent, "STRETCH", 2)
    ground = Minefield([2.0], np.inf, np.inf, samples=9, light=True)
    run = Descent(Leap(), ground, 10, 4, seed=2)
    walk, records = run.advance(run.begin(np.array([[0.0], [-90.0]])), 10, everything)
    np.testing.assert_array_equal(walk.died, [3, -1])
    np.testing.assert_array_equal(walk.theta, [[3.0], [-80.0]])
    np.testing.assert_array_equal(records["theta0"][0], [0, 1, 2, 3] + [np.nan] * 7)
    factors = [1 + batch_of(step, 4, 9, 2)[0] for step in range(11)]
    assert factors[3] != factors[10]
    np.testing.assert_array_equal(walk.loss, [factors[3] * 3.0**2, factors[10] * 80.0**2])


class Cliff(Steady):
    """1e200 x: a finite slope whose square is not."""

    samples, in_plane, work = 1, True, 1.0

    def loss(self, theta, batch=None):
        return 1e200 * theta[..., 0]

    def gradient(self, theta, batch):
        return np.full_like(theta, 1e200)


def test_a_gradient_too_long_to_be_measured_is_still_a_number():
    run = Descent(GradientDescent(lr=1e-200), Cliff(), 5, None, 0)
    walk, records = run.advance(run.begin(np.array([[5.0]])), 5, everything)
    np.testing.assert_array_equal(walk.died, [-1])
    np.testing.assert_allclose(records["theta0"], [[5, 4, 3, 2, 1, 0]], atol=1e-12)
    assert np.isinf(records["grad_norm"]).all()


@pytest.mark.parametrize("light", [True, False])
@pytest.mark.parametrize("kind", list(OPTIMIZERS))
def test_single_numbers_stay_single_whatever_the_ground_answers(kind, light):
    ground = Minefield([1.0, 2.0], np.inf, np.inf, 9, light)  # answers in float64
    run = Descent(optimizers.read(OPTIMIZERS[kind]), ground, 300, None, 0)
    walk, records = run.advance(run.begin(np.ones((2, 2), dtype=np.float32)), 300, everything)
    assert walk.theta.dtype == np.float32
    assert all(array.dtype != np.float64 for array in walk.state)
    assert records["batch_loss"].dtype == records["grad_norm"].dtype == np.float64


def test_when_all_have_diverged_nothing_more_is_computed():
    ground, start = Minefield([2.0, 2.0], np.inf, np.inf, 1, light=True), np.array([[1.0, 0.0], [0.0, 1e-3]])
    run = Descent(GradientDescent(lr=1000.0), ground, 100_000, None, 0)
    walk, _ = run.advance(run.begin(start), 100_000, everything)
    assert (walk.died > 0).all()
    assert ground.asked.count("gradient") <= 256
    assert walk.step == 100_000
    ground.asked.clear()
    again, records = run.advance(walk, 100_000, everything)
    assert (ground.asked, records) == ([], {})
    np.testing.assert_array_equal(again.theta, walk.theta)


# --- how often it asks ------------------------------------------------------------------------------------


class Watchful(Optimizer):
    """Gradient descent that looks at the loss where it stands, and at the gradient a little ahead."""

    kind: Literal["watchful"] = "watchful"
    lr: float = 0.1

    def init(self, theta):
        return GradientDescent.State()

    def step(self, oracle, theta, state, lr):
        ahead = theta - lr * oracle.gradient(theta)
        assert (oracle.loss(ahead) < oracle.loss(theta)).all()
        return -lr * oracle.gradient(ahead), state


@pytest.mark.parametrize(
    ("light", "batch", "each_step", "later"),
    [
        (True, None, "gradient", 2),  # the losses of 256 steps at once, and of the 45 others
        (True, 4, "both", 0),
        (False, None, "both", 0),
        (False, 4, "both", 0),
    ],
)
def test_one_question_a_step_and_nothing_twice(light, batch, each_step, later):
    ground = Minefield([1.0, 2.0], np.inf, np.inf, 9, light)
    run = Descent(GradientDescent(lr=0.1), ground, 300, batch, 0)
    run.advance(run.begin(np.ones((3, 2))), 300, everything)
    assert ground.asked.count(each_step) == 301  # the end is looked at too
    assert len(ground.asked) == 301 + later


def test_losses_that_are_dear_come_with_the_gradient():
    ground = Minefield([1.0, 2.0], np.inf, np.inf, 9, light=True)
    ground.work = descent.LIGHT
    run = Descent(GradientDescent(lr=0.1), ground, 3, None, 0)
    run.advance(run.begin(np.ones((1, 2))), 3, everything)
    assert set(ground.asked) == {"gradient", "loss"}
    ground.asked.clear()
    run.advance(run.begin(np.ones((2, 2))), 3, everything)
    assert set(ground.asked) == {"both"}


@pytest.mark.parametrize("light", [True, False])
def test_an_optimizer_may_ask_for_more(light):
    """x <- x - lr (x - lr x) on x^2 / 2: x <- (1 - lr + lr^2) x."""
    ground = Minefield([1.0, 1.0], np.inf, np.inf, 9, light)
    run = Descent(Watchful(lr=0.1), ground, 5, None, 0)
    _, records = run.advance(run.begin(np.ones((1, 2))), 5, everything)
    np.testing.assert_allclose(records["theta0"][0], 0.91 ** np.arange(6), rtol=1e-13)
    np.testing.assert_allclose(records["batch_loss"][0], 0.91 ** (2 * np.arange(6)), rtol=1e-13)
