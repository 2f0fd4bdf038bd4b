"""Draw the pictures of the README: `python docs/make_pictures.py`. The same bytes every time, checked by a test."""

from pathlib import Path

from mazefit.agents import EpsilonGreedy, QLearning, ValueIteration, solve
from mazefit.backup import Backup
from mazefit.backup.draw import draw
from mazefit.envs import Maze
from mazefit.envs.rendering import maze_svg

FOLDER = Path(__file__).parent / "pictures"


def pictures() -> dict[str, str]:
    """Every picture, as SVG text by file name."""
    learner = QLearning(step_size=0.5, discount=0.9, policy=EpsilonGreedy(0.1))
    dyna = Maze.named("dyna")
    exact = solve(dyna, discount=0.9)
    tutorial = Maze.named("tutorial")
    run = learner.learn(tutorial, episodes=30, seed=1, trace=True)
    planned = ValueIteration(discount=0.9).solve(tutorial, trace=True)
    assert run.trace is not None
    assert planned.trace is not None
    up = [backup for backup in run.trace if backup.root.label == "s4, a1" and (backup.td_error or 0.0) < 0.0]
    middle = [backup for backup in planned.trace if backup.root.label == "s4"]
    return {
        "maze.svg": maze_svg(dyna, exact.v, exact.optimal_actions),
        "q-learning.svg": _svg(up[-1]),
        "value-iteration.svg": _svg(middle[2]),
        "q-learning-textbook.svg": _svg(QLearning.rule.spec.diagram()),
        "value-iteration-textbook.svg": _svg(ValueIteration.rule.spec.diagram()),
    }


def _svg(backup: Backup) -> str:
    drawn = draw(backup, "svg")
    assert isinstance(drawn, str)
    return drawn + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in pictures().items():
        (FOLDER / name).write_text(picture, encoding="utf-8")
        print(FOLDER / name)
