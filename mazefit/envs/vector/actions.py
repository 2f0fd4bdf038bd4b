"""What `MazeVectorEnv.step` is given, looked at once: shape and kind by name, range by one pass over the numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mazefit.envs.maze import MOVES
from mazefit.errors import InvalidActionError

UNSIGNED: dict[np.dtype[Any], np.dtype[Any]] = {
    np.dtype(signed): np.dtype(unsigned)
    for kinds in ((np.int8, np.uint8), (np.int16, np.uint16), (np.int32, np.uint32), (np.int64, np.uint64))
    for signed, unsigned in (kinds, (kinds[1], kinds[1]))
}
"""Of each kind of integer, native byte order, the unsigned one of its width: a negative number becomes a huge one."""


def integers(actions: Any, count: int) -> npt.NDArray[Any]:
    """The actions as native integers [N], whatever their range.

    Raises:
        InvalidActionError: they are of another shape or kind.
    """
    try:
        array = np.asarray(actions)
    except (TypeError, ValueError) as error:
        raise InvalidActionError(f"step: actions: {_expected(count)}, got {type(actions).__name__}: {error}") from error
    if array.shape != (count,):
        raise InvalidActionError(f"step: actions: {_expected(count)}, got shape {list(array.shape)}")
    if array.dtype not in UNSIGNED:
        if array.dtype.kind not in "iu":
            raise InvalidActionError(f"step: actions: {_expected(count)}, got {array.dtype}")
        array = array.astype(array.dtype.newbyteorder("="))
    return array


def refuse(actions: npt.NDArray[Any]) -> None:
    """Name the first action that is none.

    Raises:
        InvalidActionError: there is one.
    """
    wrong = np.flatnonzero((actions < 0) | (actions >= len(MOVES)))
    if len(wrong):
        others = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise InvalidActionError(
            f"step: actions: {_expected(len(actions))}, got {actions[wrong[0]]} for environment {wrong[0]}{others}"
        )


def _expected(count: int) -> str:
    return f"expected {count} integers from 0 to {len(MOVES) - 1}, one for each environment"
