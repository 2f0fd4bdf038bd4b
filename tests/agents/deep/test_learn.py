"""A run as a whole: same seed, same bytes; resumed anywhere; callbacks, mistakes, environments of every kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from mazefit.agents import Exponential, LearningInterrupted, Linear, certify, solve
from mazefit.agents.deep import DQN, Convolutional, DeepRun, Dense, is_there, load_run, value_table
from mazefit.agents.deep.loop import rate_at
from mazefit.backup.trace import TraceOptions
from mazefit.envs import Maze
from mazefit.envs.maze_vector_env import MazeVectorEnv
from mazefit.errors import ConfigError, DataError, TrainingError, UnsupportedEnvError
from mazefit.training import Adam
from tests.agents.deep.small import MAZE, Corridor, agent, digest


def maze_env(**arguments: Any) -> Any:
    return gymnasium.make("mazefit/Maze-v0", maze=MAZE, max_episode_steps=30, **arguments)


def poles(mode: AutoresetMode) -> Any:
    return SyncVectorEnv([lambda: gymnasium.make("CartPole-v1")] * 3, autoreset_mode=mode)


MAZES = [Maze.generate(2, 3, "wilson", seed=seed) for seed in range(4)]
ENVS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "maze": (lambda: MAZE, {}),
    "random starts": (lambda: maze_env(start="random"), {}),
    "coordinates": (lambda: maze_env(observation="coordinates"), {"double": True}),
    "grid": (lambda: maze_env(observation="grid"), {"network": Convolutional((4,), (8,)), "n_step": 2}),
    "cartpole": (lambda: gymnasium.make("CartPole-v1"), {"dueling": True}),
    "next step": (lambda: poles(AutoresetMode.NEXT_STEP), {"n_step": 3}),
    "same step": (lambda: poles(AutoresetMode.SAME_STEP), {"n_step": 3, "backend": "torch"}),
    "mazes": (
        lambda: gymnasium.make_vec("mazefit/Maze-v0", num_envs=4, vectorization_mode="sync", maze=MAZE),
        {"double": True},
    ),
    "one table": (lambda: MazeVectorEnv(4, MAZE, start="random", max_episode_steps=20), {"n_step": 3}),
    "many mazes": (
        lambda: MazeVectorEnv(4, MAZES, observation="grid", autoreset_mode=AutoresetMode.SAME_STEP, max_episode_steps=9),
        {"network": Convolutional((4,), (8,)), "n_step": 2},
    ),
    "tensors": (lambda: MazeVectorEnv(4, MAZE, backend="torch", device="cpu"), {"backend": "torch"}),
}


@pytest.mark.parametrize("name", ENVS)
def test_resumed_in_the_middle_of_an_episode_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    make, changed = ENVS[name]
    learner = agent(**changed)
    whole = learner.learn(make(), 240, seed=5, trace=True)
    part = learner.learn(make(), 130, seed=5, trace=True)
    assert part.counts.any()  # inside an episode
    part.save(tmp_path / "part")
    loaded = DeepRun.load(tmp_path / "part")
    assert digest(loaded, tmp_path / "again") == digest(part, tmp_path / "part")
    resumed = learner.learn(make(), 240, resume=loaded)
    assert digest(resumed, tmp_path / "resumed") == digest(whole, tmp_path / "whole")
    assert digest(learner.learn(make(), 240, resume=part), tmp_path / "live") == digest(whole, tmp_path / "whole")
    assert part.steps == -(-130 // len(part.counts)) * len(part.counts)  # and stays as it was
    assert digest(learner.learn(make(), 240, seed=6, trace=True), tmp_path / "other") != digest(whole, tmp_path / "whole")


def test_each_episode_of_a_run_is_counted() -> None:
    run = agent(policy=DQN().policy).learn(Corridor(), 600, seed=0)
    assert run.episodes == len(run.returns) == len(run.lengths) == len(run.ends)
    assert (run.returns == 1.0 - (run.lengths - 1)).all()
    assert (np.diff(run.ends) == run.lengths[1:]).all()
    assert run.ends[-1] + run.counts[0] == 600
    assert run.steps == run.ticks == 600
    assert run.updates == (600 - 40) // 2


def test_what_a_corridor_is_worth() -> None:
    run = agent(optimizer=Adam(0.01), target_every=20).learn(Corridor(), 3000, seed=0)
    exact = np.array([[-1.09, 0.0], [-0.1, 0.0], [1.0, 0.0]])  # -1 + 0.9 · (-1 + 0.9), -1 + 0.9, 1
    for state in range(3):
        exact[state, 1] = -1 + 0.9 * exact[state, 0]
    np.testing.assert_allclose(run.q[:3], exact, atol=0.05)
    assert [run.act(state) for state in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("changed", [{}, {"double": True, "dueling": True, "n_step": 2}, {"backend": "torch"}])
def test_learns_the_shortest_path_of_a_small_maze(changed: dict[str, Any]) -> None:
    learner = agent(optimizer=Adam(0.005), buffer_size=2000, batch_size=32, **changed)
    run = learner.learn(maze_env(start="random"), 2500, seed=1)
    found = certify(MAZE, value_table(run, MAZE), 0.9)
    assert found.greedy_length == found.shortest_length
    assert found.error_visited < 0.5


@pytest.mark.parametrize("kind", ["coordinates", "grid"])
def test_tables_of_other_observations_are_the_maze_s(kind: str) -> None:
    run = agent(network=Dense((16,))).learn(maze_env(observation=kind), 60, seed=0)
    env = maze_env(observation=kind)
    table = value_table(run, MAZE)
    observation, _ = env.reset(options={"state": MAZE.start})
    np.testing.assert_allclose(table[MAZE.start], run.values(np.asarray(observation)[None])[0], rtol=1e-5, atol=1e-6)
    assert not table[solve(MAZE, 0.9).unreachable | MAZE.mdp().absorbing].any()
    with pytest.raises(ConfigError, match="value_table: run: expected observations"):
        value_table(run, Maze.generate(4, 4))


def test_a_checkpoint_while_it_goes_on_is_a_run_to_go_on_with(tmp_path: Path) -> None:
    folder, learner = tmp_path / "run", agent()
    assert not is_there(folder)

    def stop(event: Any) -> bool:
        if event.kind == "step":
            assert is_there(folder)
            raise RuntimeError("a callback of somebody's")
        return False

    stop.every = 130
    with pytest.raises(RuntimeError) as caught:
        learner.learn(MAZE, 300, seed=2, checkpoint=folder, every=60, callbacks=[stop])
    assert caught.value.run.steps == 130  # pyright: ignore
    assert DeepRun.load(folder).steps == 120
    whole = digest(learner.learn(MAZE, 300, seed=2), tmp_path / "whole")
    for run in (DeepRun.load(folder), caught.value.run):  # pyright: ignore
        assert digest(learner.learn(MAZE, 300, resume=run), tmp_path / "again") == whole


def test_callbacks_are_told_when_they_are_due_and_may_stop() -> None:
    told: list[tuple[str, int]] = []

    class Look:
        every = 25

        def __call__(self, event: Any) -> bool:
            told.append((event.kind, event.steps))
            assert event.total == 200
            assert event.run.copy().steps == event.steps
            return event.steps >= 75

        def close(self) -> None:
            told.append(("close", 0))

    run = agent().learn(MAZE, 200, seed=0, callbacks=Look())
    assert told == [("start", 0), ("step", 25), ("step", 50), ("step", 75), ("end", 75), ("close", 0)]
    assert run.steps == 75


def test_ctrl_c_hands_the_run_back(tmp_path: Path) -> None:
    import signal

    def press(event: Any) -> None:
        if event.kind == "step" and event.steps == 90:
            signal.raise_signal(signal.SIGINT)

    press.every = 30
    learner = agent()
    with pytest.raises(LearningInterrupted) as caught:
        learner.learn(MAZE, 200, seed=0, callbacks=[press], checkpoint=tmp_path / "run")
    assert caught.value.run.steps == 90
    assert DeepRun.load(tmp_path / "run").steps == 90
    again = learner.learn(MAZE, 200, resume=caught.value.run)  # pyright: ignore
    assert digest(again, tmp_path / "a") == digest(learner.learn(MAZE, 200, seed=0), tmp_path / "b")


def test_exploration_follows_its_schedule() -> None:
    found = [rate_at(Linear(1.0, 0.2, steps=100), steps, 9) for steps in (0, 50, 100, 500)]
    assert found == pytest.approx([1.0, 0.6, 0.2, 0.2])
    assert rate_at(Linear(1.0, 0.0, episodes=10), 999, 5) == 0.5
    assert rate_at(Exponential(1.0, 0.5, end=0.1), 999, 2) == 0.25
    assert rate_at(Exponential(1.0, 0.5, end=0.1, per="step"), 9, 2) == 0.1
    assert rate_at(0.3, 7, 7) == 0.3


def test_the_course_has_an_entry_every_thousand_steps() -> None:
    course = agent().learn(Corridor(), 2500, seed=0).course
    assert course["steps"].tolist() == [1000, 2000]
    assert course["updates"].tolist() == [480, 980]
    assert np.isfinite(course["error"]).all()


class Forgetful(Corridor):
    """Begins where it likes, whatever the seed."""

    begun = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        Forgetful.begun += 1
        self.at = Forgetful.begun % 2
        return self.at, {}


class Lying(Corridor):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        return 7, {}


def network_of(answer: int) -> Callable[[Any, int], Any]:
    return lambda space, outputs: Dense((4,))(space, answer)


BAD: list[tuple[str, Callable[[], object]]] = [
    (r"n_step: expected an integer from 1 to 255, got 0; discount: expected", lambda: DQN(n_step=0, discount=2.0)),
    (r"network: expected a function of \(observation_space, outputs\) or None, got 'mlp'", lambda: DQN(network="mlp")),  # pyright: ignore
    (r"optimizer: expected sgd, rmsprop, adam with its numbers", lambda: DQN(optimizer="adam")),
    (r"policy: expected EpsilonGreedy or Greedy, got 0.1", lambda: DQN(policy=0.1)),  # pyright: ignore
    (r"loss: unknown 'hubber'; did you mean 'huber'", lambda: DQN(loss="hubber")),
    (r"hidden: expected an integer of at least 1, got 0", lambda: Dense((0,))),
    (r"channels: expected one convolution at least", lambda: Convolutional(())),
    (r"steps: expected an integer of at least 0, got -1", lambda: agent().learn(MAZE, -1)),
    (r"every: expected None without a checkpoint folder, got 5", lambda: agent().learn(MAZE, 5, every=5)),
    (r"trace: expected True, False or TraceOptions", lambda: agent().learn(MAZE, 5, trace=3)),  # pyright: ignore
    (r"callbacks: expected functions that take an Event", lambda: agent().learn(MAZE, 5, callbacks=[3])),  # pyright: ignore
    (r"resume: expected a DeepRun, got 'out'", lambda: agent().learn(MAZE, 5, resume="out")),  # pyright: ignore
    (r"buffer_size: expected 8 rows at least", lambda: agent(buffer_size=7).learn(MAZE, 5)),
    (r"network: expected answers \[2, 4\], got \[2, 3\]", lambda: agent(network=network_of(3)).learn(MAZE, 5)),
    (r"network: expected observations \[channels, rows, columns\]", lambda: agent(network=Convolutional()).learn(MAZE, 5)),
    (
        r"got 'compiled'",
        lambda: agent(backend="compiled", network=Convolutional((2,), ())).learn(maze_env(observation="grid"), 5),
    ),
    (r"observations: expected some of Discrete", lambda: agent().learn(MAZE, 5).values([99])),
]


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in BAD])
def test_bad_arguments_get_one_sentence(sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        dict(BAD)[sentence]()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sentence", "env"),
    [
        (r"env: expected discrete actions, got action space Box", lambda: gymnasium.make("Pendulum-v1")),
        (r"env: expected a Maze, a gymnasium.Env or a VectorEnv, got str", lambda: "maze"),
        (r"a TabularMDP has no observations", lambda: MAZE.mdp()),
        (r"env: expected observations of Discrete, .* got Tuple", lambda: gymnasium.make("Blackjack-v1")),
        (r"env: expected observations of Discrete\(4\), got others \(numbers from 0 to 3, got 7\)", Lying),
        (r"resets by itself", lambda: poles(AutoresetMode.DISABLED)),
    ],
)
def test_environments_that_cannot_be_learned_on(sentence: str, env: Callable[[], Any]) -> None:
    with pytest.raises(UnsupportedEnvError, match=sentence):
        agent().learn(env(), 50)


def test_a_resumed_run_is_asked_what_it_was_asked_before() -> None:
    run = agent().learn(MAZE, 50, seed=3)
    with pytest.raises(ConfigError, match=r"algorithm: expected DQN.*env: expected.*seed: expected none.*the run's 3.*steps"):
        agent(double=True).learn(Corridor(), 20, seed=4, resume=run)
    with pytest.raises(ConfigError, match="trace: expected as in the run, which has none"):
        agent().learn(MAZE, 80, trace=True, resume=run)


def test_an_environment_that_seeds_do_not_determine_cannot_be_taken_up() -> None:
    learner = agent(policy=DQN().policy)
    run = learner.learn(Forgetful(), 50, seed=0)
    Forgetful.begun = 0 if run.place is None else int(run.place["resets"])
    with pytest.raises(ConfigError, match="expected one that seed and actions bring back to where the run was left"):
        learner.learn(Forgetful(), 80, resume=run)


def test_numbers_that_are_not_finite_end_the_run(tmp_path: Path) -> None:
    from mazefit.training import SGD

    learner = agent(optimizer=SGD(1e30), clip_norm=None, loss="mse", train_every=1)
    with np.errstate(all="ignore"), pytest.raises(TrainingError, match=r"expected finite"):
        learner.learn(MAZE, 1500, seed=0, checkpoint=tmp_path)


def test_what_is_foreign_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected the manifest of a saved deep-run"):
        DeepRun.load(tmp_path)
    agent().learn(MAZE, 60, seed=0).save(tmp_path)
    file = next(tmp_path.glob("run-*"))
    file.write_bytes(file.read_bytes().replace(b"60", b"61"))
    with pytest.raises(DataError, match="SHA-256"):
        DeepRun.load(tmp_path)


def test_functions_are_given_again(tmp_path: Path) -> None:
    import torch

    def own(space: Any, outputs: int) -> Any:
        return Dense((6,))(space, outputs)

    learner = agent(network=own, optimizer=torch.optim.AdamW)
    run = learner.learn(MAZE, 80, seed=0)
    run.save(tmp_path)
    assert run.choice.backend == "torch"
    with pytest.raises(ConfigError, match="optimizer: expected the function AdamW again"):
        DeepRun.load(tmp_path)
    with pytest.raises(ConfigError, match="learner: expected the agent of"):
        load_run(tmp_path, agent())
    again = learner.learn(MAZE, 160, resume=load_run(tmp_path, learner))
    assert digest(again, tmp_path / "a") == digest(learner.learn(MAZE, 160, seed=0), tmp_path / "b")


def test_a_ring_keeps_the_newest_minibatches(tmp_path: Path) -> None:
    learner = agent()
    whole, ring = (learner.learn(MAZE, 200, seed=0, trace=kept) for kept in (True, TraceOptions(ring=50)))
    assert whole.trace is not None
    assert ring.trace is not None
    assert (len(whole.trace), len(ring.trace), ring.trace.first) == (640, 48, 592)
    assert ring.trace[-1] == whole.trace[-1]
    ring.save(tmp_path)
    loaded = DeepRun.load(tmp_path).trace
    assert loaded is not None
    assert loaded[0] == ring.trace[0]
    assert "not bit-portable" in loaded.header["note"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_learns_the_shortest_path_of_ten_by_ten_cells(seed: int) -> None:
    from mazefit.lab.deep.config import DeepConfig

    maze = Maze.generate(10, 10, "wilson", seed)
    env = gymnasium.make("mazefit/Maze-v0", maze=maze, start="random", max_episode_steps=180)
    found = certify(maze, value_table(DeepConfig().agent.learn(env, 60_000, seed=seed), maze), 0.99)
    print(f"maze {seed}: {found}")
    assert found.greedy_length == found.shortest_length
    assert found.error_visited < 1.0
