"""The conformance kit: it passes what is right, and finds each of many environments that are wrong in one way."""

import gymnasium
import pytest

from mazefit.envs import Maze, MazeEnv, check_maze_env
from mazefit.envs.checks import ConformanceError
from mazefit.errors import ConfigError, MazefitError, UnsupportedEnvError
from tests.envs import faulty_mazes as faulty
from tests.envs.faulty_mazes import ROOM, Own


def broken(env: gymnasium.Env) -> tuple[str, ...]:
    with pytest.raises(ConformanceError) as caught:
        check_maze_env(env)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, MazefitError)
    return caught.value.failures


# -- what is right -----------------------------------------------------------------------------------------------------------


def test_ones_own_environment_passes():
    report = check_maze_env(Own())
    assert (len(report.rules), report.compared, report.of, report.notes) == (11, 28, 28, ())
    assert str(report) == "11 rules hold; 28 of 28 transitions compared with the tables"


@pytest.mark.parametrize("observation", ["state", "coordinates", "grid"])
@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("start", ["fixed", "random"])
def test_the_maze_environment_passes(observation: str, wrap: bool, start: str):
    env = gymnasium.make("mazefit/Maze-v0", rows=4, columns=3, observation=observation, action_mask=True, start=start)
    report = check_maze_env(env if wrap else env.unwrapped)
    assert report.compared == report.of == 4 * (2 * 12 - 1 - 1)


def test_it_passes_with_letters_a_time_limit_and_in_one_row():
    assert check_maze_env(MazeEnv("Sa.\n..G\n\na = -5")).compared == 20
    assert check_maze_env(MazeEnv("SG")).compared == 4
    assert check_maze_env(gymnasium.make("mazefit/Maze-v0", maze=ROOM, max_episode_steps=3)).compared == 28


def test_large_tables_are_sampled_and_it_is_said():
    report = check_maze_env(MazeEnv(rows=12, columns=12), seed=4, transitions=100)
    assert (report.compared, report.of) == (100, 4 * (2 * 144 - 2))
    assert report.notes == ("100 of 1,144 transitions were drawn, with seed 4",)


def test_the_environment_itself_is_left_alone():
    env = MazeEnv(ROOM)
    env.reset()
    env.step(1)
    check_maze_env(gymnasium.make("mazefit/Maze-v0", maze=ROOM))
    broken(env)  # it was reset, so that a step is accepted at once
    assert env.state == 1
    assert env.step(1)[0] == 2


# -- what is wrong -----------------------------------------------------------------------------------------------------------

TABLES = "every step does what the tables say"
WRONG = [
    (faulty.WrongReward, TABLES, r"step\(2\) in state 2 was rewarded -2; the tables give -1 on arrival"),
    (faulty.RewardOnDeparture, TABLES, r"was rewarded -1; the tables give 0 on arrival in 8"),
    (faulty.LateEnd, TABLES, "did not end the episode on arrival in state 8; the tables say otherwise"),
    (faulty.OpenWall, TABLES, r"step\(2\) in state 1 arrived in state 4; the tables say 1"),
    (faulty.ElsewhereStart, TABLES, "began in state 3, where the tables say none begins"),
    (faulty.IgnoredOption, TABLES, r"reset\(options=\{'state': 6\}\) did not begin in state 6"),
    (faulty.SharedMask, "what was handed out stays as it was", "was changed by later steps"),
    (faulty.SharedMask, "Gymnasium's own checker finds nothing", "share an object"),
    (faulty.SharedInfo, "what was handed out stays as it was", "was changed by later steps"),
    (faulty.WrongMask, "a mask forbids what would change nothing", r"in state 0 the mask is \[1, 1, 1, 1\], .* \[0, 1, 1, 0\]"),
    (faulty.Unseeded, "the same seed gives the same episodes", "seed 0 gave other episodes"),
    (faulty.Remembers, "the same seed gives the same episodes", "the same environment, used before"),
    (faulty.StepAfterEnd, "no step after the episode's end", "a step after the episode's end was accepted"),
    (faulty.StepBeforeReset, "no step before the first reset", "a step before the first reset was accepted"),
    (faulty.DiesBeforeReset, "no step before the first reset", "died of AttributeError"),
    (faulty.StepAfterClose, "nothing after close", "a step after close was accepted"),
    (faulty.ResetAfterClose, "nothing after close", "reset after close was accepted"),
    (faulty.CloseOnce, "nothing after close", "RuntimeError was raised: closed twice"),
    (faulty.Uncopied, "the same seed gives the same episodes", "raised TypeError: a window cannot be copied"),
    (faulty.ForgetfulPickle, "copies made in the middle of an episode go on alike", "ResetNeeded was raised"),
    (faulty.SharedState, "copies made in the middle of an episode go on alike", "a deep copy made in the middle of an episode"),
    (faulty.TakesAnything, "what is no action is refused", r"step\(4\) was accepted, where the actions are 0 to 3"),
    (faulty.MovesThenRefuses, "what is no action is refused", "refused actions changed the environment"),
    (faulty.OutsideItsSpace, "Gymnasium's own checker finds nothing", "not within the observation space"),
    (faulty.FiveActions, "the spaces fit the tables", "the tables have 4 actions, the action space has 5"),
    (faulty.TenStates, "the spaces fit the tables", "the tables have 9 states, the observation space has 10"),
    (faulty.NoTables, "the spaces fit the tables", "got NoTables without either"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rule", "sentence"), WRONG, ids=lambda part: getattr(part, "__name__", ""))
def test_each_fault_is_found(kind: type[Own], rule: str, sentence: str):
    failures = [failure for failure in broken(kind()) if failure.startswith(rule)]
    assert len(failures) == 1
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(failures[0])


@pytest.mark.parametrize(
    "kind",
    [
        faulty.WrongReward,
        faulty.RewardOnDeparture,
        faulty.LateEnd,
        faulty.OpenWall,
        faulty.WrongMask,
        faulty.StepAfterEnd,
        faulty.StepBeforeReset,
    ],
)
def test_one_fault_is_one_sentence(kind: type[Own]):
    assert len(broken(kind())) == (2 if kind is faulty.LateEnd else 1)


def test_faults_are_found_without_the_option():
    """Where one cannot begin anywhere, walks from the start find what they meet, and the report says how it was looked."""

    report = check_maze_env(faulty.NoOption())
    assert (report.compared, report.of) == (0, 0)
    assert report.notes == ("reset(options={'state': s}) is not understood, so transitions were compared along episodes alone",)
    assert "was rewarded -2" in broken(faulty.NoOptionAndWrongReward())[0]


def test_gymnasiums_own_maze():
    """FrozenLake follows its tables and its seeds, but may be stepped after its end and after close."""
    failures = broken(gymnasium.make("FrozenLake-v1"))
    assert [failure.split(":")[0] for failure in failures] == [
        "no step after the episode's end",
        "nothing after close",
        "what is no action is refused and changes nothing",
    ]


def test_an_environment_that_is_none():
    with pytest.raises(UnsupportedEnvError, match=r"expected a gymnasium\.Env, got Maze"):
        check_maze_env(Maze.named("dyna"))
    with pytest.raises(ConfigError, match=r"seed: .*; transitions: "):
        check_maze_env(Own(), seed=-1, transitions=0)
