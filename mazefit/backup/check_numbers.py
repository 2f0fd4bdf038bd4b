"""Do the numbers of an update belong together, to the bit, and do those of all that its TD error wrote?

    new = old + step_size * (target - old)                        equation 2.3
    new = old + (step_size * eligibility) * td_error              with eligibility traces, 12.7

A true online learner adds to each cell what the root gained since it was looked up, d = old - v_old (12.5):

    new = old + step_size * eligibility * (td_error + d)          and at the root itself: - step_size * d

Reference: Sutton & Barto, 2nd edition, sections 2.4, 12.2 and 12.5.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from mazefit.backup.check_columns import spine
from mazefit.backup.tree import Backup, Write

if TYPE_CHECKING:
    from mazefit.backup.spec import BackupSpec

ROUNDING = 1e-9
"""How far (relative) writes may be off where a number that they rest on is not recorded, but found from others."""


def number_faults(spec: BackupSpec, backup: Backup) -> list[str]:
    """Target, TD error, old and new belong together; a forward view of a trace may leave out what it does not write."""
    target, old, new = backup.target, backup.old, backup.new
    needed = (
        ("target",) if spec.compound and len(backup.components) > 1 and new is None else ("target", "td_error", "old", "new")
    )
    found = [f"{name} is missing" for name in needed if getattr(backup, name) is None]
    if found or target is None:
        return found
    value = backup.evaluate()
    if value != target:
        found.append(f"the tree backs up {value!r}, but the target is {target!r}")
    if old is None:
        return found
    if backup.td_error != target - old:
        found.append(f"td_error is {backup.td_error!r}, expected target - old = {target - old!r} (signed)")
    if new is None or (spec.true_online and backup.writes):
        return found
    expected, rule = target, "target"
    if backup.step_size is not None:
        expected, rule = old + backup.step_size * (target - old), "old + step_size * (target - old)"
    shared = backup.step_size is not None and new == old + (backup.step_size * backup.eligibility) * (target - old)
    if new != expected and not shared:
        found.append(f"new is {new!r}, expected {rule} = {expected!r}")
    weights, ratio = [component.weight for component in backup.components], _ratio(backup)
    weight = weights[0]
    if spec.compound is None and weight is not None:  # ordinary importance sampling: V moves to ρ · G
        if not _near(weight, ratio, ratio):
            found.append(f"the return weighs {weight!r}, expected the product of the importance ratios, {ratio!r}")
    elif ratio == 0.0 and new != old and not spec.side_leaves:
        found.append(f"an importance ratio is 0, and yet the value moved from {old!r} to {new!r}")
    return found


def _ratio(backup: Backup) -> float:
    """The product of the importance ratios along the spine."""
    way, product = spine(backup.root), 1.0
    for above, below in pairwise(way):
        ratio = next(edge.ratio for edge in above.edges if edge.node is below)
        product *= 1.0 if ratio is None else ratio
    return product


def write_faults(spec: BackupSpec, backup: Backup) -> list[str]:
    """Every cell moved by its share of the one TD error, each cell once."""
    if not backup.writes:
        return []
    if spec.compound is None:
        return ["only a rule with eligibility traces writes more than its own cell"]
    if len(backup.components) > 1:
        return ["the forward view holds writes, expected them at the TD error of a step"]
    if backup.step_size is None or backup.td_error is None:
        return ["writes need a step size and a TD error"]
    found: list[str] = []
    times = Counter((write.cell, write.table) for write in backup.writes)
    found.extend(f"{cell!r} is written {count} times" for (cell, _), count in times.items() if count > 1)
    if not any(_is_root(backup, write) for write in backup.writes):
        found.append(f"the root's own cell {backup.root.label!r} is not among the writes")
    for write in backup.writes:
        if not 0.0 <= write.eligibility < inf:
            found.append(f"the eligibility of {write.cell!r} is {write.eligibility!r}, expected 0 or more")
        if _is_root(backup, write) and (write.old != backup.old or write.new != backup.new):
            found.append(
                f"{write.cell!r} is written {write.old!r} -> {write.new!r}, but the root {backup.old!r} -> {backup.new!r}"
            )
    found.extend(_true_online(backup) if spec.true_online else _shares(backup, backup.step_size, backup.td_error))
    return found


def _is_root(backup: Backup, write: Write) -> bool:
    return write.cell == backup.root.label and write.table == backup.table


def _shares(backup: Backup, step_size: float, error: float) -> list[str]:
    """The plain backward view, to the bit; where the step size holds the root's eligibility, as near as it can be told."""
    whole = backup.old is not None and backup.new == backup.old + (step_size * backup.eligibility) * error
    alpha = step_size if whole or not backup.eligibility else step_size / backup.eligibility
    found: list[str] = []
    for write in backup.writes:
        expected = write.old + (alpha * write.eligibility) * error
        if write.new != expected and not (backup.eligibility != 1.0 and _near(write.new, expected, write.old)):
            rule = "old + (step_size * eligibility) * td_error"
            found.append(f"{write.cell!r} became {write.new!r}, expected {rule} = {expected!r}")
    return found


def _near(x: float, expected: float, old: float) -> bool:
    return abs(x - expected) <= ROUNDING * max(1.0, abs(expected), abs(old))


def _true_online(backup: Backup) -> list[str]:
    """All cells take the error of the step and what the root gained since it was looked up, to the bit."""
    step_size, own, old = backup.step_size, backup.td_error, backup.old
    if step_size is None or own is None or old is None:
        return []
    if backup.v_old is None:
        return ["a true online update does not say v_old, the root's value as the step before looked it up"]
    gained = old - backup.v_old
    found: list[str] = []
    for write in backup.writes:
        expected = write.old + (step_size * write.eligibility) * (own + gained)
        expected -= step_size * gained if _is_root(backup, write) else 0.0
        if write.new != expected:
            rule = "old + step_size * (eligibility * (td_error + d) - d)"
            rule = rule if _is_root(backup, write) else "old + step_size * eligibility * (td_error + d)"
            found.append(f"{write.cell!r} became {write.new!r}, expected {rule} = {expected!r} with d = {gained!r}")
    return found


def planning_faults(spec: BackupSpec, backup: Backup) -> list[str]:
    """An update from a learned model says what it rests on; a priority is never signed."""
    found: list[str] = []
    if spec.planning and backup.source not in ("real", "planning"):
        found.append(f"the source is {backup.source!r}, expected 'real' or 'planning'")
    if backup.source == "planning":
        found.extend(f"a planning update has no {name}" for name in spec.planning if getattr(backup, name) is None)
    if backup.priority is not None and not backup.priority >= 0.0:
        found.append(f"the priority is {backup.priority!r}, expected |td_error|, which is 0 or more")
    if backup.bonus is not None and not backup.bonus >= 0.0:
        found.append(f"the bonus is {backup.bonus!r}, expected kappa * sqrt(tau), which is 0 or more")
    if backup.cause is not None and backup.cause < 0:
        found.append(f"the cause is step {backup.cause}, expected 0 or more")
    return found
