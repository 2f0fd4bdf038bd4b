"""What lies below a state under a policy, as a tree: state --π--> action --p, r on arrival--> state, to any depth.

    v(s) = Σ π(a|s) q(s, a)          q(s, a) = Σ p(s', r | s, a) [r + γ v(s')]

The first fan shows every action, with its π; deeper fans only the actions that the policy takes, whose sum is the same. At the
leaves stand the values of the policy shown.

Reference: Sutton & Barto, 2nd edition, section 3.5, the diagrams of v_π and q_π.
"""

from mazefit.backup.one_step import action_label, state_label
from mazefit.backup.tree import Backup, Component, Edge, Node
from mazefit.envs.tables import TabularMDP
from mazefit.lab.guide import Guide


def state_look(mdp: TabularMDP, guide: Guide, state: int, depth: int, discount: float, title: str) -> Backup:
    """A look from a state at what its actions lead to, `depth` arrivals deep."""
    tree = _Tree(mdp, guide, discount)
    return _look(tree.below_state(state, depth, True), discount, title)


def action_look(mdp: TabularMDP, guide: Guide, state: int, action: int, depth: int, discount: float, title: str) -> Backup:
    """A look from a pair (s, a) at where it leads, `depth` arrivals deep."""
    tree = _Tree(mdp, guide, discount)
    return _look(tree.below_action(state, action, depth, f"{state_label(state)}, {action_label(action)}"), discount, title)


def terminal_look(state: int, discount: float, title: str) -> Backup:
    """A look from the episode's end, below which there is nothing."""
    return _look(Node("state", state_label(state), terminal=True), discount, title)


def count_nodes(root: Node, most: int) -> int:
    """The number of nodes of a tree; counting ends soon after `most`."""
    nodes = [root]
    for node in nodes:  # grows while it is read
        nodes.extend(edge.node for edge in node.edges)
        if len(nodes) > most:
            break
    return len(nodes)


def _look(root: Node, discount: float, title: str) -> Backup:
    """A Backup without a target: nothing was updated."""
    return Backup(0, title, (Component(root),), discount=discount)


class _Tree:
    def __init__(self, mdp: TabularMDP, guide: Guide, discount: float) -> None:
        self.mdp, self.guide, self.discount = mdp, guide, discount

    def below_state(self, state: int, depth: int, first: bool = False) -> Node:
        chances = self.guide.probabilities(state)
        taken = [a for a, pi in enumerate(chances) if pi > 0]
        edges = tuple(
            Edge(
                self.below_action(state, action, depth, action_label(action)),
                weight=chances[action],
                chosen=action in taken,
                tied=action in taken and len(taken) > 1,
            )
            for action in (range(len(chances)) if first else taken)
        )
        return Node("state", state_label(state), combine="expect", edges=edges)

    def below_action(self, state: int, action: int, depth: int, label: str) -> Node:
        edges = tuple(
            Edge(self.arrival(arrival, ended, depth - 1), weight=p, reward=reward, discount=self.discount)
            for p, arrival, reward, ended in self.mdp.outcomes(state, action)
        )
        return Node("action", label, combine="expect", edges=edges)

    def arrival(self, state: int, ended: bool, depth: int) -> Node:
        if ended:
            return Node("state", state_label(state), terminal=True)
        if depth == 0:
            return Node("state", state_label(state), value=float(self.guide.v[state]))
        return self.below_state(state, depth)
