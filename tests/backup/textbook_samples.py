"""A right update of every rule of the textbook, and ways to spoil it in one place while its numbers still fit."""

from collections.abc import Callable
from dataclasses import replace

from mazefit.backup.tree import Backup, Component, Edge, Node, Write
from tests.backup.backup_samples import GAMMA, arrival, update

PI = (0.2, 0.5, 0.3)
ALPHA = 0.25


def ratio_of(step: int) -> float:
    return 1.5 + 0.25 * step


def leaves(step: int, taken: Node | None = None, **more) -> tuple[Edge, ...]:
    """Three actions with their probabilities; of the second one what lies below it, where it was taken."""
    values = (-2.0 - step, -1.0 - 0.5 * step, -3.0)
    nodes = [Node("action", f"a{i + 1}", value) for i, value in enumerate(values)]
    edges = [Edge(node, weight=weight) for node, weight in zip(nodes, PI, strict=True)]
    edges[1] = replace(edges[1], node=taken or nodes[1], chosen=taken is not None, **more)
    return tuple(edges)


def best(step: int) -> tuple[Edge, ...]:
    return tuple(replace(edge, weight=None, chosen=i == 1) for i, edge in enumerate(leaves(step)))


def state(step: int, *edges: Edge, combine="sample", **more) -> Node:
    return Node("state", f"s{step}", combine=combine, edges=edges, **more)


def terminal(step: int) -> Node:
    return Node("state", f"s{step}", terminal=True)


def way(steps: int, end: Node, ratios: bool = False) -> Node:
    """A state and the steps that lead from it to `end`."""
    node = end
    for i in reversed(range(steps)):
        taken = Node("action", f"a{i + 1}", edges=(arrival(node, -1.0 - i),))
        node = state(i, Edge(taken, chosen=True, ratio=ratio_of(i) if ratios else None))
    return node


def from_pair(node: Node) -> Node:
    """The pair (s9, a4), from which one arrives at `node`."""
    return Node("action", "s9, a4", edges=(arrival(node, -0.5),))


def sampled_pair(step: int, ratio: float | None = None) -> Node:
    """A state whose action was sampled, and its value."""
    return state(step, Edge(Node("action", "a2", -1.5 - step), chosen=True, ratio=ratio))


def fans(steps: int, sigma: float | None = None) -> Node:
    """The states of a tree backup, or of Q(sigma): beside what was taken stand leaves."""
    node: Node | None = None
    for i in reversed(range(steps)):
        taken = None if node is None else Node("action", "a2", edges=(arrival(node, -1.0 - i),))
        if sigma is None:
            node = state(i, *leaves(i, taken), combine="expect")
            continue
        extra = {"ratio": ratio_of(i), "control": -1.0 - 0.5 * i if taken else None}
        edges = leaves(i, taken or Node("action", "a2", -1.0 - 0.5 * i), **extra)
        node = state(i, *edges, combine="sigma", sigma=sigma)
    assert node is not None
    return node


def outcomes(leaf: Callable[[int], Node]) -> tuple[Edge, ...]:
    return tuple(arrival(leaf(i), -1.0 - i, weight, chosen=False) for i, weight in enumerate((0.25, 0.5, 0.25)))


def expected(root: str, value: Callable[[int], Node]) -> Node:
    if root == "state":
        pairs = [Node("action", f"a{i + 1}", combine="expect", edges=outcomes(value)) for i in range(3)]
        return state(9, *(Edge(pair, weight=weight) for pair, weight in zip(pairs, PI, strict=True)), combine="expect")
    return Node("action", "s9, a4", combine="expect", edges=outcomes(value))


def value_iteration() -> Node:
    below = [outcomes(lambda i, a=a: Node("state", f"s{i}", -2.0 - a - i)) for a in range(3)]
    pairs = [Node("action", f"a{a + 1}", combine="expect", edges=edges) for a, edges in enumerate(below)]
    return state(9, *(Edge(pair, chosen=a == 0) for a, pair in enumerate(pairs)), combine="max")


def double() -> Node:
    edges = tuple(replace(edge, selector=float(i == 2), chosen=i == 2) for i, edge in enumerate(best(1)))
    return from_pair(state(1, *edges, combine="max"))


def compound(columns: list[Node], name: str, decay: float = 0.5) -> Backup:
    """The lambda-return of these columns."""
    parts, share = [], 1.0
    for i, node in enumerate(columns):
        last = i == len(columns) - 1
        parts.append(Component(node, share if last else (1.0 - decay) * share))
        share *= decay
    return refit(Backup(7, name, tuple(parts), old=-1.0, step_size=ALPHA, discount=GAMMA))


def value_columns(end: Node) -> list[Node]:
    return [*(way(n, Node("state", f"s{n}", -2.0 - n)) for n in (1, 2)), way(3, end)]


def pair_columns(end: Node, leaf: Callable[[int], Node] = sampled_pair) -> list[Node]:
    return [from_pair(way(n, leaf(n))) for n in (0, 1)] + [from_pair(way(2, end))]


def traced(root: Node, name: str, own: str) -> Backup:
    """One TD error, and what it wrote."""
    backup = update(root, name, step_size=ALPHA)
    shares = ((own, 1.0, -2.0), ("s7, a1", 0.5, -3.0), ("s8, a2", 0.25, 4.0))
    error = backup.td_error
    writes = tuple(Write(cell, e, old, old + (ALPHA * e) * error) for cell, e, old in shares)
    return replace(backup, writes=writes)


def true_online(root: Node, name: str, own: str, old_value: float = -2.5) -> Backup:
    """The same where the root gained 0.5 since it was looked up."""
    backup = traced(root, name, own)
    gained = backup.old - old_value
    writes = []
    for write in backup.writes:
        new = write.old + (ALPHA * write.eligibility) * (backup.td_error + gained)
        writes.append(replace(write, new=new - ALPHA * gained if write.cell == own else new))
    return replace(backup, writes=tuple(writes), new=writes[0].new, v_old=old_value)


def refit(backup: Backup) -> Backup:
    """The same tree with the numbers that follow from it."""
    target = backup.evaluate()
    step_size, old = backup.step_size, backup.old
    new = target if step_size is None else old + step_size * (target - old)
    return replace(backup, target=target, td_error=target - old, new=new)


def plain(name: str, root: Node, **more) -> Backup:
    return update(root, name, **{"step_size": ALPHA, **more})


def q_learning(name: str, **more) -> Backup:
    return plain(name, from_pair(state(1, *best(1), combine="max")), **more)


_PAIR = from_pair(sampled_pair(1))
_TD = way(1, Node("state", "s1", -2.0))
_GREEDY = from_pair(state(1, *best(1), combine="max"))
_PLANNED = {"source": "planning", "cause": 17}

RIGHT: dict[str, list[Backup]] = {
    "v_pi": [plain("v_pi", expected("state", lambda i: Node("state", f"s{i}", -2.0 - i)), step_size=None)],
    "q_pi": [plain("q_pi", expected("pair", lambda i: state(i, *leaves(i), combine="expect")), step_size=None)],
    "Value iteration": [plain("Value iteration", value_iteration(), step_size=None)],
    "q_*": [plain("q_*", expected("pair", lambda i: state(i, *best(i), combine="max")), step_size=None)],
    "R-max": [plain("R-max", expected("pair", lambda i: state(i, *best(i), combine="max")), step_size=None)],
    "TD(0)": [plain("TD(0)", _TD), plain("TD(0)", way(1, terminal(1)))],
    "Batch TD(0)": [plain("Batch TD(0)", _TD)],
    "Sarsa": [plain("Sarsa", _PAIR), plain("Sarsa", from_pair(terminal(1)))],
    "Expected Sarsa": [plain("Expected Sarsa", from_pair(state(1, *leaves(1), combine="expect")))],
    "Q-learning": [q_learning("Q-learning")],
    "Double Q-learning": [plain("Double Q-learning", double()), plain("Double Q-learning", double(), table=1)],
    "n-step TD": [plain("n-step TD", way(3, Node("state", "s3", -2.0))), plain("n-step TD", way(2, terminal(2)))],
    "n-step Sarsa": [plain("n-step Sarsa", from_pair(way(2, sampled_pair(3))))],
    "n-step Expected Sarsa": [plain("n-step Expected Sarsa", from_pair(way(2, state(3, *leaves(3), combine="expect"))))],
    "Off-policy n-step Sarsa": [
        plain("Off-policy n-step Sarsa", from_pair(way(2, sampled_pair(2, 2.5), ratios=True))),
        plain("Off-policy n-step Sarsa", from_pair(way(2, terminal(2), ratios=True))),
        plain("Off-policy n-step Sarsa", from_pair(way(2, sampled_pair(2, 0.0), ratios=True)), step_size=0.0),
    ],
    "Tree backup": [plain("Tree backup", from_pair(fans(n))) for n in (1, 3)],
    "Q(sigma)": [plain("Q(sigma)", from_pair(fans(n, sigma))) for n in (1, 3) for sigma in (0.0, 0.5, 1.0)],
    "Monte Carlo": [plain("Monte Carlo", way(n, terminal(n))) for n in (1, 4)],
    "Batch Monte Carlo": [plain("Batch Monte Carlo", way(3, terminal(3)))],
    "Monte Carlo control": [plain("Monte Carlo control", from_pair(way(n, terminal(n)))) for n in (0, 3)],
    "Off-policy Monte Carlo": [plain("Off-policy Monte Carlo", way(3, terminal(3), ratios=True))],
    "Off-policy Monte Carlo control": [
        plain("Off-policy Monte Carlo control", from_pair(way(2, terminal(2), ratios=True))),
        plain("Off-policy Monte Carlo control", from_pair(terminal(1))),
    ],
    "Dyna-Q": [q_learning("Dyna-Q"), q_learning("Dyna-Q", **_PLANNED)],
    "Dyna-Q+": [q_learning("Dyna-Q+"), q_learning("Dyna-Q+", source="planning", bonus=0.01)],
    "Prioritized sweeping": [q_learning("Prioritized sweeping", **_PLANNED, priority=0.75)],
    "Off-line lambda-return": [compound(value_columns(terminal(3)), "Off-line lambda-return")],
    "TD(lambda)": [traced(_TD, "TD(lambda)", "s0"), compound(value_columns(terminal(3)), "TD(lambda)")],
    "Sarsa(lambda)": [traced(_PAIR, "Sarsa(lambda)", "s9, a4"), compound(pair_columns(terminal(2)), "Sarsa(lambda)")],
    "Watkins Q(lambda)": [
        traced(_GREEDY, "Watkins Q(lambda)", "s9, a4"),
        compound(
            pair_columns(state(2, *best(2), combine="max"), lambda n: state(n, *best(n), combine="max")), "Watkins Q(lambda)"
        ),
    ],
    "True online TD(lambda)": [
        true_online(_TD, "True online TD(lambda)", "s0"),
        compound(value_columns(Node("state", "s3", -2.0)), "True online TD(lambda)"),
    ],
    "True online Sarsa(lambda)": [
        true_online(_PAIR, "True online Sarsa(lambda)", "s9, a4"),
        compound(pair_columns(sampled_pair(2)), "True online Sarsa(lambda)"),
    ],
}


def edited(root: Node, change: Callable[[Node], Node | None]) -> Node | None:
    """The tree with the first node (from the top) changed for which `change` gives another; None where none does."""
    new = change(root)
    if new is not None:
        return new
    for i, edge in enumerate(root.edges):
        below = edited(edge.node, change)
        if below is not None:
            return replace(root, edges=(*root.edges[:i], replace(edge, node=below), *root.edges[i + 1 :]))
    return None


def edge_edited(root: Node, fits: Callable[[Edge], bool], **change) -> Node | None:
    """The tree with the first fitting edge changed."""

    def at(node: Node) -> Node | None:
        for i, edge in enumerate(node.edges):
            if fits(edge):
                return replace(node, edges=(*node.edges[:i], replace(edge, **change), *node.edges[i + 1 :]))
        return None

    return edited(root, at)
