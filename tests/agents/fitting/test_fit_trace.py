"""The trace of a fit: replayed to the bit, checked, read at every level, found again, saved, plain and compiled."""

import numpy as np
import pytest

from mazefit.agents.fitting import Adam, GradientDescent, Momentum, RMSprop
from mazefit.agents.fitting.parameter_rule import back_up_all, replay_rows
from mazefit.backup import Trace, TraceOptions
from mazefit.errors import ConfigError, DataError
from mazefit.kernel import numba_available

AGENTS = {agent.name: agent for agent in (GradientDescent(0.05), Momentum(0.05), RMSprop(0.02), Adam(0.02))}


@pytest.mark.parametrize("name", AGENTS)
def test_replay_is_the_fit_to_the_bit(name: str):
    run = AGENTS[name].learn("sine", seed=0, steps=100, trace=True)
    assert len(run.trace) == 700
    assert run.trace.replay().v.tobytes() == run.parameters.tobytes()
    assert run.trace.replay().q is None
    for step in (0, 1, 50, 99):
        assert run.trace.tables_at(7 * step)["w"].tobytes() == run.path[step].tobytes()
    assert run.trace.rows.row_bytes == 12


@pytest.mark.parametrize("name", AGENTS)
def test_every_update_keeps_its_rule_and_is_the_path(name: str):
    run = AGENTS[name].learn("sine", seed=1, steps=40, trace=True)
    spec = run.trace.rule.spec
    for number, backup in enumerate(run.trace):
        step, cell = divmod(number, 7)
        spec.check(backup)
        assert (backup.step, backup.root.label) == (
            step,
            ("W1[0,0]", "W1[1,0]", "b1[0]", "b1[1]", "W2[0,0]", "W2[0,1]", "b2[0]")[cell],
        )
        assert (backup.old, backup.new) == (run.path[step, cell], run.path[step + 1, cell])
        assert backup.step_size == AGENTS[name].step_size


def test_the_target_is_a_whole_step_away():
    run = GradientDescent(0.05).learn("line", seed=1, steps=3, trace=True)
    gradient = run.trace.rows.column("gradient").reshape(3, 2)
    for number, backup in enumerate(run.trace):
        assert backup.target == backup.old - gradient[divmod(number, 2)]
        assert backup.td_error == pytest.approx(-gradient[divmod(number, 2)], rel=1e-12)


@pytest.mark.parametrize("name", AGENTS)
def test_every_level_reads_the_same(name: str):
    plain, one, two = (
        AGENTS[name].learn("line", seed=0, steps=20, trace=TraceOptions(level=level)).trace for level in (0, 1, 2)
    )
    assert list(plain) == list(one) == list(two)
    assert plain.nbytes["details"] == 0 < one.nbytes["details"]
    assert plain[-1].draw("text") == one[-1].draw("text")


def test_a_ring_still_rebuilds_the_end():
    run = Adam(0.02).learn("sine", seed=0, steps=200, trace=TraceOptions(ring=70))
    assert (len(run.trace), run.trace.first) == (70, 1330)
    assert run.trace.replay().v.tobytes() == run.parameters.tobytes()
    assert run.trace[0].step == 190
    whole = Adam(0.02).learn("sine", seed=0, steps=200, trace=True).trace
    assert run.trace[5] == whole[1335]


def test_the_history_of_one_parameter():
    run = Momentum(0.02).learn("line", seed=0, steps=25, trace=True)
    history = run.trace.history(1)
    assert len(history) == 25
    assert {backup.root.label for backup in history} == {"b"}
    assert [backup.new for backup in history] == run.path[1:, 1].tolist()
    with pytest.raises(ConfigError, match="state: expected an integer from 0 to 1"):
        run.trace.history(2)


def test_where_two_fits_part():
    one = Adam(0.02).learn("line", seed=0, steps=10, trace=True)
    other = Adam(0.02).learn("line", seed=0, steps=12, trace=True)
    assert one.trace.diff(one) is None
    assert one.trace.diff(other).index == 20
    third = Adam(0.02, beta1=0.8).learn("line", seed=0, steps=10, trace=True)
    assert one.trace.diff(third).index == 2  # the first step is the gradient's sign, whatever the constants


@pytest.mark.parametrize("name", AGENTS)
def test_saved_and_read_back(name: str, tmp_path):
    run = AGENTS[name].learn("sine", seed=2, steps=30, trace=TraceOptions(level=1))
    run.trace.save(tmp_path / "trace")
    again = Trace.load(tmp_path / "trace")
    assert again.replay().v.tobytes() == run.parameters.tobytes()
    assert list(again) == list(run.trace)
    assert again.header["labels"] == {"states": "W1[0,0], W1[1,0], b1[0], b1[1], W2[0,0], W2[0,1], b2[0]"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda trace: trace.settings.update(names=["w"]), "table w: expected a flat float64 array of 1"),
        (lambda trace: trace.settings.update(names=[1, 2]), "names: expected the parameters' names"),
        (lambda trace: trace.settings.update(beta1=2.0), "beta1: expected a number from 0 to 1"),
        (lambda trace: trace.settings.update(step_size="x"), "step_size: expected a number of 0 or more"),
        (lambda trace: trace.rows.blocks(0, 1)[0]["state"].fill(9), "rows: expected parameters 0 to 1, got 9"),
        (lambda trace: trace.base.update(mean=np.zeros(3)), "table mean: expected a flat float64 array of 2"),
    ],
)
def test_what_does_not_fit_is_refused_when_read(change, sentence: str, tmp_path):
    run = Adam().learn("line", seed=0, steps=5, trace=True)
    change(run.trace)
    run.trace.save(tmp_path / "trace")
    with pytest.raises(DataError, match=sentence):
        Trace.load(tmp_path / "trace")


@pytest.mark.skipif(not numba_available(), reason="needs numba")
@pytest.mark.parametrize("name", AGENTS)
def test_plain_and_compiled_are_the_same_bytes(name: str):
    agent = AGENTS[name]
    draw = np.random.default_rng(0)
    gradients = draw.normal(size=(30, 5)) * 10.0 ** draw.integers(-8, 8, size=(30, 5))
    gradients[3] = 0.0
    found = []
    for compiled in (False, True):
        memory = agent.memory(**{f: np.full(5, 1.0 if f in agent.ones else 0.0) for f in agent.memory._fields})
        how, update = agent.how(**{f: getattr(agent, f) for f in agent.how._fields}), np.empty(5)
        kernel, moved = back_up_all.using(learn=agent.learned_by), []
        for gradient in gradients:
            before = memory.w.copy()
            kernel.run(compiled, memory, gradient, update, how)
            moved.append(update.copy())
            assert (before + update).tobytes() == memory.w.tobytes()  # what the environment will add, to the bit
        found.append((*[table.tobytes() for table in memory], np.array(moved).tobytes()))
    assert found[0] == found[1]


@pytest.mark.skipif(not numba_available(), reason="needs numba")
def test_a_long_fit_is_compiled_and_the_same():
    """From 20,000 updates of a parameter on: the same bytes as the plain one, and replayed by either."""
    long = Adam(0.02).learn("sine", seed=0, steps=None, trace=True)
    assert long.steps * 7 < 20_000
    from mazefit.envs import FitEnv

    env = FitEnv("sine", budget=3000, target_loss=0.0)
    run = Adam(0.02).learn(env, seed=0, trace=True)
    short = Adam(0.02).learn(FitEnv("sine", budget=1000, target_loss=0.0), seed=0)
    assert run.path[:1001].tobytes() == short.path.tobytes()
    assert run.trace.replay().v.tobytes() == run.parameters.tobytes()
    plain = {name: table.copy() for name, table in run.trace.base.items()}
    agent, block = Adam(0.02), run.trace.rows.blocks(0, len(run.trace.rows))[0]
    from mazefit.agents.fitting.parameter_rule import NO_NOTES

    how = agent.how(**{f: getattr(agent, f) for f in agent.how._fields})
    replay_rows.using(learn=agent.learned_by).run(
        False, agent.memory(**plain), block["state"], block["gradient"], how, NO_NOTES
    )
    assert plain["w"].tobytes() == run.parameters.tobytes()


def test_no_trace_unless_asked_for():
    assert Adam().learn("line", seed=0, steps=3).trace is None
