"""Mazes by algorithm: perfect, the same bytes plain and compiled, uniform where they say so, and fixed for ever."""

import hashlib
import math
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from mazefit.envs.generators import ALGORITHMS, generate_walls
from mazefit.envs.generators.random_bits import advance, below, seeded
from mazefit.errors import ConfigError
from mazefit.kernel import numba_available

SIZES = [(1, 2), (2, 1), (1, 7), (2, 2), (13, 9), (31, 47)]
NAMES = list(ALGORITHMS)
compiled_too = pytest.mark.skipif(not numba_available(), reason="numba is not installed")


def passages(walls: NDArray[np.bool_]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The open places between neighbouring cells of a wall grid, as pairs of cells."""
    found = []
    for y, x in np.argwhere(~walls):
        if y % 2 == 0 and x % 2 == 1:
            found.append(((y // 2, x // 2), (y // 2, x // 2 + 1)))
        elif y % 2 == 1 and x % 2 == 0:
            found.append(((y // 2, x // 2), (y // 2 + 1, x // 2)))
    return found


def components(walls: NDArray[np.bool_]) -> int:
    """How many parts the open places of a wall grid fall into."""
    left = {(int(y), int(x)) for y, x in np.argwhere(~walls)}
    count = 0
    while left:
        count += 1
        front = [left.pop()]
        while front:
            y, x = front.pop()
            near = {(y - 1, x), (y, x + 1), (y + 1, x), (y, x - 1)} & left
            left -= near
            front += near
    return count


def digest(walls: NDArray[np.bool_]) -> str:
    return hashlib.sha256(np.packbits(walls).tobytes()).hexdigest()[:16]


def test_the_names_are_the_documented_ones():
    expected = "dfs prim kruskal wilson aldous-broder eller sidewinder binary-tree recursive-division hunt-and-kill"
    assert expected.split() == NAMES


@pytest.mark.parametrize("algorithm", NAMES)
@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_mazes_are_perfect(algorithm: str, rows: int, columns: int):
    for seed in range(5):
        walls = generate_walls(rows, columns, algorithm, seed)
        assert walls.shape == (2 * rows - 1, 2 * columns - 1)
        assert walls.dtype == np.bool_
        assert not walls[::2, ::2].any()
        assert walls[1::2, 1::2].all()
        assert len(passages(walls)) == rows * columns - 1
        assert components(walls) == 1


@pytest.mark.parametrize("algorithm", NAMES)
def test_every_carve_manages_a_single_row(algorithm: str):
    carve, scratch = ALGORITHMS[algorithm]
    for rows, columns, bit in ((1, 9, 1), (9, 1, 2)):
        carved = np.zeros(9, np.uint8)
        carve.python(rows, columns, carved, seeded(0), *scratch(rows, columns))
        assert carved.tolist() == [bit] * 8 + [0]


@compiled_too
@pytest.mark.parametrize("algorithm", NAMES)
def test_plain_and_compiled_give_the_same_bytes(algorithm: str):
    for rows, columns in SIZES:
        for seed in range(3):
            plain = generate_walls(rows, columns, algorithm, seed, 0.2, compiled=False)
            fast = generate_walls(rows, columns, algorithm, seed, 0.2, compiled=True)
            assert plain.tobytes() == fast.tobytes()


@compiled_too
def test_the_side_of_the_size_rule_does_not_show():
    assert generate_walls(50, 50).tobytes() == generate_walls(50, 50, compiled=False).tobytes()


@pytest.mark.parametrize("algorithm", NAMES)
def test_seeds(algorithm: str):
    mazes = [generate_walls(13, 9, algorithm, seed) for seed in range(20)]
    assert [digest(m) for m in mazes] == [digest(generate_walls(13, 9, algorithm, seed)) for seed in range(20)]
    assert len({digest(m) for m in mazes}) == 20


GOLDEN = {
    "dfs": "ff4a031e9da58954",
    "prim": "3c50f07ed8c87f3e",
    "kruskal": "1de27745eff6556c",
    "wilson": "11c0bd74891a9acc",
    "aldous-broder": "24b31e1c03629334",
    "eller": "661d7118745a0f78",
    "sidewinder": "e967921e05b0a641",
    "binary-tree": "a0d8fdee8e073fa2",
    "recursive-division": "865386b89d8c2b68",
    "hunt-and-kill": "ab8a8941d6f9188c",
}


@pytest.mark.parametrize("algorithm", NAMES)
def test_a_seed_means_the_same_maze_in_every_version(algorithm: str):
    assert digest(generate_walls(13, 9, algorithm, seed=12345, loops=0.1)) == GOLDEN[algorithm]


# Uniformity, on all 15 perfect mazes of 2 x 3 cells.

MAZES = 9000
CHI_SQUARE_LIMIT = 42.58  # exceeded with probability 1e-4 at 14 degrees of freedom


def chi_square(algorithm: str) -> float:
    counts = Counter(generate_walls(2, 3, algorithm, seed).tobytes() for seed in range(MAZES))
    assert len(counts) <= 15
    expected = MAZES / 15
    return sum((n - expected) ** 2 for n in [*counts.values(), *[0] * (15 - len(counts))]) / expected


def test_the_limit_is_the_one_stated():
    # P(X > x) = exp(-x/2) * sum of (x/2)^k / k! for k < 7, at 14 degrees of freedom
    half = CHI_SQUARE_LIMIT / 2
    tail = math.exp(-half) * sum(half**k / math.factorial(k) for k in range(7))
    assert tail == pytest.approx(1e-4, rel=0.01)


@pytest.mark.parametrize("algorithm", ["wilson", "aldous-broder"])
def test_uniform_algorithms_give_every_maze_equally_often(algorithm: str):
    assert chi_square(algorithm) < CHI_SQUARE_LIMIT


@pytest.mark.parametrize("algorithm", ["binary-tree", "dfs", "kruskal", "prim"])
def test_biased_algorithms_do_not(algorithm: str):
    assert chi_square(algorithm) > CHI_SQUARE_LIMIT


# Loops.


@pytest.mark.parametrize("share", [0, 0.01, 0.25, 0.5, 0.999, 1])
@pytest.mark.parametrize("algorithm", ["wilson", "binary-tree"])
def test_loops_open_exactly_their_share_of_the_walls(algorithm: str, share: float):
    rows, columns = 7, 11
    perfect = generate_walls(rows, columns, algorithm, seed=5)
    walls = generate_walls(rows, columns, algorithm, seed=5, loops=share)
    inner = rows * (columns - 1) + (rows - 1) * columns - (rows * columns - 1)
    assert len(passages(walls)) == rows * columns - 1 + math.floor(inner * share + 0.5)
    assert not (walls & ~perfect).any()  # the same maze, with walls taken away
    assert walls[1::2, 1::2].all()


def test_loops_open_every_wall_equally_often():
    opened: Counter[int] = Counter()
    for seed in range(1000):
        before = generate_walls(3, 3, "sidewinder", seed)
        after = generate_walls(3, 3, "sidewinder", seed, loops=0.25)  # one of four
        inner = [(y, x) for y, x in np.argwhere(before).tolist() if (y + x) % 2 == 1]
        assert len(inner) == 4
        opened[[bool(after[place]) for place in inner].index(False)] += 1
    assert sum((opened[rank] - 250) ** 2 / 250 for rank in range(4)) < 21.11  # p = 1e-4 at 3 degrees of freedom


# The generator of random numbers.


def test_random_bits_are_multiply_with_carry():
    x = int(seeded(7)[0])
    word, carry = x & 0xFFFFFFFF, x >> 32
    for _ in range(100):
        product = 698769069 * word + carry
        word, carry = product % 2**32, product // 2**32
        x = advance(x)
        assert (x & 0xFFFFFFFF, x >> 32) == (word, carry)


def test_random_bits_never_leave_63_bits():
    largest = (698769068 << 32) + 0xFFFFFFFF
    assert advance(largest) == largest  # the fixed point: no seed leads to it
    assert largest < 2**63
    assert all(0 < int(seeded(seed)[0]) < largest for seed in range(1000))


def test_below_stays_below_and_reaches_both_ends():
    assert {below(word, 12) for word in (0, 0xFFFFFFFF)} == {0, 11}
    x, counts = int(seeded(0)[0]), [0] * 12
    for _ in range(12000):
        x = advance(x)
        counts[below(x, 12)] += 1
    assert sum((n - 1000) ** 2 / 1000 for n in counts) < 37.37  # p = 1e-4 at 11 degrees of freedom


# The door.

WRONG = [
    ({"rows": 0, "columns": 5}, "rows: expected an integer of at least 1, got 0"),
    ({"rows": 5, "columns": 2.5}, "columns: expected an integer of at least 1, got 2.5"),
    ({"rows": True, "columns": 5}, "rows: expected an integer of at least 1, got True"),
    ({"rows": 1, "columns": 1}, "expected at least two cells, got 1 x 1"),
    ({"rows": 2049, "columns": 2049}, "(2 rows - 1) (2 columns - 1) <= 16,777,216, got 16,785,409"),
    ({"rows": 10**30, "columns": 10**30}, "<= 16,777,216"),
    ({"rows": 5, "columns": 5, "algorithm": "wilsen"}, "algorithm: unknown 'wilsen'; did you mean 'wilson'?"),
    ({"rows": 5, "columns": 5, "algorithm": "binary tree"}, "did you mean 'binary-tree'?"),
    ({"rows": 5, "columns": 5, "algorithm": ["dfs"]}, "algorithm: unknown ['dfs']"),
    ({"rows": 5, "columns": 5, "algorithm": None}, "expected one of dfs, prim, kruskal, wilson"),
    ({"rows": 5, "columns": 5, "seed": -1}, "seed: expected an integer of at least 0, got -1"),
    ({"rows": 5, "columns": 5, "seed": None}, "seed: expected an integer of at least 0, got None"),
    ({"rows": 5, "columns": 5, "loops": 1.1}, "loops: expected a number with 0 <= loops <= 1, got 1.1"),
    ({"rows": 5, "columns": 5, "loops": math.nan}, "got nan"),
]


@pytest.mark.parametrize(("arguments", "fragment"), WRONG)
def test_wrong_arguments_are_refused(arguments: dict[str, object], fragment: str):
    with pytest.raises(ConfigError) as caught:
        generate_walls(**arguments)
    assert fragment in str(caught.value)
    assert str(caught.value).startswith("maze generator: ")
    assert "\n" not in str(caught.value)


def test_all_wrong_arguments_are_named_at_once():
    with pytest.raises(ConfigError) as caught:
        generate_walls(0, -3, "hunt", -1, 7)
    assert all(f"{name}: " in str(caught.value) for name in ("rows", "columns", "algorithm", "seed", "loops"))


def test_the_largest_grid_is_accepted_in_one_row():
    walls = generate_walls(1, 2**23, "wilson")  # at once: a single row needs no random walk
    assert walls.shape == (1, 2**24 - 1)
    assert not walls.any()


def test_a_small_maze_is_made_without_numba():
    code = "import sys; from mazefit.envs.generators import generate_walls as g; g({0}, {0}); print('numba' in sys.modules)"

    def loads_numba(size: int) -> str:
        command = [sys.executable, "-c", code.format(size)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert loads_numba(10) == "False"
    assert loads_numba(60) == str(numba_available())  # so the line above can fail
