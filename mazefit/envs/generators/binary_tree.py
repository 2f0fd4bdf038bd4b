"""A maze as a binary tree: every cell opens either upwards or to the left, at random.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 2. Bias: strong, the first row and column are corridors and all
ways lead to the corner where they meet.
"""

from mazefit.envs.generators.grid import BELOW, RIGHT
from mazefit.envs.generators.random_bits import advance, below
from mazefit.kernel import kernel


def scratch(rows: int, columns: int) -> tuple[()]:
    """Nothing is remembered."""
    return ()


@kernel
def carve(rows: int, columns: int, passages: memoryview, random_state: memoryview) -> None:
    """Carve a perfect maze into `passages`, all of them zero before."""
    x = random_state[0]
    for row in range(rows):
        for column in range(columns):
            cell = row * columns + column
            x = advance(x)
            if row > 0 and (column == 0 or below(x, 2) == 0):
                passages[cell - columns] = passages[cell - columns] | BELOW
            elif column > 0:
                passages[cell - 1] = passages[cell - 1] | RIGHT
    random_state[0] = x
