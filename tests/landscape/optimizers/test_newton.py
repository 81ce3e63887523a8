import numpy as np
import pytest

from landscape.optimizers import Newton


class Quadratic:
    """theta H theta / 2 + c theta; counts what it is asked."""

    def __init__(self, hessian, slope=0.0):
        self.curved, self.slope, self.asked = np.array(hessian, dtype=float), slope, [0, 0]

    def gradient(self, theta):
        self.asked[0] += 1
        return theta @ self.curved + self.slope

    def hessian(self, theta):
        self.asked[1] += 1
        return np.broadcast_to(self.curved, (*theta.shape, theta.shape[-1]))


SADDLE = [[1.0, 2.0], [2.0, 1.0]]  # eigenvalues 3 along (1, 1) and -1 along (1, -1)


def step(optimizer, oracle, theta):
    theta = np.array(theta, dtype=float)
    return theta + optimizer.step(oracle, theta, optimizer.init(theta), optimizer.lr)[0]


def test_defaults():
    newton = Newton()
    assert (newton.lr, newton.damping, newton.saddle_free) == (1, 0, False)


def test_a_quadratic_takes_one_step_from_anywhere():
    hessian = np.random.RandomState(0).randn(5, 5)
    bowl = Quadratic(hessian @ hessian.T + np.eye(5), slope=np.arange(5.0))
    starts = np.random.RandomState(1).randn(2, 3, 5)
    lowest = -np.linalg.solve(bowl.curved, bowl.slope)
    np.testing.assert_allclose(step(Newton(), bowl, starts), np.tile(lowest, (2, 3, 1)), atol=1e-12)


def test_a_share_of_the_step_is_that_share():
    np.testing.assert_allclose(step(Newton(lr=0.25), Quadratic(np.diag([1, 20])), [2, -4]), [1.5, -3], rtol=1e-14)


def test_damped_by_hand():
    # curvatures 1 and 3, damping 1: 4 - 4/2, 8 - 24/4
    np.testing.assert_allclose(step(Newton(damping=1), Quadratic(np.diag([1, 3])), [4, 8]), [2, 2], rtol=1e-14)


def test_a_saddle_draws_newton_and_repels_the_saddle_free():
    # (3, 1) is 2 (1, 1) + (1, -1): the gradient is 6 (1, 1) - (1, -1), divided by 3 and by -1, or by 3 and by 1
    np.testing.assert_allclose(step(Newton(), Quadratic(SADDLE), [3, 1]), [0, 0], atol=1e-14)
    np.testing.assert_allclose(step(Newton(saddle_free=True), Quadratic(SADDLE), [3, 1]), [2, -2], rtol=1e-14)


def test_saddle_free_and_damped_by_hand():
    # divided by 3 + 1 and by 1 + 1: 2 - 6/4 = 1/2 of (1, 1), 1 + 1/2 of (1, -1)
    found = step(Newton(saddle_free=True, damping=1), Quadratic(SADDLE), [3, 1])
    np.testing.assert_allclose(found, [2, -1], rtol=1e-14)


def test_damping_may_be_exactly_what_undoes_a_curvature():
    """Curvature -1 and damping 1: along that axis nobody can tell how far, so it is left out."""
    np.testing.assert_allclose(step(Newton(damping=1), Quadratic(np.diag([3, -1])), [4, 5]), [1, 5], rtol=1e-14)


def test_flat_directions_are_left_out():
    found = step(Newton(), Quadratic(np.diag([2.0, 1e-12]), slope=np.array([0.0, 1e-6])), [3, 4])
    np.testing.assert_allclose(found, [0, 4], atol=1e-15)
    np.testing.assert_array_equal(step(Newton(), Quadratic(np.zeros((2, 2)), slope=1.0), [3, 4]), [3, 4])


def test_a_hessian_that_is_not_finite_moves_nowhere_finite():
    """It is for the descent to say so: one start that is lost leaves the others as they are."""

    class Broken(Quadratic):
        def hessian(self, theta):
            return np.where(theta[..., :1, None] > 5, np.nan, super().hessian(theta))

    found = step(Newton(), Broken(np.diag([1, 2])), [[9, 9], [1, 1]])
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1], 0, atol=1e-15)


@pytest.mark.parametrize("size", [1, 4])
def test_asks_for_a_gradient_and_a_hessian(size):
    bowl, newton = Quadratic(np.eye(size)), Newton()
    step(newton, bowl, np.ones((3, size)))
    assert bowl.asked == [1, 1]
    assert newton.price(size, 1) == 1 + 2 * size  # each column takes two gradients
