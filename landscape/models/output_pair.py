"""Two parameters of the output layer of any network: what goes into that layer is constant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from landscape.models.base import Array, Blocks, Restriction, address
from landscape.models.losses import Head
from landscape.models.network import Entry, Network
from landscape.models.ways import ROOM, of_two_parameters


def of_output_pair(
    pair: tuple[int, int] | None,
    blocks: Blocks,
    parts: dict[str, Array],
    values: Callable[[], Array],
    head: Head,
    y: Array,
) -> Iterator[Restriction]:
    """The ways over two parameters of the output layer: those of a network of that one layer on constant samples.

    Args:
        pair: flat places of the two parameters whose values are the plane's coordinates; None for other planes.
        blocks: of the model; the last matrix (K, H), and the bias (K,) behind it if there is one, are the layer.
        parts: of the plane's origin, by block.
        values: gives what goes into the layer, (N, H); called only where it is needed.
        head: output function and loss.
        y: (N, K) targets.

    Yields:
        Nothing where a parameter belongs to another layer, or the values need too much memory.
    """
    matrix = [name for name, shape in blocks.items() if len(shape) == 2][-1]
    behind = list(blocks)[list(blocks).index(matrix) + 1 :]
    found = [address(index, blocks) for index in pair or ()]
    if not found or any(name not in (matrix, *behind) for name, _ in found):
        return
    if 8 * len(y) * blocks[matrix][1] > ROOM:
        return
    entries = [Entry(1, indices[0], indices[1] if name == matrix else None) for name, indices in found]
    layer = (parts[matrix], parts[behind[0]] if behind else None)
    network = Network([layer], "identity", head, values(), y, 0.0, 0.0)
    yield from of_two_parameters(network, entries, iter(()))
