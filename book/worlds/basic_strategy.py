"""The policy of Figure 5.2."""

import numpy as np

from book.worlds.games import hand


def basic_strategy() -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether to stick, [200]: the book's Figure 5.2, read off by hand (a usable ace needs 18, or 19 against 9, 10, ace)."""
    sticks = np.zeros(200, dtype=np.bool_)
    for total in range(12, 22):
        for showing in range(1, 11):
            least = 12 if showing in (4, 5, 6) else 13 if showing in (2, 3) else 17
            sticks[hand(total, showing, False)] = total >= least
            sticks[hand(total, showing, True)] = total >= (19 if showing in (9, 10, 1) else 18)
    return sticks
