"""The figure of a maze: nothing missing, nothing overlapping, nothing cut off, the same bytes each time."""

import re
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from mazefit.agents import solve
from mazefit.envs import Maze
from mazefit.lab.run_files import cell_labels
from mazefit.plots import plot_maze, png_bytes, svg_bytes
from tests.plots.seen import cut_off, overlapping


def drawn(maze: Maze, language: str = "en") -> Figure:
    exact = solve(maze)
    return plot_maze(maze.walls, maze.start, maze.goals, exact.v, exact.optimal_actions, language=language)


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def arrow_count(figure: Figure) -> int:
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    return sum(int((patch.get_path().codes == 1).sum()) for patch in patches)


def test_the_tutorial_maze_has_names_values_arrows_start_and_goal():
    figure = drawn(Maze.named("tutorial"))
    seen = words(figure)
    assert [w for w in seen if w.startswith("s")] == [f"s{state}" for state in range(9)]
    assert sorted(w for w in seen if w[-1].isdigit() and not w.startswith("s")) == sorted(
        ["−3", "−2", "−1", "−2", "−1", "0", "−1", "0"]
    )
    assert {"S", "G"} <= set(seen)
    assert arrow_count(figure) == 2 + 2 + 1 + 2 + 2 + 1 + 1 + 1  # every tie is drawn


def test_every_maximising_action_has_an_arrow_that_points_its_way():
    walls = np.zeros((3, 3), dtype=bool)
    for action, (right, down) in enumerate([(0, -1), (1, 0), (0, 1), (-1, 0)]):
        optimal = np.zeros((9, 4), dtype=bool)
        optimal[4, action] = True
        figure = plot_maze(walls, 0, [8], None, optimal)
        (patch,) = [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
        tip = patch.get_path().vertices[3]  # the arrow's point
        assert np.sign(np.round(tip - 1.5, 9)).tolist() == [right, down]


def test_walls_and_goals_have_no_arrows_and_no_values():
    maze = Maze.from_text("S#\n.G")
    everything = np.ones((4, 4), dtype=bool)
    figure = plot_maze(maze.walls, maze.start, maze.goals, np.full(4, 7.0), everything)
    assert arrow_count(figure) == 8
    assert words(figure).count("7") == 2


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("shape", [(1, 2), (1, 10), (10, 1), (3, 3), (6, 9), (10, 10), (2, 40)])
def test_nothing_is_cut_off_or_overlaps(shape: tuple[int, int], language: str):
    figure = drawn(Maze.generate(*shape, algorithm="dfs", loops=0.3), language)
    assert cut_off(figure) == []
    assert overlapping(figure) == []


def test_long_numbers_shrink_to_their_cells():
    walls = np.zeros((19, 19), dtype=bool)
    figure = plot_maze(walls, 0, [360], np.full(361, -0.012345))
    assert words(figure).count("−0.0123") == 360
    assert overlapping(figure) == []


def test_numbers_are_left_out_where_they_do_not_fit():
    assert "−35" in words(drawn(Maze.generate(10, 10, "wilson", 0)))
    large = Maze.generate(50, 50, "dfs", 0)
    figure = drawn(large)
    assert words(figure) == []
    assert arrow_count(figure) > 4_000  # but its arrows are there


@pytest.mark.parametrize("text", ["S.G", "SG", "S\n.\nG"])
def test_thin_mazes_are_drawn(text: str):
    figure = drawn(Maze.from_text(text))
    assert min(figure.axes[0].get_window_extent().width, figure.axes[0].get_window_extent().height) > 20


def test_values_that_are_not_finite_are_grey_and_say_so():
    maze = Maze.from_text("S.G\n###\n...", allow_unsolvable=True)
    figure = drawn(maze)
    assert words(figure).count("−∞") == 3
    colours = figure.axes[0].collections[0].get_array()
    assert np.ptp(colours[2], axis=1).tolist() == [0, 0, 0]
    assert np.ptp(colours[0, 1]) > 0.1


def test_one_value_or_none_finite_is_no_trouble():
    walls = np.zeros((1, 2), dtype=bool)
    assert "−1" in words(plot_maze(walls, 0, [1], [-1.0, 0.0]))
    assert len(plot_maze(walls, 0, [1], [np.nan, 0.0]).axes) == 1  # no colour bar without a value


def test_same_figure_same_bytes_and_no_date():
    maze = Maze.named("dyna")
    assert svg_bytes(drawn(maze)) == svg_bytes(drawn(maze))
    assert png_bytes(drawn(maze)) == png_bytes(drawn(maze))
    assert not re.search(rb"20\d\d-\d\d-\d\d|dc:date|matplotlib v", svg_bytes(drawn(maze)))


def test_a_large_maze_stays_a_small_file():
    assert len(svg_bytes(drawn(Maze.generate(50, 50, "dfs", 0)))) < 2_000_000


def test_pyplot_is_not_touched_and_settings_come_back():
    before = dict(matplotlib.rcParams)
    png_bytes(drawn(Maze.named("tutorial"), "ko"))
    assert dict(matplotlib.rcParams) == before
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []


LETTERS = "Sa.b\n.#..\n..aG\n\na = -5\nb = -12.25"


def lettered(maze: Maze, language: str = "en") -> Figure:
    exact = solve(maze)
    labels = cell_labels(maze)
    return plot_maze(maze.walls, maze.start, maze.goals, exact.v, exact.optimal_actions, labels=labels, language=language)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_cells_with_rewards_of_their_own_are_marked(language: str):
    figure = lettered(Maze.from_text(LETTERS), language)
    assert words(figure).count("a −5") == 2
    assert words(figure).count("b") == 1  # no room for its reward in the cell
    assert any("a −5, b −12.25" in text.get_text() for text in figure.texts)
    assert cut_off(figure) == overlapping(figure) == []


def test_letters_of_large_mazes_stand_below_them():
    text = "S" + "a" * 60 + "G\n" + "." * 62 + "\n" + "." * 62 + "\n\na = -5"
    figure = lettered(Maze.from_text(text))
    assert words(figure) == []
    assert any("a −5" in text.get_text() for text in figure.texts)
    many = "S" + "".join(chr(97 + i) for i in range(26)) + "G\n\n" + "\n".join(f"{chr(97 + i)} = {-i - 1}" for i in range(26))
    assert cut_off(lettered(Maze.from_text(many))) == overlapping(lettered(Maze.from_text(many))) == []
