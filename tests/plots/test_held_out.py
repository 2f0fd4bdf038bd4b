"""The figures of mazes never seen: what is drawn is there, and nothing stands on anything else."""

import numpy as np
import pytest

from mazefit.envs import Maze
from mazefit.errors import ConfigError
from mazefit.plots.held_out import plot_shares
from mazefit.plots.walks import Walk, plot_walks
from tests.plots.seen import cut_off, overlapping, texts


def walk_of(maze: Maze, steps: int | None = None) -> Walk:
    values = np.where(maze.distances() > 0, 0.9 ** maze.distances().clip(1), np.nan)
    path = maze.shortest_path()[: None if steps is None else steps + 1]
    return Walk(maze.walls, maze.goals, values, path, maze.distance(maze.start), steps is None)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_shares(language: str) -> None:
    steps = np.arange(0, 320_001, 20_000)
    courses = {"recurrent": (steps, steps / 330_000), "ordinary": (steps, steps / 3_300_000)}
    figure = plot_shares(courses, bounds={"taught": 0.97}, title="t", note="a note", language=language)
    axes = figure.axes[0]
    assert [line.get_xdata()[-1] for line in axes.lines[:2]] == [320_000, 320_000]  # pyright: ignore
    assert axes.lines[2].get_ydata() == [0.97, 0.97]  # pyright: ignore
    assert {"recurrent", "ordinary", "taught", "a note"} <= {text for text, _ in texts(figure)}
    assert not cut_off(figure)
    assert not overlapping(figure)


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(ConfigError, match="courses: expected at least one, got none"):
        plot_shares({})
    with pytest.raises(ConfigError, match=r"expected 'a' as steps and shares \[K\] of one length, got \(2,\) and \(3,\)"):
        plot_shares({"a": ([1, 2], [0.1, 0.2, 0.3])})
    with pytest.raises(ConfigError, match="walks: expected at least one, got none"):
        plot_walks([])


@pytest.mark.parametrize("count", [1, 3, 6])
def test_walks(count: int) -> None:
    mazes = [Maze.generate(4, 4, "wilson", seed=seed) for seed in range(count)]
    figure = plot_walks([walk_of(maze, 3 if i % 2 else None) for i, maze in enumerate(mazes)])
    panels = figure.axes[:count]
    for i, (maze, axes) in enumerate(zip(mazes, panels, strict=True)):
        line = axes.lines[0]
        path = maze.shortest_path()[: 4 if i % 2 else None]
        assert np.asarray(line.get_xdata()).tolist() == [s % maze.columns for s in path]
        assert np.asarray(line.get_ydata()).tolist() == [s // maze.columns for s in path]
        said = f"astray; the shortest has {maze.distance(0)}" if i % 2 else f"{maze.distance(0)} steps, as short as can be"
        assert axes.get_title() == said
    assert not cut_off(figure)
    assert not overlapping(figure)
