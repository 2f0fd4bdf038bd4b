"""Targets of a deep value agent: pure functions of a minibatch, on NumPy arrays and torch tensors alike.

    one step   y = R + γ · leaf,                      leaf = 0 where the transition ended the episode
    n steps    y = R₁ + γ (R₂ + γ (… (R_m + γ · leaf)))     with the m <= n rewards that there are
    leaf       max_a Q⁻(S', a),  or  Q⁻(S', argmax_a Q(S', a)) where another network chooses (Double)

Q⁻ is the target network. A transition that was cut by a time limit has not ended the episode: it is bootstrapped from. Sums are
nested from the last reward to the first, as the tree of the backup is evaluated: in float64 both are equal to the bit.

Reference: Mnih et al. (2015), Human-level control through deep reinforcement learning; van Hasselt, Guez & Silver (2016), Deep
reinforcement learning with double Q-learning; Sutton & Barto, 2nd edition, sections 6.5, 6.7 and 7.1.
"""

from typing import Any

Numbers = Any
"""A NumPy array or a torch tensor; all arguments of a call are of the same kind."""


def winners(selecting: Numbers) -> Numbers:
    """argmax_a of each row [B, A] -> [B]; of equally large ones the first."""
    return selecting.argmax(-1)


def leaf_values(valuing: Numbers, chosen: Numbers, rows: Numbers) -> Numbers:
    """What the chosen actions are worth: valuing[b, chosen[b]], [B, A] and [B] -> [B]; `rows` counts 0, 1, … B - 1."""
    return valuing[rows, chosen]


def one_step_target(reward: Numbers, discount: float, leaf: Numbers, live: Numbers) -> Numbers:
    """R + γ · leaf, and R alone where the transition ended the episode.

    Args:
        reward: received on arrival, [B].
        discount: γ.
        leaf: the value of the arrival, [B].
        live: 0 where the transition ended the episode, 1 elsewhere (truncated ones included), [B].
    """
    return reward + discount * (leaf * live)


def n_step_target(rewards: Numbers, inside: Numbers, discount: float, leaf: Numbers, live: Numbers) -> Numbers:
    """The n-step return, nested from its last reward: what is left of it where the episode is over before.

    Args:
        rewards: [n, B], of each row as many as there are, from the first on.
        inside: [n, B], 1 where there is such a reward, 0 after the row's last one.
        discount: γ.
        leaf: the value of the last arrival, [B].
        live: 0 where the row's last transition ended the episode, 1 elsewhere, [B].
    """
    value = leaf * live
    for reward, there in zip(_backward(rewards), _backward(inside), strict=True):
        value = there * (reward + discount * value) + (1 - there) * value
    return value


def dueling_values(outputs: Numbers) -> Numbers:
    """Q = V + (A - mean_a A), out of a network's outputs [B, 1 + A]: the first is V, the others are advantages.

    Reference: Wang et al. (2016), Dueling network architectures for deep reinforcement learning, equation 9.
    """
    advantages = outputs[:, 1:]
    return outputs[:, :1] + (advantages - advantages.mean(-1)[:, None])


def huber_slope(error: Numbers, width: float = 1.0) -> Numbers:
    """The slope of the Huber loss by the prediction: its error (prediction - target), cut at ± width."""
    return error.clip(-width, width)


def _backward(parts: Numbers) -> list[Numbers]:
    return [parts[k] for k in range(len(parts) - 1, -1, -1)]
