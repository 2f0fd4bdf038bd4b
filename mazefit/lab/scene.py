"""What stays the same during a walk: the maze, its tables, the discount, the policy shown, the exact answer, the language."""

from dataclasses import dataclass

from mazefit.agents.exact import Solution, solve
from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems, UnboundedValueError
from mazefit.lab.guide import Guide
from mazefit.lab.phrases import Say, speaker


@dataclass(frozen=True, eq=False)
class Scene:
    """Where a walk takes place, and in which words.

    Args:
        maze: the maze.
        mdp: its tables.
        discount: γ.
        guide: the policy shown.
        exact: the exact values; None where they do not exist.
        lang: "en" or "ko".
        say: the phrases of that language.
    """

    maze: Maze
    mdp: TabularMDP
    discount: float
    guide: Guide
    exact: Solution | None
    lang: str
    say: Say

    def shortest(self, state: int) -> int | None:
        """Steps of the shortest path from a state to a goal; None where there is none."""
        steps = int(self.maze.distances()[state])
        return steps if steps >= 0 else None

    def whose(self) -> str:
        """Whose policy is shown."""
        guide = self.guide
        if not guide.name:
            return self.say("exact policy")
        if guide.episodes is None:
            return self.say("planned policy", name=guide.name)
        return self.say("learned policy", name=guide.name, episodes=guide.episodes)

    def action_name(self, action: int) -> str:
        """Both names of an action: `a1 up`."""
        return f"a{action + 1} {self.say(ACTIONS[action])}"


def make_scene(maze: Maze, guide: Guide | None, mdp: TabularMDP | None, discount: float, lang: str) -> Scene:
    """Check what a walk is given, and compute the exact values.

    Raises:
        ConfigError: an argument is out of range.
        UnboundedValueError: there is no guide, and no exact policy either.
    """
    tables = maze.mdp() if mdp is None else mdp
    problems = Problems("Session")
    problems.number("discount", discount, 0.0, 1.0)
    expected, got = [maze.states, len(ACTIONS)], [tables.states, tables.actions]
    problems.check(expected == got, f"mdp: expected states and actions {expected}, got {got}")
    problems.raise_if_any()
    if guide is None:
        exact: Solution | None = solve(tables, discount)
        guide = Guide.exact(exact)
    else:
        exact = _exact_if_any(tables, discount)
    return Scene(maze, tables, float(discount), guide, exact, lang, speaker(lang))


def _exact_if_any(mdp: TabularMDP, discount: float) -> Solution | None:
    try:
        return solve(mdp, discount)
    except UnboundedValueError:
        return None
