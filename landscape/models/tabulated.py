"""A network's loss over two parameters into one hidden unit: a function of one number per sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from functools import cache, partial
from threading import Lock
from typing import NamedTuple

import numpy as np

from landscape.chunks import CHUNK_FLOATS, pieces
from landscape.models.base import Array, Indices, Restriction, Width
from landscape.models.fold import fold, reach
from landscape.models.hidden_layer import SAMPLES, HiddenLayer
from landscape.models.tail import Floats
from landscape.threads import spread

NODES = (6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 36, 40, 44, 48, 52, 56, 60, 64)
"""Lengths of tables that are tried."""

TOLERANCE = 1e-11
"""Largest error of the loss that a table may show off its nodes, relative to the smallest loss that can be."""

LEFT_OUT = TOLERANCE / 5
"""What the terms left out of a table add up to at most, relative to the loss."""

SINGLE = 1e-8
"""What the terms left out of a table for 32 bits add up to at most, relative to the loss."""

PROBED = 32
"""Samples that tell how long a table must be."""

OFF_NODES = np.array([-1.0, -0.6180, 0.0813, 0.7310, 1.0])
"""Where a table is compared with the network itself."""

PIECE_FLOATS = 1 << 20
"""Sums of the next layer that are worth handing over to another core."""

GROUP = 16
"""Pieces of samples between two pauses of the making: some hundredths of a second."""

BLOCK = 256
"""Samples at once on the grid; within a block the longest polynomial decides."""

WORTHWHILE = 2e8
"""Work of a table above which a few points do not wait for it."""

FEW = 25
"""Points: the coarsest pass of a surface has no more."""


class Table(NamedTuple):
    """Each sample's loss as a polynomial in v = 1 / (1 + exp(scale z)) - 1/2, the unit's activation up to a factor.

    Attributes:
        order: (n,) the samples, those of low degree first.
        powers: (K, n) coefficients of v^k.
        lengths: (n,) how many of them count.
    """

    order: Indices
    powers: Array
    lengths: Indices


class Made(NamedTuple):
    """What came of making a table.

    Attributes:
        table: None where none is good enough.
        single: gives one for numbers of 32 bits, shorter: a longer one would only round more.
        error: of ``table`` off the nodes.
    """

    table: Table | None
    single: Callable[[], Table] | None
    error: float


class Tabulated(Restriction):
    """Evaluator for two parameters into one sigmoid or tanh unit.

    A sample's loss depends on (a, b) through the unit's activation alone, which is bounded, and it is an analytic
    function of it. Its interpolant at K Chebyshev nodes converges geometrically (Trefethen, Approximation Theory
    and Approximation Practice, SIAM 2013, theorem 8.2), so that a few dozen evaluations of the rest of the network
    serve every point of every grid. How long the table must be is read off the coefficients of some samples; then
    it is compared with the network itself off the nodes, on all samples, and the polynomials that are not good enough
    get more nodes until the error is at most ``TOLERANCE``. Where 64 do not do, :attr:`direct` evaluates everything:
    nothing is taken on trust.

    Args:
        direct: the same two parameters without a table; one unit, sigmoid or tanh.
        activation: its name.

    Attributes:
        direct: as given.
        promises: whether some of the samples say that a table will do; without it none is tried.
        error: what the comparison off the nodes showed; inf where no table does. Makes the table.
    """

    def __init__(self, direct: HiddenLayer, activation: str) -> None:
        self.direct, self._fold = direct, fold(activation, np.float64)
        self.floats = 4 * direct.live.size
        self._least = self._look()
        self._typical = self._least or NODES[-1]
        self.work = (8 + self._typical) * direct.live.size + 1
        self.point_work = (8 + 2 * self._typical) * direct.live.size + 1
        self.nbytes = direct.nbytes + 8 * self._typical * direct.live.size
        self._lock = Lock()
        self._made: Made | None = None
        self._making = self._make()

    @property
    def promises(self) -> bool:
        return self._least is not None

    @property
    def error(self) -> float:
        return self._tables().error

    def prepare(self, seconds: float) -> bool:
        with self._lock:
            end = time.monotonic() + seconds
            while self._made is None and time.monotonic() < end:
                self._advance()
            return self._made is not None

    def value(self, ab: Array, batch: Indices | None = None) -> Array:
        table = self._table_for(batch)
        if table is None:
            return self.direct.value(ab, batch)
        points = ab.reshape(-1, 2)
        touched, total = self.direct.touched.of(table.order), np.zeros(len(points))
        for some in pieces(table.order.size, BLOCK):
            z = touched.of(some).sums(points)[:, 0]  # (M, n)
            total += _summed(self._centred(z), table, some)
        mean = (total + self.direct.dead) / self.direct.samples
        return mean.reshape(ab.shape[:-1]) + self.direct.touched.penalized(ab)

    def value_and_gradient(self, ab: Array, batch: Indices | None = None) -> tuple[Array, Array]:
        table = self._table_for(batch)
        if table is None:
            return self.direct.value_and_gradient(ab, batch)
        return self.value(ab), self._slope(ab, table)

    def gradient(self, ab: Array, batch: Indices | None = None) -> Array:
        table = self._table_for(batch)
        return self.direct.gradient(ab, batch) if table is None else self._slope(ab, table)

    def grid(self, a: Array, b: Array, dtype: Width = np.float64) -> Array:
        costly = self._made is None and self.direct.work * self._typical > WORTHWHILE
        table = None if costly and a.size * b.size <= FEW else self._made_for(dtype)
        if table is None:
            return self.direct.grid(a, b, dtype)
        touched, total = self.direct.touched.of(table.order), np.zeros((b.size, a.size))
        for some in pieces(table.order.size, BLOCK):
            for rows in pieces(b.size, CHUNK_FLOATS // (a.size * BLOCK)):
                v = self._crossed(a, b[rows], touched.constant[0, some], touched.shares[:, 0, some], dtype)
                total[rows] += _summed(v, table, some)
        return (total + self.direct.dead) / self.direct.samples + self.direct.touched.penalized_grid(a, b)

    def _slope(self, ab: Array, table: Table) -> Array:
        points = ab.reshape(-1, 2)
        slope = np.zeros((len(points), 2))
        touched = self.direct.touched.of(table.order)
        for some in pieces(table.order.size, 4 * BLOCK):
            part = touched.of(some)
            v = self._centred(part.sums(points)[:, 0])  # (M, n)
            rate = _derivative(v, table, some)
            rate *= -self._fold.scale * (0.25 - v * v)  # dv/dz
            slope += part.slope(rate[:, None, :])
        return (slope / self.direct.samples).reshape(ab.shape) + self.direct.touched.l2 * ab

    def _centred(self, z: Array) -> Array:
        """Activations, centred (v), at sums z, which are overwritten."""
        z *= self._fold.scale
        with np.errstate(over="ignore"):  # exp = inf has the right limit
            self._fold.function(z)
        z -= 0.5
        return z

    def _crossed(self, a: Array, b: Array, constant: Array, shares: Array, dtype: Width) -> Floats:
        """The same at every crossing for samples (n,): (B, A, n).

        1 / (1 + exp(l + r)) = exp(-l) / (exp(-l) + exp(r)).
        """
        left, right = constant + np.multiply.outer(a, shares[0]), np.multiply.outer(b, shares[1])
        left *= self._fold.scale
        right *= self._fold.scale
        if max(np.abs(left).max(), np.abs(right).max()) > reach(dtype):  # an exponential alone would overflow
            v: Floats = right[:, None] + left
            with np.errstate(over="ignore"):
                self._fold.function(v)
            v = v.astype(dtype)
        else:
            over = np.exp(-left).astype(dtype)
            v = over + np.exp(right).astype(dtype)[:, None]
            np.divide(over, v, out=v)
        v -= v.dtype.type(0.5)
        return v

    # --- the table ------------------------------------------------------------------------------------------

    def _table_for(self, batch: Indices | None) -> Table | None:
        """Of all samples; the few of a batch are evaluated directly."""
        return self._tables().table if batch is None else None

    def _made_for(self, dtype: Width) -> Table | None:
        made = self._tables()
        return made.single() if dtype == np.float32 and made.single else made.table

    def _tables(self) -> Made:
        with self._lock:
            while self._made is None:
                self._advance()
            return self._made

    def _advance(self) -> None:
        """One piece of the table more."""
        try:
            next(self._making)
        except StopIteration as end:
            self._made = end.value
        except BaseException:  # whoever asks next begins anew
            self._making = self._make()
            raise

    def _make(self) -> Generator[None, None, Made]:
        """Makes the table, with a pause after each piece of work."""
        live = self.direct.live
        if not live.size:
            empty = Table(live, np.zeros((1, 0)), live)
            return Made(empty, lambda: empty, 0.0)
        poor = np.arange(live.size)  # the samples whose polynomial is not good enough yet
        least, errors = np.full(live.size, np.inf), np.empty(live.size)
        terms = np.zeros((NODES[-1], live.size))
        for nodes in (count for count in NODES if self._least and count >= self._least):
            values = yield from self._at_nodes(nodes, live[poor])
            least[poor] = np.minimum(least[poor], values.min(axis=0))
            floor = least.sum() + self.direct.dead  # no point of the plane has a smaller loss
            if floor <= 0:
                break
            terms[:nodes, poor] = kept = _shortened(_coefficients(values), LEFT_OUT * floor / live.size)
            errors[poor] = yield from self._off_nodes(kept, live[poor])
            if errors.sum() <= TOLERANCE * floor:
                shorter = cache(partial(_shorter, live, terms, SINGLE * floor / live.size))
                return Made(_table(live, terms), shorter, float(errors.sum() / floor))
            poor = np.flatnonzero(errors > TOLERANCE * floor / (2 * live.size))
        return Made(None, None, np.inf)

    def _look(self) -> int | None:
        """The nodes that some of the samples ask for; None where the longest table would still leave out too much."""
        live = self.direct.live
        if not live.size:
            return NODES[0]
        some = live[np.linspace(0, live.size - 1, min(PROBED, live.size)).astype(int)]
        for nodes in (NODES[-1] // 2, NODES[-1]):
            values = self.direct.nodes(self._activation(_nodes(nodes)), some, self.direct.tail())
            size = np.abs(_coefficients(values)).mean(axis=1)
            left_out = np.cumsum(size[::-1])[::-1]  # what a table of k terms would leave out
            for count in NODES:
                if count < nodes and left_out[count] <= LEFT_OUT * size[0]:
                    return count
        return NODES[-1] if left_out[NODES[-2]] <= TOLERANCE * size[0] else None

    def _activation(self, t: Array) -> Array:
        """The unit's activation where 2 v is t."""
        return self._fold.gain * (t + 1) / 2 + self._fold.offset

    def _at_nodes(self, count: int, chosen: Indices) -> Generator[None, None, Array]:
        """Losses at Chebyshev nodes of the activation, (count, n)."""
        return self._at(_nodes(count), chosen)

    def _at(self, t: Array, chosen: Indices) -> Generator[None, None, Array]:
        """Losses of samples (n,) where 2 v is t (M,): (M, n); the samples are spread over the cores."""
        h = self._activation(t)
        length = max(SAMPLES, PIECE_FLOATS // (h.size * self.direct.width))

        def some(piece: slice) -> Array:
            part = chosen[piece]
            tail = self.direct.tail()
            return self.direct.nodes(h, part, tail)

        waiting, found = list(pieces(chosen.size, length)), []
        for group in pieces(len(waiting), GROUP):
            found += spread(some, waiting[group])
            yield
        return np.concatenate(found, axis=1)

    def _off_nodes(self, terms: Array, chosen: Indices) -> Generator[None, None, Array]:
        """Largest difference off the nodes between each sample's polynomial (K, n) and the network: (n,)."""
        want = yield from self._at(OFF_NODES, chosen)
        powers = (OFF_NODES[:, None] / 2) ** np.arange(len(terms))
        return np.asarray(np.abs(powers @ (_monomials(len(terms)) @ terms) - want).max(axis=0))


def _nodes(count: int) -> Array:
    """Chebyshev's, (count,) in -1..1."""
    return np.asarray(np.cos(np.pi * (np.arange(count) + 0.5) / count))


def _coefficients(values: Array) -> Array:
    """Chebyshev coefficients (K, n) of the interpolants of values (K, n) at the nodes."""
    count = len(values)
    matrix = np.cos(np.pi * np.outer(np.arange(count), np.arange(count) + 0.5) / count) * (2.0 / count)
    matrix[0] /= 2
    return np.asarray(matrix @ values)


def _shortened(terms: Array, negligible: float) -> Array:
    """Chebyshev coefficients (K, n) without those whose rest adds up to a negligible amount."""
    rest = np.cumsum(np.abs(terms[::-1]), axis=0)[::-1]  # what would be left out from k on
    return np.where(rest > negligible, terms, 0.0)


def _shorter(chosen: Indices, terms: Array, negligible: float) -> Table:
    return _table(chosen, _shortened(terms, negligible))


def _table(chosen: Indices, terms: Array) -> Table:
    """The table of samples (n,) from their Chebyshev coefficients (K, n); zeros at the end do not count."""
    lengths = np.where(terms.any(axis=0), len(terms) - (terms[::-1] != 0.0).argmax(axis=0), 1)
    order = np.argsort(lengths, kind="stable")
    terms = terms[: lengths.max(), order]
    return Table(chosen[order], _monomials(len(terms)) @ terms, lengths[order])


def _monomials(count: int) -> Array:
    """(K, K): column k holds T_k(2 v) in powers of v."""
    matrix = np.zeros((count, count))
    np.fill_diagonal(matrix[:2, :2], 1.0)  # a table of constants has one term
    for k in range(2, count):
        matrix[1:, k] = 2.0 * matrix[:-1, k - 1]
        matrix[:, k] -= matrix[:, k - 2]
    return matrix * np.exp2(np.arange(count))[:, None]


def _summed(v: Floats, table: Table, some: slice) -> Array:
    """The polynomials of samples ``some`` at v (..., n), summed over the samples: (...).

    Power by power, because a product of matrix and vector does the multiplying and the summing in one go.
    """
    powers = table.powers[1 : table.lengths[some].max(), some].astype(v.dtype)
    total = np.full(v.shape[:-1], float(table.powers[0, some].sum()))
    power = v
    for number, row in enumerate(powers):
        if number == 1:
            power = v * v
        elif number > 1:
            power *= v
        total += power @ row  # (..., n) @ (n,)
    return total


def _derivative(v: Array, table: Table, some: slice) -> Array:
    """Derivatives in v of the polynomials of samples ``some`` at v (..., n)."""
    powers = table.powers[: table.lengths[some].max(), some]
    if len(powers) == 1:
        return np.zeros_like(v)
    rising = powers[1:] * np.arange(1, len(powers))[:, None]
    total = np.broadcast_to(rising[-1], v.shape).copy()
    for row in rising[-2::-1]:
        total *= v
        total += row
    return total
