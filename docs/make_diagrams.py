"""Draw the gallery of backup diagrams: `python docs/make_diagrams.py`. The same bytes every time, checked by a test."""

from pathlib import Path

from mazefit.backup import TEXTBOOK, BackupSpec
from mazefit.backup.draw import to_svg
from mazefit.backup.draw.labels import written
from mazefit.backup.spec import HalfStep, Repeat
from mazefit.lab.diagram_command import slug

PAGE = Path(__file__).parent / "diagrams.md"
FOLDER = Path(__file__).parent / "pictures" / "diagrams"

HEAD = """# Backup diagrams

Every update that a learner makes here is one of these pictures, and `trace[i].draw()` shows it with its own numbers. Each is
drawn from its rule, the same one that checks what was traced (`TEXTBOOK[name].check(backup)`). This page is made by
`python docs/make_diagrams.py`; one picture alone by `mazefit diagram NAME`.

How to read them: time runs down. The root is the value that is updated, the leaves are what it rests on. An open circle is a
state, a filled one an action, a square the end of the episode. Below a state, branches are averaged by the policy π; an arc
means that only the largest counts. Below an action they are averaged by the transition probability p. The reward r stands
where it is received: at the arrival. ρ marks what is weighted by importance sampling, σ how far a step is sampled. Dots are
steps left out. Columns under a bar are one update: their returns are added up with the weights below.

Numbers in brackets are sections of Sutton & Barto, *Reinforcement Learning*, 2nd edition.
"""

GROUPS = {
    "Exact values, with the model": ("v_pi", "q_pi", "Value iteration", "q_*"),
    "Monte Carlo": (
        "Monte Carlo", "Monte Carlo control", "Off-policy Monte Carlo", "Off-policy Monte Carlo control", "Batch Monte Carlo",
    ),
    "One step": ("TD(0)", "Batch TD(0)", "Sarsa", "Expected Sarsa", "Q-learning", "Double Q-learning"),
    "n steps": (
        "n-step TD", "n-step Sarsa", "n-step Expected Sarsa", "Off-policy n-step Sarsa", "Tree backup", "Q(sigma)",
    ),
    "Planning with a learned model": ("Dyna-Q", "Dyna-Q+", "Prioritized sweeping", "R-max"),
    "Eligibility traces": (
        "Off-line lambda-return", "TD(lambda)", "True online TD(lambda)", "Sarsa(lambda)", "True online Sarsa(lambda)",
        "Watkins Q(lambda)",
    ),
}  # fmt: skip


def pictures() -> dict[str, str]:
    """Every picture, as SVG text by file name."""
    return {f"{slug(name)}.svg": to_svg(spec.diagram()) + "\n" for name, spec in TEXTBOOK.items()}


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, members in GROUPS.items():
        parts.append(f"## {title}\n")
        parts.extend(_entry(TEXTBOOK[name]) for name in members)
    return "\n".join(parts)


def _entry(spec: BackupSpec) -> str:
    asked = spec.name if spec.name.replace("-", "").isalnum() else f'"{spec.name}"'
    title = written(spec.name).replace("*", r"\*").replace("_", r"\_")
    picture = f"![Backup diagram of {title}](pictures/diagrams/{slug(spec.name)}.svg)"
    return f"### {title} ({spec.section})\n\n{picture}\n\n`mazefit diagram {asked}` · {grammar(spec)}\n"


def grammar(spec: BackupSpec) -> str:
    """The rule in the words of its grammar: `root (s, a) · sample s′ · max a′ · leaf Q`."""
    steps: list[str] = []
    depth = 0
    for step in spec.steps:
        if isinstance(step, Repeat):
            inner = [_half(spec, half, depth + i) for i, half in enumerate(step.steps)]
            steps.append(f"({' · '.join(inner)}) × {step.times}")
            depth += len(inner)
        else:
            steps.append(_half(spec, step, depth))
            depth += 1
    root = "s" if spec.root == "state" else "(s, a)"
    leaf = {"v": "leaf V", "q": "leaf Q", None: "end of the episode"}[spec.leaf]
    whole = " · ".join([f"root {root}", *steps, leaf])
    return f"{whole} · columns weighted by λ" if spec.compound else whole


def _half(spec: BackupSpec, step: HalfStep, depth: int) -> str:
    word = {"sample": "sample", "expect": "average", "max": "max", "sigma": "σ-mix"}[step.op]
    below = "action" if spec.kind_at(depth) == "state" else "state"
    return f"{word} {below}{' with ρ' if step.ratio else ''}"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, picture in pictures().items():
        (FOLDER / file).write_text(picture, encoding="utf-8")
        print(FOLDER / file)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
