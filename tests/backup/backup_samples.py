"""Backups to test with: small trees as the learners would trace them."""

from dataclasses import replace

from mazefit.backup.tree import Backup, Component, Edge, Node, Write, evaluate

GAMMA = 0.9


def update(root: Node, algorithm: str, old: float = -2.0, step_size: float | None = 0.5, **more) -> Backup:
    """The backup of a correct update over `root`."""
    target = evaluate(root)
    new = target if step_size is None else old + step_size * (target - old)
    numbers = {"target": target, "td_error": target - old, "old": old, "new": new, "step_size": step_size}
    return Backup(12, algorithm, (Component(root),), **{**numbers, "discount": GAMMA, **more})


def fan(label: str, values: list[float], truncated: bool = False) -> Node:
    """A state below which the largest action value counts."""
    best = max(values)
    ties = values.count(best) > 1
    edges = [Edge(Node("action", f"a{i + 1}", v), chosen=v == best, tied=ties and v == best) for i, v in enumerate(values)]
    return Node("state", label, combine="max", edges=tuple(edges), truncated=truncated)


def arrival(node: Node, reward: float = -1.0, weight: float | None = None, chosen: bool = True) -> Edge:
    return Edge(node, weight=weight, reward=reward, discount=GAMMA, chosen=chosen)


def q_learning(values: list[float] | None = None, reward: float = -1.0, truncated: bool = False, **more) -> Backup:
    below = fan("s1", [-3.0, -2.71, -4.0, -3.5] if values is None else values, truncated)
    root = Node("action", more.pop("root", "s4, a1"), edges=(arrival(below, reward, 1.0),))
    return update(root, "Q-learning", episode=3, step=7, **more)


def q_learning_at_the_end() -> Backup:
    root = Node("action", "s7, a2", edges=(arrival(Node("state", "s8", terminal=True), 0.0, 1.0),))
    return update(root, "Q-learning", episode=3, step=9)


def outcome(label: str, value: float, reward: float = -1.0, weight: float = 1.0, terminal: bool = False) -> Edge:
    node = Node("state", label, None if terminal else value, terminal=terminal)
    return arrival(node, reward, weight, chosen=False)


def value_iteration(outcomes: list[list[Edge]], label: str = "s0") -> Backup:
    actions = [Node("action", f"a{i + 1}", combine="expect", edges=tuple(edges)) for i, edges in enumerate(outcomes)]
    values = [evaluate(action) for action in actions]
    best = max(values)
    ties = values.count(best) > 1
    edges = [Edge(a, chosen=v == best, tied=ties and v == best) for a, v in zip(actions, values, strict=True)]
    return update(Node("state", label, combine="max", edges=tuple(edges)), "Value iteration", step_size=None, source="sweep")


def bump() -> Backup:
    """State 0 of a maze: two actions bump, one goes on, one arrives at the goal."""
    end = outcome("s3", 0.0, 0.0, terminal=True)
    return value_iteration([[outcome("s0", -3.0)], [outcome("s1", -2.0)], [end], [outcome("s0", -3.0)]])


def slippery(actions: int = 4, outcomes: int = 3) -> Backup:
    return value_iteration(
        [
            [outcome(f"s{10 * a + j}", -2.0 - 0.371 * a - 0.7137 * j, weight=1 / outcomes) for j in range(outcomes)]
            for a in range(actions)
        ]
    )


def expected_sarsa() -> Backup:
    weights = (0.025, 0.925, 0.025, 0.025)
    edges = tuple(Edge(Node("action", f"a{i + 1}", -1.0 - i), weight=w) for i, w in enumerate(weights))
    below = Node("state", "s1", combine="expect", edges=edges)
    return update(Node("action", "s4, a1", edges=(arrival(below),)), "Expected Sarsa")


def path(steps: int, terminal: bool, tree: bool = False) -> Node:
    """A state and what was experienced from it on; with `tree` the actions not taken stand beside it."""
    node = Node("state", f"s{steps}", None if terminal else -2.5, terminal=terminal)
    for i in reversed(range(steps)):
        taken = Node("action", f"a{i % 4 + 1}", edges=(arrival(node, -1.0 - i),))
        edges = (Edge(taken, chosen=True),)
        if tree:
            edges = tuple(
                Edge(taken if j == i % 4 else Node("action", f"a{j + 1}", -1.5 - j), weight=0.25, chosen=j == i % 4)
                for j in range(4)
            )
        node = Node("state", f"s{i}", combine="expect" if tree else "sample", edges=edges)
    return node


def n_step_td(steps: int = 3) -> Backup:
    return update(path(steps, terminal=False), "n-step TD")


def monte_carlo(steps: int = 3) -> Backup:
    return update(path(steps, terminal=True), "Monte Carlo")


def tree_backup(steps: int = 3) -> Backup:
    below = path(steps, terminal=True, tree=True)
    return update(Node("action", "s9, a1", edges=(arrival(below),)), "Tree backup")


def double_q(selectors: list[float], values: list[float]) -> Backup:
    best = max(selectors)
    edges = tuple(
        Edge(Node("action", f"a{i + 1}", v), chosen=s == best, selector=s)
        for i, (s, v) in enumerate(zip(selectors, values, strict=True))
    )
    below = Node("state", "s1", combine="max", edges=edges)
    return update(Node("action", "s4, a1", edges=(arrival(below),)), "Double Q-learning")


def td_lambda(length: int = 3, trace_decay: float = 0.5) -> Backup:
    columns = []
    share = 1.0 - trace_decay
    for n in range(1, length):
        columns.append(Component(path(n, terminal=False), share))
        share *= trace_decay
    columns.append(Component(path(length, terminal=True), share / (1.0 - trace_decay)))
    target = Backup(0, "", tuple(columns)).evaluate()
    new = -1.0 + 0.1 * (target + 1.0)
    return Backup(
        7,
        "TD(lambda)",
        tuple(columns),
        target=target,
        td_error=target + 1.0,
        old=-1.0,
        new=new,
        step_size=0.1,
        discount=GAMMA,
    )


def traced_error(cells: int = 3, trace_decay: float = 0.9, **more) -> Backup:
    """One TD error of Sarsa(lambda) and what it wrote: its own cell first, then those before it."""
    taken = Node("action", "a2", value=-2.5)
    below = Node("state", "s1", edges=(Edge(taken, chosen=True),))
    backup = update(Node("action", "s4, a1", edges=(arrival(below),)), "Sarsa(lambda)")
    assert backup.td_error is not None
    writes, share = [], 1.0
    for i in range(cells):
        old = -2.0 - i
        cell = "s4, a1" if i == 0 else f"s{i + 10}, a{i % 4 + 1}"
        writes.append(Write(cell, share, old, old + (0.5 * share) * backup.td_error))
        share *= GAMMA * trace_decay
    return replace(backup, writes=tuple(writes), episode=2, step=5, **more)
