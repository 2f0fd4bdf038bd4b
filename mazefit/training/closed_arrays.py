"""The closed loop's arrays: where a network's numbers lie, and room for what is computed of a chunk of rows."""

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.training.activations import CODES
from mazefit.training.closed_kernels import State
from mazefit.training.lanes import BYTES
from mazefit.training.layout import Layout
from mazefit.training.network_pass import Chunk, Net

Numbers = npt.NDArray[Any]

CACHE = 2**17  # bytes of values and deltas that a chunk may take
LARGEST_CHUNK = 512  # rows


def make_net(layout: Layout) -> Net:
    """Where the numbers of a layout lie."""
    sizes = list(layout.sizes)
    ends = list(accumulate((inputs + 1) * outputs for inputs, outputs in pairwise(sizes)))
    biases = [end - outputs for end, outputs in zip(ends, sizes[1:], strict=True)]
    activations = [CODES[name] for name in layout.activations]
    numbers = (sizes, [0, *accumulate(sizes[:-1])], activations, layout.slopes, [0, *ends[:-1]], biases)
    kinds = (np.int64, np.int64, np.int64, np.float64, np.int64, np.int64)
    return Net(*(np.array(part, kind) for part, kind in zip(numbers, kinds, strict=True)), next=1)


def make_state(layout: Layout) -> State:
    """Room for parameters, moments and gradients, filled up to whole lanes."""
    lanes = BYTES // np.dtype(layout.dtype).itemsize
    room = -(-layout.parameters // lanes) * lanes
    return State(*(aligned(room, layout.dtype) for _ in range(4)), sums=aligned(layout.parameters * lanes, layout.dtype))


def make_chunk(layout: Layout, rows: int) -> Chunk:
    """Room for a chunk of so many rows."""
    features = (sum(layout.sizes), 2 * max(layout.sizes), layout.sizes[-1], 1)
    return Chunk(*(aligned(count * rows, layout.dtype) for count in features))


def aligned(count: int, dtype: str) -> Numbers:
    """Zeros that begin where a register's worth of memory does: what lies across two lines of the cache is read twice."""
    room = np.zeros(count * np.dtype(dtype).itemsize + BYTES, np.uint8)
    first = -room.ctypes.data % BYTES
    return room[first : len(room) - BYTES + first].view(dtype)


def chunk_rows(layout: Layout, batch: int) -> int:
    """Rows of a chunk: whole lanes, as many as the cache keeps, and about as many in every chunk of the batch."""
    itemsize = np.dtype(layout.dtype).itemsize
    lanes = BYTES // itemsize
    kept = CACHE // (itemsize * (sum(layout.sizes) + 2 * max(layout.sizes)))
    most = min(LARGEST_CHUNK, max(4 * lanes, kept // (4 * lanes) * 4 * lanes))
    chunks = max(1, -(-batch // most))
    return max(1, -(-batch // (chunks * lanes))) * lanes
