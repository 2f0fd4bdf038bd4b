"""The deep value agent as a command: it learns a maze, the exact values stand beside, one of its updates is drawn.

deep(DeepConfig(quick=True))        0, and a folder out/deep with figures, numbers and the run itself
"""

from typing import Any

import gymnasium

from mazefit.agents import LearningInterrupted, certify
from mazefit.agents.deep import DeepRun, value_table
from mazefit.agents.deep.events import Event, ProgressBar
from mazefit.backup.trace import TraceOptions
from mazefit.envs import Maze
from mazefit.errors import ConfigError
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.deep.files import FIGURES, SEEDS, TABLES, pictures, write_tables
from mazefit.lab.deep.phrases import say
from mazefit.lab.deep.place import take_place, tell_how, tell_resumed
from mazefit.lab.deep.told import agent_name, tell_backup, tell_course, tell_exact, tell_network, tell_start, worst_row
from mazefit.lab.page import Page, fixed, number
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.results import INTERRUPTED, finish, kept, write_rows
from mazefit.lab.which_maze import named_maze
from mazefit.words import check_language

LOOK = 1000  # steps between two looks whether the path is the shortest
KEPT = 100  # newest minibatches that the trace holds


def deep(config: DeepConfig) -> int:
    """Learn a maze and tell what came of it.

    Args:
        config: the settings.

    Returns:
        The exit code: 0, or 130 where Ctrl-C stopped it (what was learned is kept, and `--resume` goes on).

    Raises:
        MazefitError: something is wrong; before anything was learned, unless results could not be written.
    """
    language = check_language(config.lang)
    config.check()
    if config.mazes is not None:
        from mazefit.lab.deep.many import many

        return many(config)
    page = Page(language, say)
    if config.seeds is not None:
        return _many(page, config)
    maze = _maze(config, 0)
    folder, resumed = take_place(config, [*TABLES, SEEDS], FIGURES)
    tell_start(page, config, maze, _limit(maze))
    tell_resumed(page, config, resumed)
    page.print()
    stopped = False
    try:
        run = config.agent.learn(
            _env(config, maze), max(config.all_steps, 0 if resumed is None else resumed.steps),
            seed=config.seed, trace=TraceOptions(ring=KEPT * config.agent.batch_size) if resumed is None else None,
            callbacks=[ProgressBar(unit=page.say("deep.steps"))], checkpoint=folder / RUN_FOLDER, resume=resumed,
        )  # fmt: skip
    except LearningInterrupted as interrupted:
        found: Any = interrupted.run
        run, stopped = found, True
    return kept(lambda: _tell(page, config, maze, run, stopped))


def _tell(page: Page, config: DeepConfig, maze: Maze, run: DeepRun, stopped: bool) -> int:
    """Everything after the learning."""
    folder, q = config.folder, value_table(run, maze)
    tell_network(page, config, run)
    tell_course(page, config, run, stopped)
    tell_exact(page, config, certify(maze, q, config.discount))
    write_tables(folder, maze, run, q)
    row = worst_row(run)
    if row is not None:
        tell_backup(page, row)
    drawn = pictures(page.language, config, maze, run, q, row)
    code = finish(page, config, folder, [*TABLES, f"{RUN_FOLDER}/"], drawn, stopped)
    if not stopped:
        return code
    tell_how(page, config)
    page.print()
    return INTERRUPTED


def _many(page: Page, config: DeepConfig) -> int:
    """So many mazes, each with its own seed: how many are solved, and the largest error against exact values."""
    folder, _ = take_place(config, [*TABLES, SEEDS], FIGURES)
    rows, columns = config.cells
    page.heading(
        "deep.many", agent=agent_name(config), count=config.seeds, rows=rows, columns=columns, discount=number(config.discount)
    )
    head = [page.say(f"deep.{key}") for key in ("maze", "length", "shortest", "after", "on path", "on all")]
    page.row(head, head)
    page.print()
    table: list[list[Any]] = []
    stopped = False
    for number_ in range(config.seeds or 0):
        try:
            table.append(_one(config, number_))
        except LearningInterrupted:
            stopped = True
            break
        name, length, shortest, after, path, everywhere = table[-1]
        cells = [f"{name}", "-" if length is None else f"{length}", f"{shortest}", "-" if after is None else f"{after:,}"]
        page.row([*cells, fixed(path, 3), fixed(everywhere, 3)], head)
        page.print()
    names = ("maze_seed", "length", "shortest", "shortest_after", "error_on_path", "error_on_all")
    write_rows(folder / SEEDS, names, table)
    if table:
        found = sum(row[1] == row[2] for row in table)
        page.text("deep.found", found=found, count=len(table), worst=fixed(max(row[4] for row in table), 3))
    return finish(page, config, folder, [SEEDS], {}, stopped)


def _one(config: DeepConfig, number_: int) -> list[Any]:
    """One maze of many: its seed, lengths, when the path was the shortest for the first time, errors."""
    maze, first = _maze(config, number_), list[int]()

    def look(event: Event) -> None:
        if event.kind == "step" and not first:
            found = certify(maze, value_table(event.run, maze), config.discount)
            if found.greedy_length == found.shortest_length:
                first.append(event.steps)

    run = config.agent.learn(_env(config, maze), config.all_steps, seed=config.seed + number_, callbacks=[look])
    found = certify(maze, value_table(run, maze), config.discount)
    name = config.maze_seed + number_
    errors = found.error_visited, found.error_all
    return [name, found.greedy_length, found.shortest_length, first[0] if first else None, *errors]


def _maze(config: DeepConfig, number_: int) -> Maze:
    """The maze that is meant; of many the one of this number.

    Raises:
        ConfigError: no goal of it can be reached.
    """
    if config.maze is None:
        return Maze.generate(*config.cells, config.algorithm, config.maze_seed + number_)
    maze = named_maze(config.maze)
    if maze.distances()[maze.start] < 1:
        raise ConfigError(f"--maze: expected a maze whose goal can be reached from its start, got {config.maze!r}")
    return maze


def _limit(maze: Maze) -> int:
    """Steps after which an episode is cut: by the size of the maze."""
    return max(50, maze.states // 2)


def _env(config: DeepConfig, maze: Maze) -> Any:
    return gymnasium.make(
        "mazefit/Maze-v0", maze=maze, observation=config.observation, start="random", max_episode_steps=_limit(maze)
    )
