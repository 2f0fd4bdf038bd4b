"""The figures of a walked surface: the surface with all ways, what was learned, how learning went, and one update of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mazefit.agents.exact import Solution
from mazefit.agents.run import Run
from mazefit.envs.landscape import Landscape
from mazefit.lab.fitting.config import LandscapeConfig
from mazefit.lab.fitting.drawn_backup import DrawnBackup
from mazefit.lab.fitting.phrases import say
from mazefit.lab.telling_update import telling_update
from mazefit.plots.comparison import Line, plot_comparison, smoothed
from mazefit.plots.landscape import BEYOND, Surface, Way, plot_landscape
from mazefit.plots.maze import plot_maze
from mazefit.supervised.regression.bowl import Bowl
from mazefit.tasks.points import Numbers
from mazefit.words import Language, word

FINE = 240  # points in each direction from which rings are drawn


def pictures(
    config: LandscapeConfig,
    surface: Landscape,
    exact: Solution,
    best: list[int],
    run: Run,
    valley: Bowl,
    ways: Mapping[str, Numbers],
    language: Language,
) -> dict[str, Any]:
    """All of them, by the names of their files.

    Args:
        config: the settings.
        surface, exact, best: the grid, its exact answer, and the states of the best way.
        run: what was learned.
        valley, ways: the surface between the nodes, and the ways that optimizers take on it.
        language: of the figures.
    """
    discount = f"{config.discount:g}"
    drawn: dict[str, Way] = {}
    if best:
        name = say("landscape.policy", language, discount=discount, moves=len(best) - 1)
        drawn[name] = Way([surface.parameters(s) for s in best], [surface.loss(s) for s in best], moves=True)
    drawn |= {name: Way(path, valley.loss(path)) for name, path in ways.items()}
    found: dict[str, Any] = {
        "landscape": plot_landscape(
            Surface(surface.w, surface.b, surface.losses),
            surface.goals,
            drawn,
            optimal=exact.optimal_actions,
            fine=_fine(surface, valley),
            title=say("landscape.title", language),
            note=say("landscape.note", language, discount=discount),
            language=language,
        ),
        "learned": plot_maze(
            surface.maze.walls,
            surface.start,
            surface.goals,
            run.v,
            run.greedy_actions,
            title=say("landscape.values", language, agent=run.algorithm.rule.spec.name),
            language=language,
        ),
    }
    if run.episodes:
        course = Line(config.agent, np.arange(1, run.episodes + 1), smoothed(run.lengths))
        title, note = say("landscape.lengths", language, agent=config.agent), say("landscape.same", language)
        found["episodes"] = plot_comparison(
            {word("curves.length", language): [course]},
            best=[len(best) - 1 if best else None],
            title=title,
            note=note,
            language=language,
        )
    telling = telling_update(run)
    if telling is not None:
        found["last_backup"] = DrawnBackup(telling.backup, language)
    return found


def _fine(surface: Landscape, valley: Bowl) -> Surface:
    """The surface as far as the sheet reaches."""
    spans = [(float(values.min()), float(values.max())) for values in (surface.w, surface.b)]
    w, b = (np.linspace(low - (BEYOND + 0.1) * (high - low), high + (BEYOND + 0.1) * (high - low), FINE) for low, high in spans)
    return Surface(w, b, valley.loss(np.stack(np.meshgrid(w, b), axis=-1)))
