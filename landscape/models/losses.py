"""Losses on the outputs of a network, as functions of the last layer's sums z (..., N, K)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landscape.models.activations import sigmoid, softmax

Array = NDArray[np.float64]
OutputName = Literal["sigmoid", "softmax", "identity"]
LossName = Literal["squared_error", "cross_entropy"]


@dataclass(frozen=True)
class Head:
    """An output function o(z / T) and a loss on it.

    squared_error: sum_k (o_k - y_k)^2, without a factor 1/2.
    cross_entropy: softmax -sum_k y_k log o_k; sigmoid -sum_k [y_k log o_k + (1 - y_k) log(1 - o_k)].
    Both cross-entropies are computed from z, so that a saturated output costs no digits.
    The temperature T (Hinton, Vinyals & Dean 2015, arXiv:1503.02531, equation 1) is meant for softmax: below 1 its
    outputs are sharper, above 1 flatter. The loss is not multiplied by T^2, as it is there for distillation.

    Attributes:
        output: "sigmoid", "softmax" or "identity".
        loss: "squared_error" or "cross_entropy"; the latter needs probabilities, so not "identity".
        temperature: T > 0.

    Example:
        >>> Head("softmax", "cross_entropy", temperature=2.0).outputs(np.array([2 * np.log(3.0), 0.0]))
        array([0.75, 0.25])
    """

    output: OutputName
    loss: LossName
    temperature: float = 1.0

    @property
    def separable(self) -> bool:
        """Whether the loss is a sum of terms that see one output unit each."""
        return self.output != "softmax"

    def outputs(self, z: Array) -> Array:
        """o(z / T), same shape."""
        return self._outputs(self._cooled(z))

    def _cooled(self, z: Array) -> Array:
        return z if self.temperature == 1.0 else z / self.temperature

    def _outputs(self, z: Array) -> Array:
        match self.output:
            case "sigmoid":
                return sigmoid(z)
            case "softmax":
                return softmax(z)
            case "identity":
                return z

    def per_sample(self, z: Array, y: Array) -> Array:
        """Loss of each sample: (..., N, K) and (N, K) -> (..., N).

        Where the loss is :attr:`separable` any subset of the units may be given.

        Example:
            >>> Head("identity", "squared_error").per_sample(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
            array([4.])
        """
        z, given = self._cooled(z), z
        if self.loss == "squared_error":
            error = self._outputs(z)
            error = error - y if error is given else np.subtract(error, y, out=error)
            return np.asarray(np.einsum("...k,...k->...", error, error))
        if self.output == "softmax":
            top = z.max(axis=-1)
            spread = np.log(np.exp(z - top[..., None]).sum(axis=-1))
            return np.asarray((top + spread) * y.sum(axis=-1) - (z * y).sum(axis=-1))
        return np.asarray((np.logaddexp(0.0, z) - y * z).sum(axis=-1))

    def delta(self, z: Array, y: Array) -> Array:
        """Derivative of each sample's loss with respect to z, (..., N, K)."""
        slope = self._slope(self.outputs(z), y)
        return slope if self.temperature == 1.0 else slope / self.temperature

    def _slope(self, o: Array, y: Array) -> Array:
        """Derivative of each sample's loss with respect to z / T."""
        if self.loss == "cross_entropy":
            return o * y.sum(axis=-1, keepdims=True) - y if self.output == "softmax" else o - y
        error = 2.0 * (o - y)
        match self.output:
            case "sigmoid":
                return np.asarray(error * o * (1.0 - o))
            case "softmax":
                return np.asarray(o * (error - (error * o).sum(axis=-1, keepdims=True)))
            case "identity":
                return error
