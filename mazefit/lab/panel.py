"""The text of a walk: the lines beside the maze, the summary of an episode, the help."""

from math import isfinite

from mazefit.backup.draw.figure import columns, number
from mazefit.backup.one_step import state_label
from mazefit.lab.scene import Scene
from mazefit.lab.text_fit import pad, wrap
from mazefit.lab.walk import Place

_HELP = (
    ("help arrows", "help walk"),
    ("w a s d", "help move"),
    ("h j k l", "help vi"),
    ("help space", "help greedy"),
    ("u", "help undo"),
    ("r", "help reset"),
    ("b", "help b"),
    ("B", "help B"),
    ("3b  3B", "help number"),
    ("v", "help values"),
    ("?", "help help"),
    ("q", "help quit"),
)


def panel_rows(scene: Scene, place: Place) -> list[tuple[str, str]]:
    """Names and contents of the lines beside the maze: the last transition, the return so far, the policy."""
    say, last = scene.say, place.last
    rows = [(say("episode"), str(place.episode))]
    if last is None:
        rows += [(say("state"), state_label(place.state)), (say("action"), say("no step yet"))]
    else:
        rows += [(say("state"), state_label(last.state)), (say("action"), scene.action_name(last.action))]
    rows += [
        (say("reward"), "–" if last is None else number(last.reward)),
        (say("next state"), "–" if last is None else state_label(last.next_state)),
        (say("probability"), "–" if last is None else f"{last.probability:.4g}"),
        (say("return"), number(place.gain)),
    ]
    if scene.discount < 1:
        rows.append((say("discounted", discount=f"{scene.discount:g}"), number(place.discounted)))
    shortest = scene.shortest(place.start)
    rows += [(say("steps"), str(place.steps)), (say("shortest"), say("no way") if shortest is None else str(shortest))]
    if scene.exact is not None:
        rows.append((say("best return", start=state_label(place.start)), best_return(scene, place.start)))
    if scene.maze.rewards:
        given = (f"{letter} = {number(reward)}" for letter, reward in sorted(scene.maze.rewards.items()))
        rows.append((say("letters"), ", ".join(given)))
    return [*rows, (say("policy"), scene.whose()), (f"π(a | {state_label(place.state)})", policy_at(scene, place))]


def policy_at(scene: Scene, place: Place) -> str:
    """π in the state in which one stands: the actions that are taken, each with its probability."""
    if place.ended:
        return scene.say("nothing to choose")
    chances = enumerate(scene.guide.probabilities(place.state))
    return ", ".join(f"{scene.action_name(action)} {chance:.3g}" for action, chance in chances if chance > 0)


def best_return(scene: Scene, start: int) -> str:
    """v* at the start of an episode, by its formula where that holds: reward −1 a step, 0 at the goal."""
    value = _best(scene, start)
    if value is None:
        return "−∞"
    far = scene.shortest(start)
    if far is not None and _plain(scene, start, value):
        if scene.discount == 1:
            return f"{number(value)} = −({far} − 1)"
        if scene.discount > 0:
            return f"{number(value)} = −(1−γ^{far - 1})/(1−γ)"
    return number(value)


def summary(scene: Scene, place: Place) -> list[str]:
    """How the episode went: its return, its steps, and how far both are from the best."""
    say = scene.say
    gain = number(place.gain)
    if scene.discount < 1:
        gain += f" (γ = {scene.discount:g}: {number(place.discounted)})"
    if not place.ended:
        return [say("unfinished", number=place.episode, steps=place.steps, gain=gain)]
    return [say("over", number=place.episode, steps=place.steps, gain=gain), *_verdict(scene, place)]


def _verdict(scene: Scene, place: Place) -> list[str]:
    say, best, shortest = scene.say, _best(scene, place.start), scene.shortest(place.start)
    if best is None or shortest is None:
        return []
    gap = best - place.discounted
    if gap <= 1e-9 * max(1.0, abs(best)):
        return [say("optimal", shortest=shortest) if place.steps == shortest else say("most", best=number(best))]
    if not scene.maze.rewards and place.steps > shortest and _plain(scene, place.start, best):
        return [say("longer", extra=place.steps - shortest, shortest=shortest)]
    return [say("less", gap=number(gap), best=number(best))]


def _best(scene: Scene, start: int) -> float | None:
    """v*(start), where it is known and finite."""
    value = None if scene.exact is None else float(scene.exact.v[start])
    return value if value is not None and isfinite(value) else None


def _plain(scene: Scene, start: int, value: float) -> bool:
    """Whether v*(start) is the number of steps before the goal, negative and discounted."""
    expected, weight = 0.0, 1.0
    for _ in range((scene.shortest(start) or 1) - 1):
        expected, weight = expected - weight, weight * scene.discount
    return abs(expected - value) <= 1e-9 * max(1.0, abs(value))


def panel_lines(scene: Scene, place: Place, width: int) -> list[str]:
    """The lines beside the maze, their contents below each other, in at most `width` columns."""
    rows = panel_rows(scene, place)
    indent = max(columns(name) for name, _ in rows) + 2
    return [
        line for name, content in rows for line in wrap(f"{pad(name, indent)}{content}", width, min(indent, max(2, width - 14)))
    ]


def help_lines(scene: Scene, width: int) -> list[str]:
    """All keys, and what to remember."""
    say = scene.say
    names = [say(name) if name.startswith("help") else name for name, _ in _HELP]
    indent = max(columns(name) for name in names) + 3
    lines = [say("help title"), ""]
    for name, (_, phrase) in zip(names, _HELP, strict=True):
        lines += wrap(f" {pad(name, indent - 1)}{say(phrase)}", width, indent)
    return [*lines, "", *wrap(say("help reward"), width)]
