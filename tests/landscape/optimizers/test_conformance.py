"""What every optimizer must do, whichever it is: each registered kind on each problem."""

import doctest
import inspect

import annotated_types
import numpy as np
import pytest
from pydantic import ValidationError

import landscape as ls
from landscape.optimizers import optimizers
from landscape.optimizers.base import Optimizer
from landscape.part import flatten, unflatten


class Oracle:
    """What all problems here have in common; ``number`` is the step's."""

    number, varies = 0, False

    def loss_and_gradient(self, theta):
        return self.loss(theta), self.gradient(theta)

    def draw(self, size):
        return np.random.default_rng((7, self.number)).standard_normal(size)


class Quadratic(Oracle):
    """sum of curvature * theta^2 / 2; counts what it is asked."""

    def __init__(self, *curvatures, lowest=0.0):
        self.curvatures, self.lowest, self.asked = np.array(curvatures), lowest, 0

    def loss(self, theta, where=None):
        return (self.curvatures * (theta - self.lowest) ** 2).sum(-1) / 2

    def gradient(self, theta):
        self.asked += 1
        return self.curvatures * (theta - self.lowest)

    def hessian(self, theta):
        return np.broadcast_to(np.diag(self.curvatures), (*theta.shape, theta.shape[-1]))


PROBLEMS = {
    "bowl": lambda: Quadratic(1.0, 1.0, 1.0),
    "ravine": lambda: Quadratic(1.0, 20.0, 5.0),
    "far bowl": lambda: Quadratic(2.0, 2.0, 2.0, lowest=np.array([3.0, -1.0, 0.5])),
    "flat direction": lambda: Quadratic(1.0, 0.0, 2.0),
}
SENSIBLE_LR = 0.05
ARRIVING = {
    "adagrad": 0.5,
    "adadelta": 2.0,
}
"""Rates at which methods arrive that SENSIBLE_LR would leave on their way."""
FADING = {
    "rmsprop": 0.99,
    "lion": 0.99,
}
"""Methods that swing about a minimum by half their rate for ever: by what their rate is multiplied at every step."""
DECOUPLED = {"adamw", "lion"}
"""Their weight decay is no part of the gradient."""
START = np.array([1.5, -0.7, 2.0])

every_kind = pytest.mark.parametrize("cls", list(optimizers), ids=optimizers.names())
FOLLOWERS = [cls for cls in optimizers if cls.uses_gradient]
SEARCHES = [cls for cls in optimizers if not cls.uses_gradient]


def name_of(cls):
    return cls.model_fields["kind"].default


every_follower = pytest.mark.parametrize("cls", FOLLOWERS, ids=name_of)
every_search = pytest.mark.parametrize("cls", SEARCHES, ids=name_of)
every_kind_with_decay = pytest.mark.parametrize(
    "cls",
    [cls for cls in optimizers if "weight_decay" in cls.model_fields],
    ids=name_of,
)
every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))


def walk(optimizer: Optimizer, oracle, theta, steps, lr=SENSIBLE_LR):
    theta = np.array(theta, dtype=np.float64)
    state, thetas = optimizer.init(theta), [theta]
    for oracle.number in range(steps):
        delta, state = optimizer.step(oracle, theta, state, lr)
        theta = theta + delta
        thetas.append(theta)
    return np.stack(thetas)


def arrive(optimizer: Optimizer, oracle, steps):
    """Walk at rates with which this method arrives."""
    lr, fading = ARRIVING.get(optimizer.kind, SENSIBLE_LR), FADING.get(optimizer.kind, 1.0)
    state, thetas = optimizer.init(START), [START]
    for step in range(steps):
        delta, state = optimizer.step(oracle, thetas[-1], state, lr * fading**step)
        thetas.append(thetas[-1] + delta)
    return np.stack(thetas)


def undecayed(cls) -> Optimizer:
    """The method with nothing that pulls it elsewhere than the loss does."""
    return cls(weight_decay=0) if "weight_decay" in cls.model_fields else cls()


def read_only(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


@every_follower
@every_problem
def test_descends(cls, problem):
    oracle = problem()
    losses = oracle.loss(arrive(undecayed(cls), oracle, 400))
    assert losses[-1] < 1e-3 * losses[0]


@every_follower
@every_problem
def test_first_step_goes_downhill(cls, problem):
    oracle, optimizer = problem(), cls()
    delta, _ = optimizer.step(oracle, START, optimizer.init(START), 1e-3)
    assert delta @ oracle.gradient(START) < 0


@every_search
@every_problem
def test_searches_go_down_or_stay(cls, problem):
    """Some steps are taken and some are not, and nobody asks for a gradient."""
    oracle = problem()
    thetas = walk(cls(scale=1.5), oracle, START, 100)
    losses = oracle.loss(thetas)
    moved = np.diff(thetas, axis=0).any(axis=1)
    assert (np.diff(losses)[moved] < 0).all()
    assert 1 <= moved.sum() < 100
    assert oracle.asked == 0


@every_follower
def test_converges_on_the_bowl(cls):
    theta = arrive(undecayed(cls), PROBLEMS["far bowl"](), 3000)[-1]
    np.testing.assert_allclose(theta, [3.0, -1.0, 0.5], atol=1e-6)


@every_kind
@every_problem
def test_stays_where_the_gradient_is_zero(cls, problem):
    oracle = problem()
    lowest = np.zeros(3) + oracle.lowest
    np.testing.assert_array_equal(walk(undecayed(cls), oracle, lowest, 3), np.tile(lowest, (4, 1)))


@every_kind
@every_problem
def test_many_starts_at_once_are_each_alone(cls, problem):
    starts = np.random.RandomState(0).randn(2, 3, 3)
    together = walk(cls(), problem(), starts, 40)
    for i, j in np.ndindex(2, 3):
        np.testing.assert_allclose(together[:, i, j], walk(cls(), problem(), starts[i, j], 40), rtol=1e-13, atol=0)


class Penalised(Quadratic):
    """The same with share |theta|^2 / 2 on top."""

    def __init__(self, *curvatures, share):
        super().__init__(*curvatures)
        self.share = share

    def loss(self, theta, where=None):
        return super().loss(theta) + self.share * (theta**2).sum(-1) / 2

    def gradient(self, theta):
        return super().gradient(theta) + self.share * theta


class Plain(Oracle):
    """As high everywhere, answered in the precision it is asked in."""

    def loss(self, theta, where=None):
        return np.zeros(theta.shape[:-1], dtype=theta.dtype)

    def gradient(self, theta):
        return np.zeros_like(theta)


@every_kind_with_decay
def test_weight_decay_is_a_penalty_on_the_loss_unless_decoupled(cls):
    decayed = walk(cls(weight_decay=0.3), Quadratic(1.0, 20.0, 5.0), START, 40)
    penalised = walk(undecayed(cls), Penalised(1.0, 20.0, 5.0, share=0.3), START, 40)
    assert np.array_equal(decayed, penalised) == (cls().kind not in DECOUPLED)


@every_kind_with_decay
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_weight_decay_pulls_towards_zero_where_nothing_else_does(cls, dtype):
    optimizer, theta = cls(weight_decay=0.5), START.astype(dtype)
    delta, _ = optimizer.step(Plain(), theta, optimizer.init(theta), 0.1)
    assert delta.dtype == dtype
    assert (delta * theta < 0).all()


@every_kind
def test_state_can_be_split_by_start(cls):
    """A caller may drop a descent that has ended: leading axes of the state are those of theta."""
    optimizer, oracle = cls(), PROBLEMS["ravine"]()
    starts = np.random.RandomState(1).randn(4, 3)
    first, state = optimizer.step(oracle, starts, optimizer.init(starts), SENSIBLE_LR)
    kept = [0, 3]
    part = type(state)(*(array[kept] for array in state))
    oracle.number = 1
    delta, _ = optimizer.step(oracle, (starts + first)[kept], part, SENSIBLE_LR)
    np.testing.assert_allclose(delta, np.diff(walk(cls(), oracle, starts, 2), axis=0)[1][kept], rtol=1e-9)


@every_kind
def test_is_pure(cls):
    optimizer, oracle = cls(), PROBLEMS["ravine"]()
    theta = read_only(np.random.RandomState(2).randn(2, 3))
    before = theta.copy()
    state = type(optimizer.init(theta))(*map(read_only, optimizer.init(theta)))
    for _ in range(3):
        kept = [array.copy() for array in state]
        delta, after = optimizer.step(oracle, theta, state, SENSIBLE_LR)
        again, _ = optimizer.step(oracle, theta, state, SENSIBLE_LR)
        np.testing.assert_array_equal(delta, again)
        for array, copy in zip(state, kept, strict=True):
            np.testing.assert_array_equal(array, copy)
        state = type(after)(*map(read_only, after))
    np.testing.assert_array_equal(theta, before)


@every_kind
def test_state_does_not_hold_theta_itself(cls):
    """A caller that updates its own arrays in place changes no state."""
    theta = START.copy()
    state = cls().init(theta)
    assert not any(np.shares_memory(array, theta) for array in state)


class Halves(Oracle):
    """theta^2 / 2, answered in the precision it is asked in."""

    def loss(self, theta, where=None):
        return (theta**2).sum(-1) / 2

    def gradient(self, theta):
        return theta.copy()

    def hessian(self, theta):
        return np.broadcast_to(np.eye(theta.shape[-1]), (*theta.shape, theta.shape[-1]))


@every_kind
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_keeps_precision_and_shapes(cls, dtype):
    optimizer, oracle = cls(), Halves()
    theta = np.ones((2, 5, 3), dtype=dtype)
    delta, state = optimizer.step(oracle, theta, optimizer.init(theta), 0.1)
    assert delta.dtype == dtype
    assert delta.shape == theta.shape
    assert type(state) is type(optimizer.init(theta))
    for array, first in zip(state, optimizer.init(theta), strict=True):
        assert (array.dtype, array.shape) == (first.dtype, first.shape)
        assert array.shape[:2] == theta.shape[:2]


@every_kind
def test_single_precision_is_close_to_double(cls):
    start = np.random.RandomState(3).randn(4, 50)
    optimizer, thetas = cls(), []
    for dtype in (np.float64, np.float32):
        theta = start.astype(dtype)
        state = optimizer.init(theta)
        for _ in range(20):
            delta, state = optimizer.step(Halves(), theta, state, SENSIBLE_LR)
            theta = theta + delta
        thetas.append(theta)
    assert thetas[1].dtype == np.float32
    np.testing.assert_allclose(thetas[1], thetas[0], atol=1e-5)


@every_follower
def test_uses_the_rate_it_is_given(cls):
    oracle = PROBLEMS["bowl"]()
    one = walk(cls(lr=1e-3), oracle, START, 5, lr=0.1)
    other = walk(cls(lr=10.0), oracle, START, 5, lr=0.1)
    np.testing.assert_array_equal(one, other)


@every_follower
def test_a_rate_of_zero_takes_no_first_step(cls):
    np.testing.assert_array_equal(walk(cls(), PROBLEMS["bowl"](), START, 1, lr=0.0)[1], START)


@every_kind
def test_fields_are_declared_for_people(cls):
    assert cls.noun
    for name, field in cls.model_fields.items():
        if name != "kind":
            assert field.title, name
            assert field.description, name
            assert field.description.endswith("."), name
    assert cls.model_fields["lr" if cls.uses_gradient else "scale"].json_schema_extra == {"scale": "log"}


@every_kind
def test_numbers_have_both_bounds_and_say_so(cls):
    for name, field in cls.model_fields.items():
        if field.annotation is not float:
            continue
        low = [bound for bound in field.metadata if isinstance(bound, annotated_types.Gt | annotated_types.Ge)]
        high = [bound for bound in field.metadata if isinstance(bound, annotated_types.Lt | annotated_types.Le)]
        assert len(low) == len(high) == 1, name
        for wrong in (-1, 1e4):
            with pytest.raises(ValidationError, match=rf"^1 validation error[^\n]*\n{name}\n +{field.title} must be "):
                cls(**{name: wrong})
        for wrong in (float("nan"), float("inf")):
            with pytest.raises(ValidationError, match=f"{field.title} must be a finite number"):
                cls(**{name: wrong})


def test_learning_rate_message():
    for cls in FOLLOWERS:
        with pytest.raises(ValidationError) as caught:
            cls(lr=-1)
        assert caught.value.errors()[0]["msg"] == "Learning rate must be greater than 0. Got -1."


@every_kind
def test_the_rate_is_its_field_or_none(cls):
    assert cls().noun in {noun for _, noun in ls.kinds("optimizer")}
    if cls.uses_gradient:
        assert (cls(lr=0.25).rate, cls(lr=0.25).pace) == (0.25, "rate 0.25")
    else:
        assert np.isnan(cls().rate)
        assert "lr" not in cls.model_fields
        assert cls(scale=0.25).pace == "scale 0.25"


@every_kind
def test_is_a_value(cls):
    assert cls() == cls()
    assert hash(cls()) == hash(cls())
    size = "lr" if cls.uses_gradient else "scale"
    assert cls(**{size: 0.25}) != cls()
    assert optimizers.read({"kind": cls().kind}) == cls()
    other = cls(**{size: 0.1 + 0.2})
    assert optimizers.read(unflatten(flatten(other))) == other


@every_kind
def test_examples_run(cls):
    outcome = doctest.testmod(inspect.getmodule(cls))
    assert outcome.attempted > 0
    assert outcome.failed == 0


@every_kind
def test_momentum_is_gathered_by_each_start_for_itself_and_reading_it_changes_nothing(cls):
    optimizer, oracle, theta = cls(), PROBLEMS["ravine"](), np.stack([START, 2 * START])
    state = optimizer.init(theta)
    for _ in range(3):
        delta, state = optimizer.step(oracle, theta, state, SENSIBLE_LR)
        theta = theta + delta
    before = [np.array(array) for array in state]
    momentum = optimizer.momentum(state)
    assert all(np.array_equal(one, other) for one, other in zip(before, state, strict=True))
    if momentum is not None:
        assert momentum.shape == theta.shape
        assert ((momentum * oracle.gradient(np.stack([START, 2 * START]))).sum(-1) < 0).all()  # downhill, so far
