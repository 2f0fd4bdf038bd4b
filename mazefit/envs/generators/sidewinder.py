"""A maze by the sidewinder: cut each row into runs of random length, and open one random cell of each run upwards.

Reference: J. Buck, "Mazes for Programmers" (2015), ch. 2. Bias: strong, the first row is one corridor and a way up never
has to turn back.
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
    for cell in range(columns - 1):
        passages[cell] = RIGHT
    for row in range(1, rows):
        first = row * columns
        for cell in range(row * columns, (row + 1) * columns):
            x = advance(x)
            if cell == (row + 1) * columns - 1 or below(x, 2) == 0:
                x = advance(x)
                above = first + below(x, cell + 1 - first) - columns
                passages[above] = passages[above] | BELOW
                first = cell + 1
            else:
                passages[cell] = RIGHT
    random_state[0] = x
