"""The lines below a diagram: the rule, then the same with its numbers.

target = r + γ·max Q = −1 + 0.9·(−2.71) = −3.439
new = old + α·(target − old) = −2 + 0.5·(−3.439 − (−2)) = −2.7195
"""

from __future__ import annotations

import re

from mazefit.backup.draw.figure import columns, number
from mazefit.backup.draw.labels import rate
from mazefit.backup.draw.words import WORDS
from mazefit.backup.tree import Backup, Edge, Node, evaluate, taken

_LIST = re.compile(r", (?=[−\d…])")  # between the numbers of a list, but not inside Q(s, a)

LONGEST_SUM = 8
"""Terms that are written out; what is beyond is an ellipsis."""

DEEPEST = 4
"""Rewards that are written out one inside the other; below stands the backed-up value."""


def equations(backup: Backup, words: dict[str, str] = WORDS["en"]) -> list[str]:
    """The equation lines: of a textbook picture its formula, of an update the rule with its numbers."""
    target, new, old = (words[name] for name in ("target", "new", "old entry"))
    if backup.schematic:
        return backup.formula.split("\n")
    if backup.target is None:
        return []
    lines = [_chain(target, *_total(backup), number(backup.target))]
    if len(backup.components) == 1 and backup.root.kind == "state" and backup.root.combine == "max":
        lines.extend(_winner(backup.root))
    if backup.old is None or backup.new is None:
        return lines
    if backup.step_size is None:
        lines.append(f"{new} = {target} = {number(backup.new)}")
    elif backup.v_old is not None:
        lines.extend(_true_online(backup, backup.step_size, backup.old, backup.target - backup.old, new, old))
    else:
        plain = backup.new == backup.old + backup.step_size * (backup.target - backup.old)
        symbol, value = ("", "") if plain else ("e·", f"{number(backup.eligibility)}·")
        error = f"{number(backup.target)} − {_factor(backup.old)}"
        change = f"{number(backup.old)} + {number(backup.step_size)}·{value}({error})"
        lines.append(f"{new} = {old} + {rate(backup)}·{symbol}({target} − {old}) = {change} = {number(backup.new)}")
    return lines


def _true_online(backup: Backup, step_size: float, cell: float, error: float, new: str, old: str) -> list[str]:
    """The rule of true online learners: d is what the root gained since it was looked up (S&B 12.5)."""
    gained, share = cell - (backup.v_old or 0.0), backup.eligibility
    inner = f"{_factor(share)}·({number(error)} + {_factor(gained)}) − {_factor(gained)}"
    letter = "V" if backup.root.kind == "state" else "Q"
    return [
        f"d = {old} − {letter}_old = {number(cell)} − {_factor(backup.v_old or 0.0)} = {number(gained)}",
        f"{new} = {old} + α·(e·(δ + d) − d) = {number(cell)} + {number(step_size)}·({inner}) = {number(backup.new or 0.0)}",
    ]


def _total(backup: Backup) -> tuple[str, str]:
    if len(backup.components) == 1 and backup.components[0].weight is None:
        if not backup.root.edges and backup.old is not None and backup.target is not None:  # of depth 0: a direction alone
            return f"{backup.root.label} − d", f"{number(backup.old)} − {_factor(backup.old - backup.target)}"
        return _symbols(backup.root, 0)[0], _numbers(backup.root, 0)[0]
    terms = [f"{number(c.weight)}·{_factor(evaluate(c.node))}" for c in backup.components if c.weight is not None]
    return "Σ w·G", _sum(terms)


def _chain(*parts: str) -> str:
    """`a = b = c`, where a part that says the same as the one before is left out."""
    return " = ".join(part for i, part in enumerate(parts) if i == 0 or part != parts[i - 1])


def _winner(root: Node) -> list[str]:
    """How the winning action of a max over actions came by its value."""
    edge = root.edges[taken(root)]
    if not edge.node.edges:
        return []
    return [_chain(f"q({edge.node.label})", _numbers(edge.node, 0)[0], number(evaluate(edge.node)))]


def _symbols(node: Node, depth: int) -> tuple[str, bool]:
    """The rule in symbols, and whether it is a sum that needs brackets inside a product."""
    if not node.edges:
        return ("V" if node.kind == "state" else "Q"), False
    if depth > DEEPEST:
        return "…", False
    if node.combine == "sigma":
        return "σ-mix of Q", False
    if node.kind == "state":
        below = max((_symbols(edge.node, depth) for edge in node.edges), key=lambda found: len(found[0]))
        sign = {"sample": "", "expect": "Σ π·", "max": "max "}[node.combine]
        return (f"{sign}{_bracket(*below)}", False) if sign else below
    going_on = [edge.node for edge in node.edges if not edge.node.terminal]
    inner = f"r + γ·{_bracket(*_symbols(going_on[0], depth + 1))}" if going_on else "r"
    if node.combine == "sample":
        return inner, bool(going_on)
    return f"Σ p·{_bracket(inner, bool(going_on))}", False


def _numbers(node: Node, depth: int) -> tuple[str, bool]:
    """The same with the numbers of this update."""
    if not node.edges:
        return number(evaluate(node)), False
    if node.combine == "sample" and depth < DEEPEST:
        edge = node.edges[taken(node)]
        return _numbers(edge.node, depth) if node.kind == "state" else _arrival(edge, depth)
    if depth or node.combine == "sigma":
        return number(evaluate(node)), False
    values = [evaluate(edge.node) for edge in node.edges]
    if node.combine == "max":
        return f"max({_list([number(v) for v in values])})", False
    if node.kind == "state":
        terms = [f"{_weight(e)}{_factor(v)}" for e, v in zip(node.edges, values, strict=True)]
    else:
        terms = [f"{_weight(e)}{_bracket(*_arrival(e, DEEPEST))}" for e in node.edges]
    if len(terms) == 1 and node.edges[0].weight == 1.0 and node.kind == "action":
        return _arrival(node.edges[0], DEEPEST)
    return _sum(terms), True


def _arrival(edge: Edge, depth: int) -> tuple[str, bool]:
    reward = number(edge.reward) if edge.reward is not None else "r"
    if edge.node.terminal:
        return reward, reward.startswith("−")
    gamma = number(edge.discount) if edge.discount is not None else "γ"
    below = _numbers(edge.node, depth + 1)
    return f"{reward} + {gamma}·{_bracket(below[0], below[1] or below[0].startswith('−'))}", True


def _weight(edge: Edge) -> str:
    return "" if edge.weight is None else f"{edge.weight:.4g}·"


def _factor(x: float) -> str:
    return f"({number(x)})" if x < 0 else number(x)


def _bracket(text: str, needed: bool) -> str:
    return f"({text})" if needed else text


def _sum(terms: list[str]) -> str:
    return " + ".join(terms if len(terms) <= LONGEST_SUM else [*terms[: LONGEST_SUM - 1], "…"])


def _list(terms: list[str]) -> str:
    return ", ".join(terms if len(terms) <= LONGEST_SUM else [*terms[: LONGEST_SUM - 1], "…"])


def wrap(line: str, width: int) -> list[str]:
    """Break a long equation before ` = ` or ` + ` so that no line has more than `width` columns (where it can)."""
    lines = [""]
    pieces = _LIST.sub(",\n", line.replace(" = ", "\n= ").replace(" + ", "\n+ ")).split("\n")
    for piece in pieces:
        if lines[-1] and columns(lines[-1]) + 1 + columns(piece) > width:
            lines.append(piece)
        else:
            lines[-1] = f"{lines[-1]} {piece}".lstrip()
    return lines
