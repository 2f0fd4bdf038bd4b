"""The loss surface and its tables: what a move brings, that returns telescope, and which ways are best below discount 1."""

import copy
import pickle

import numpy as np
import pytest

from mazefit.agents import certify, solve
from mazefit.agents.policies import maximisers
from mazefit.envs import Landscape
from mazefit.errors import ConfigError
from mazefit.tasks import least_squares, line

# b = 2 at the top, w = 0 to the left; states 0 1 2 / 3 4 5 / 6 7 8; least loss at state 4
HILL = [[9.0, 5.0, 8.0], [6.0, 1.0, 3.0], [7.0, 4.0, 10.0]]
W, B = [0.0, 1.0, 2.0], [2.0, 1.0, 0.0]


def hill(**more: int) -> Landscape:
    return Landscape(HILL, W, B, **more)


# -- by hand ------------------------------------------------------------------------------------------------------------------


def test_states_parameters_start_and_goal():
    surface = hill()
    assert (surface.start, surface.goals, surface.states) == (8, (4,), 9)  # the largest loss, the least, and how many
    assert [surface.parameters(state) for state in (0, 2, 4, 6)] == [(0.0, 2.0), (2.0, 2.0), (1.0, 1.0), (0.0, 0.0)]
    assert [surface.loss(state) for state in range(9)] == [loss for row in HILL for loss in row]
    assert surface.position(5) == (1, 2)
    assert [surface.nearest(*at) for at in ((0.4, 1.6), (0.6, 1.4), (-9.0, -9.0), (9.0, 9.0))] == [0, 4, 6, 2]


def test_tables_by_hand():
    """Up is a larger b, right a larger w; a bump stays and brings nothing; the goal absorbs."""
    mdp = hill().mdp()
    assert mdp.next_state.tolist() == [
        [0, 1, 3, 0], [1, 2, 4, 0], [2, 2, 5, 1],
        [0, 4, 6, 3], [4, 4, 4, 4], [2, 5, 8, 4],
        [3, 7, 6, 6], [4, 8, 7, 6], [5, 8, 8, 7],
    ]  # fmt: skip
    assert mdp.reward.tolist() == [
        [0, 4, 3, 0], [0, -3, 4, -4], [0, 0, 5, 3],
        [-3, 5, -1, 0], [0, 0, 0, 0], [-5, 0, -7, 2],
        [1, 3, 0, 0], [3, -6, 0, -3], [7, 0, 0, 6],
    ]  # fmt: skip
    assert np.argwhere(mdp.terminated & ~mdp.absorbing[:, None]).tolist() == [[1, 2], [3, 1], [5, 3], [7, 0]]
    assert mdp.absorbing.tolist() == [state == 4 for state in range(9)]
    assert mdp.start == 8


def test_random_starts_are_every_state_but_the_goals():
    weights = hill().mdp(random_start=True).start_distribution()
    assert weights.tolist() == [0.0 if state == 4 else 1 / 8 for state in range(9)]


def test_the_exact_answer_by_hand():
    """γ = 0.9 from s8: up, left brings 7 + 0.9 · 2 = 8.8; left, up brings 6 + 0.9 · 3 = 8.7."""
    exact = solve(hill().mdp(), 0.9)
    assert exact.v[[5, 7, 8]].tolist() == pytest.approx([2.0, 3.0, 8.8])
    assert exact.q[8].tolist() == pytest.approx([8.8, 0.9 * 8.8, 0.9 * 8.8, 8.7])
    assert exact.optimal_actions[8].tolist() == [True, False, False, False]


def test_every_node_of_least_loss_is_a_goal():
    surface = Landscape([[1.0, 2.0], [3.0, 1.0]], [0.0, 1.0], [1.0, 0.0])
    assert surface.goals == (0, 3)
    assert surface.mdp().absorbing.tolist() == [True, False, False, True]
    assert surface.mdp().next_state[[0, 3]].tolist() == [[0] * 4, [3] * 4]


def test_another_start():
    surface = hill()
    assert surface.begun_at(0).start == 0
    assert surface.begun_at(0).mdp().start == 0
    assert hill(start=6).start == 6
    assert surface.begun_at(8) == surface == hill()
    assert surface.begun_at(0) != surface
    assert len({surface, hill(), surface.begun_at(0)}) == 2


# -- the ten points -----------------------------------------------------------------------------------------------------------


def test_losses_of_the_ten_points_are_mean_squared_errors():
    surface, task = Landscape.of(), line()
    said = surface.w[:, None] * task.x[:, 0] + surface.b[:, None, None]  # [R, C, 10]
    losses = ((said - task.y[:, 0]) ** 2).mean(axis=-1)
    assert np.abs(surface.losses - losses).max() < 1e-12
    assert surface.parameters(surface.goals[0]) == (0.7, 3.0)
    assert surface.loss(surface.goals[0]) == pytest.approx(0.145)
    assert surface.losses.min() > least_squares(task.x, task.y).loss
    assert surface.parameters(surface.start) == (-0.3, -2.0)
    assert "21 x 21 nodes, start 420, least loss 0.145 at (0.7, 3)" in repr(surface)


@pytest.mark.parametrize("seed", range(20))
def test_returns_telescope_to_the_last_bit(seed: int):
    """The undiscounted return of any walk is exactly the loss at its start less the loss at its end."""
    surface = Landscape.of(w=(-1.7, 2.9, 17), b=(-5.1, 13.3, 13))
    mdp, draw = surface.mdp(), np.random.default_rng(seed)
    state = first = int(draw.choice(np.flatnonzero(~mdp.absorbing)))
    gain = 0.0
    for action in draw.integers(4, size=400).tolist():
        gain += float(mdp.reward[state, action])
        state = int(mdp.next_state[state, action])
        assert gain == surface.loss(first) - surface.loss(state)
    assert gain > 0 or state != surface.goals[0]


def test_at_discount_1_every_action_of_every_state_ties():
    surface = Landscape.of()
    exact, free = solve(surface.mdp(), 1.0), ~surface.mdp().absorbing
    assert exact.optimal_actions[free].all()
    removed = surface.losses.reshape(-1) - surface.loss(surface.goals[0])
    assert (exact.q[free] == removed[free, None]).all()  # exactly: sums of such losses are never rounded


def test_losses_as_they_come_would_not_tie():
    """Why losses are held to 48 binary digits: as they come, their sums are rounded, and returns differ by the way taken."""
    surface, task = Landscape.of(), line()
    raw = ((surface.w[:, None] * task.x[:, 0] + surface.b[:, None, None] - task.y[:, 0]) ** 2).mean(axis=-1).reshape(-1)
    mdp, draw = surface.mdp(), np.random.default_rng(0)
    state, gain, kept = surface.start, 0.0, set[float]()
    for action in draw.integers(4, size=2000).tolist():
        arrival = int(mdp.next_state[state, action])
        gain += raw[state] - raw[arrival]
        state = arrival
        if state == surface.start:
            kept.add(gain)
    assert kept - {0.0}


def test_below_discount_1_the_best_way_is_one_way_and_not_the_one_of_fewest_moves():
    """At γ = 0.9 most states have one best action; the way from the start takes 22 moves, where 20 would do."""
    surface = Landscape.of()
    exact, mdp = solve(surface.mdp(), 0.9), surface.mdp()
    free = ~mdp.absorbing
    assert exact.optimal_actions[free].sum(axis=1).max() <= 2
    assert (exact.optimal_actions[free].sum(axis=1) == 1).mean() > 0.98
    certificate = certify(surface, exact.q, 0.9)
    assert (certificate.greedy_length, certificate.optimal) == (22, True)
    assert sum(abs(a - b) for a, b in zip((20, 0), surface.position(surface.goals[0]), strict=True)) == 20


def test_the_value_is_the_loss_here_less_the_discounted_mean_of_losses_to_come():
    """v* = L_0 - (1 - γ) Σ γ^k L_(k+1) along a best way, its last loss held for ever: what the docstring says."""
    surface = Landscape.of()
    mdp, exact = surface.mdp(), solve(surface.mdp(), 0.9)
    for start in (0, 20, 200, 420, 440):
        state, losses = start, list[float]()
        while not mdp.absorbing[state]:
            state = int(mdp.next_state[state, exact.q[state].argmax()])
            losses.append(surface.loss(state))
        ways = 0.9 ** np.arange(len(losses)) * losses * 0.1
        value = surface.loss(start) - float(ways.sum()) - 0.9 ** len(losses) * losses[-1]
        assert exact.v[start] == pytest.approx(value, rel=1e-12)


def test_the_best_policy_arrives_from_everywhere_also_where_no_neighbour_is_lower():
    surface = Landscape.of()
    mdp, loss = surface.mdp(), surface.losses.reshape(-1)
    lows = (loss[mdp.next_state] >= loss[:, None]).all(axis=1) & ~mdp.absorbing
    assert lows.sum() == 3
    greedy = maximisers(solve(mdp, 0.9).q)
    arrives = mdp.absorbing.copy()
    for _ in range(mdp.states):
        arrives |= (arrives[mdp.next_state] | ~greedy).all(axis=1)
    assert arrives.all()


# -- any model and data -------------------------------------------------------------------------------------------------------

X = np.linspace(0.0, 2.0, 7)


def wave(x: np.ndarray, w: float, b: float) -> np.ndarray:
    return np.sin(w * x + b)


@pytest.mark.parametrize("shape", [(7,), (7, 1)])
@pytest.mark.parametrize(
    ("loss", "measure"),
    [
        ("mse", lambda said, y: np.mean((said - y) ** 2)),
        ("l1", lambda said, y: np.mean(np.abs(said - y))),
        (lambda said, y: np.max(np.abs(said - y)), lambda said, y: np.max(np.abs(said - y))),
    ],
)
def test_any_model_data_and_loss(shape: tuple[int, ...], loss: object, measure):
    x = X.reshape(shape)
    surface = Landscape.of(wave, x, np.sin(2.0 * x + 0.5), w=(1.0, 3.0, 5), b=(0.0, 1.0, 5), loss=loss)
    assert surface.parameters(surface.goals[0]) == (2.0, 0.5)
    assert surface.loss(surface.goals[0]) == 0.0
    for state in (0, 7, 24):
        w, b = surface.parameters(state)
        expected = measure(wave(x, w, b), np.sin(2.0 * x + 0.5))
        assert surface.loss(state) == pytest.approx(float(expected), abs=1e-13)


def test_losses_may_be_negative_tiny_or_huge():
    for scale in (1e-300, 1e-8, 1.0, 1e300):
        surface = Landscape(np.array(HILL) / 10.0 * scale - 0.5 * scale, W, B)
        assert surface.goals == (4,)
        mdp = surface.mdp()
        assert np.isfinite(mdp.reward).all()
        assert solve(mdp, 1.0).optimal_actions.all()
        assert np.abs(surface.losses - (np.array(HILL) / 10.0 - 0.5) * scale).max() <= 4e-15 * scale


def test_nodes_are_tidy_where_they_can_be():
    assert Landscape.of().w.tolist() == [round(-0.3 + 0.1 * k, 1) for k in range(21)]
    assert Landscape.of(w=(0.0, 1e-12, 3)).w.tolist() == [0.0, 5e-13, 1e-12]
    far = Landscape.of(lambda x, w, b: x * 0 + b, X, X, w=(1e9, 1e9 + 1e-6, 2), b=(0.0, 1.0, 2))
    assert far.w[0] < far.w[1]


# -- copies -------------------------------------------------------------------------------------------------------------------


def test_it_does_not_change_and_copies_are_equal():
    surface = hill()
    for array in (surface.losses, surface.w, surface.b):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0.0
    given = np.array(HILL)
    made = Landscape(given, W, B)
    given[:] = 0.0
    assert made == surface
    for twin in (copy.deepcopy(surface), pickle.loads(pickle.dumps(surface))):
        assert twin == surface
        assert twin.mdp().digest == surface.mdp().digest
        with pytest.raises(ValueError, match="read-only"):
            twin.losses[:] = 0.0


# -- what is refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Landscape([1.0, 2.0], W, B), r"losses: expected shape \[R, C\], both at least 2, got \[2\]"),
        (lambda: Landscape([[1.0], [2.0]], [0.0], [1.0, 0.0]), r"losses: expected shape .* got \[2, 1\]"),
        (lambda: Landscape(HILL, W[:2], B), r"w: expected 3 rising numbers, got \[0.0, 1.0\]"),
        (lambda: Landscape(HILL, [0.0, 2.0, 2.0], B), r"w: expected 3 rising numbers, got \[0.0, 2.0, 2.0\]"),
        (lambda: Landscape(HILL, W, W), r"b: expected 3 falling numbers, got \[0.0, 1.0, 2.0\]"),
        (lambda: Landscape(HILL, [0.0, float("nan"), 2.0], B), "w: expected 3 rising numbers"),
        (lambda: Landscape("high", W, B), "expected losses"),
        (lambda: Landscape([[1.0, float("inf")], [2.0, 3.0]], [0.0, 1.0], [1.0, 0.0]), "got inf at w = 1, b = 1"),
        (lambda: Landscape([[1.0, 2.0], [float("nan"), 3.0]], [0.0, 1.0], [1.0, 0.0]), "got nan at w = 0, b = 0"),
        (lambda: Landscape([[2.0, 2.0], [2.0, 2.0]], [0.0, 1.0], [1.0, 0.0]), "expected some larger than others, got 2 every"),
        (lambda: hill(start=4), "start: expected a state other than a goal, got 4"),
        (lambda: hill(start=9), "start: expected an integer from 0 to 8, got 9"),
        (lambda: hill().begun_at(1.5), "start: expected an integer from 0 to 8, got 1.5"),
        (lambda: Landscape.of(w=(0.0, 1.0)), r"w: expected \(smallest, largest, nodes\), .* got \(0.0, 1.0\)"),
        (lambda: Landscape.of(w="wide"), "w: expected .* got 'wide'"),
        (lambda: Landscape.of(b=(1.0, 0.0, 5)), "b: expected .* the smallest below the largest"),
        (lambda: Landscape.of(b=(0.0, 1.0, 1)), "nodes of b: expected an integer of at least 2, got 1"),
        (lambda: Landscape.of(b=(0.0, float("inf"), 3)), "largest b: expected a number"),
        (lambda: Landscape.of(x=X), "x and y: expected both or neither, got x alone"),
        (lambda: Landscape.of(y=X), "x and y: expected both or neither, got y alone"),
        (lambda: Landscape.of(x=X, y=X[:3]), r"as many inputs as outputs .* got \[7\] and \[3\]"),
        (lambda: Landscape.of(x=X[:, None], y=X), r"of the line of one shape\), got \[7, 1\] and \[7\]"),
        (lambda: Landscape.of(x=[], y=[]), "as many inputs as outputs"),
        (lambda: Landscape.of(x=["a"], y=[1.0]), "x and y: expected arrays of numbers"),
        (lambda: Landscape.of(x=[1.0, float("nan")], y=[1.0, 2.0]), "x and y: expected finite numbers"),
        (lambda: Landscape.of("line"), r"model: expected a function of \(x, w, b\) or None, got str"),
        (lambda: Landscape.of(lambda x, w, b: x[0] * w, X, X), r"model: expected predictions .* \[7\], got \[\]"),
        (lambda: Landscape.of(lambda x, w, b: "seven", X, X), "model: expected predictions, an array of numbers, got str"),
        (lambda: Landscape.of(lambda x, w, b: np.log(w) * x + b, X, X), "losses: expected finite numbers, got nan"),
        (lambda: Landscape.of(loss="msee"), r"loss: unknown 'msee'; did you mean 'mse'\?"),
        (lambda: Landscape.of(loss=lambda said, y: said - y), r"loss: expected a number, got ndarray of shape \[10, 1\]"),
        (lambda: Landscape.of(w=(-1e200, 1e200, 3)), "losses: expected finite numbers, got inf at w = -1e.200"),
    ],
)
def test_what_is_no_surface_is_refused_in_a_sentence(make, sentence: str):
    with pytest.raises(ConfigError, match=sentence) as refused:
        make()
    assert str(refused.value).startswith("Landscape: ")
    assert "\n" not in str(refused.value)
