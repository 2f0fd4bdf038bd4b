"""The walk itself: keys, transitions, undo, diagrams, text; no terminal anywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.agents import QLearning, ValueIteration, solve
from mazefit.backup.draw.figure import columns
from mazefit.envs.maze import Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import ConfigError, DataError, UnboundedValueError
from mazefit.lab.guide import Guide
from mazefit.lab.keys import COMMANDS
from mazefit.lab.panel import panel_rows
from mazefit.lab.session import Session
from mazefit.lab.walk import Place, Step
from tests.lab.walks import TUTORIAL, pressed, row, text

# --- transitions


def test_a1_leads_from_s4_to_s1() -> None:
    session = pressed("sdw")
    assert session.place.last == Step(state=4, action=0, reward=-1.0, next_state=1, probability=1.0, ended=False)
    shown = {name: row(session, name) for name in ("State s", "Action", "Reward", "Next", "Transition", "Steps", "Shortest")}
    assert shown == {
        "State s": "s4",
        "Action": "a1 up",
        "Reward": "−1",
        "Next": "s1",
        "Transition": "1",
        "Steps": "3",
        "Shortest": "4",
    }


@pytest.mark.parametrize("keys", [["up", "right", "down", "left"], "wdsa", "kljh", "ㅈㅇㄴㅁ", "ㅏㅣㅓㅗ"])
def test_all_four_ways_to_say_a_direction(keys: str | list[str]) -> None:
    for action, key in enumerate(keys):
        last = pressed(["s", "d", key]).place.last
        assert last is not None
        assert (last.state, last.action, last.next_state) == (4, action, (1, 5, 7, 3)[action])


def test_the_shortest_path() -> None:
    session = pressed("ddss")
    assert (session.place.gain, session.place.steps, session.place.state, session.place.ended) == (-3.0, 4, 8, True)
    assert session.message == [
        "Episode 1 is over: 4 steps, return G = −3.",
        "Optimal: 4 steps is the shortest possible.",
        "Enter or a move begins the next episode; u undoes.",
    ]
    assert row(session, "Best return") == "−3 = −(4 − 1)"
    assert row(session, "Reward") == "0"  # on arrival at the goal
    assert row(session, "π(a | s8)") == "the episode is over"


def test_a_detour_and_a_bump() -> None:
    session = pressed("w")
    assert session.place.state == 0
    assert session.message == ["A wall: you stay in s0 and receive the reward of arriving there, −1."]
    assert pressed("wddasdds").message[1] == "Not optimal: 4 more than the shortest possible, 4."


def test_discounted_return() -> None:
    session = pressed("ddss", discount=0.5)
    assert session.place.discounted == -1 - 0.5 - 0.25
    assert row(session, "Discounted") == "−1.75"
    assert row(session, "Best return") == "−1.75 = −(1−γ^3)/(1−γ)"
    assert session.message[0] == "Episode 1 is over: 4 steps, return G = −3 (γ = 0.5: −1.75)."
    assert session.message[1] == "Optimal: 4 steps is the shortest possible."
    assert row(pressed("", discount=0.0), "Best return") == "−1"
    assert not any(name.startswith("Discounted") for name, _ in panel_rows(pressed("d").scene, pressed("d").place))


def test_rewards_of_their_own_are_judged_by_the_return() -> None:
    maze = Maze.from_text("Sa.G\n....\n\na = -5")
    short = pressed("ddd", maze)
    assert short.message[1] == "Not optimal: 2 below the best possible return, −4."
    assert pressed("sdddw", maze).message[1] == "Optimal: −4 is the best possible return."
    assert row(short, "Best return") == "−4"  # the formula does not hold here
    beside = Maze.from_text("S.a.\n.##.\n...G\n\na = -5")  # two shortest paths, one of them dear
    assert pressed("dddss", beside).message[1] == "Not optimal: 4 below the best possible return, −4."
    assert pressed("ssddd", beside).message[1] == "Optimal: 5 steps is the shortest possible."


# --- undo, reset, the end of an episode


def test_undo_goes_back_over_the_goal() -> None:
    session = pressed("ddss")
    session.press("u")
    assert (session.place.state, session.place.gain, session.place.ended) == (5, -3.0, False)
    session.press("s")
    session.press("enter")
    assert session.place == Place(episode=2, start=0, state=0)
    session.press("u")
    assert (session.place.episode, session.place.ended) == (1, True)
    assert session.message[:2] == ["Back in episode 1.", "Episode 1 is over: 4 steps, return G = −3."]
    for _ in range(4):
        session.press("u")
    assert session.places == [Place(episode=1, start=0, state=0)]
    session.press("u")
    assert session.message == ["Nothing to undo: this is the very beginning."]


@pytest.mark.parametrize("key", ["enter", "escape", "up", "d", " ", "r"])
def test_at_the_goal_the_next_key_begins_an_episode(key: str) -> None:
    assert pressed([*"ddss", key]).place == Place(episode=2, start=0, state=0)


@pytest.mark.parametrize("key", ["v", "b", "B", "?", "3", "x"])
def test_at_the_goal_other_keys_stay_there(key: str) -> None:
    session = pressed([*"ddss", key])
    assert session.place.ended
    if key in "bB?":  # Enter closes what covers the maze, and only then begins an episode
        session.press("enter")
        assert session.place.ended
        assert "Episode 1 is over" in text(session)
        session.press("enter")
        assert session.place.episode == 2


def test_reset_and_quit() -> None:
    session = pressed("ddr")
    assert session.place == Place(episode=2, start=0, state=0)
    assert session.message == ["Episode 2 begins in s0."]
    session.press("d")
    session.press("q")
    assert session.closed
    assert session.answer(80, 24) == ["Episode 2 is not finished: 1 step so far, return G = −1."]
    session.press("d")
    assert session.place.steps == 1


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*COMMANDS, *"0123456789"]), st.characters(), st.text(max_size=3))))
def test_no_keys_break_it_and_undo_leads_back(keys: list[str]) -> None:
    session = Session(
        Maze.from_text("S.a\n.#.\n..G\n\na = 0.5"), mdp=Maze.from_text("S..\n.#.\n..G").mdp(random_start=True), seed=3
    )
    start = session.place
    for key in keys:
        session.press(key)
        session.frame(80, 24)
        session.answer(80, 200)
    session.closed = False
    for _ in range(len(session.places) - 1):
        session.press("u")
    assert session.places == [start]


@settings(deadline=None)
@given(st.lists(st.sampled_from(list("wasd ubBv?35q"))), st.integers(1, 120), st.integers(1, 50), st.sampled_from(["en", "ko"]))
def test_every_frame_fits_its_terminal(keys: list[str], width: int, height: int, lang: str) -> None:
    frame = pressed(keys, Maze.named("dyna"), lang=lang, discount=0.9).frame(width, height)
    assert len(frame.lines) <= height
    assert max(columns(line) for line in frame.lines) <= width
    assert all(mark.row < len(frame.lines) for mark in frame.marks)


# --- the policy


def test_space_takes_the_first_best_action_and_names_the_ties() -> None:
    session = pressed(" ")
    assert session.place.state == 1
    assert session.message == ["The policy takes a2 right, the first of its best; as good: a3 down."]
    assert pressed("dd ").message == ["The policy takes a3 down."]
    assert pressed("    ").place.ended


def test_the_policy_of_a_run() -> None:
    run = QLearning().learn(TUTORIAL, episodes=200, seed=1)
    session = pressed("", guide=Guide.of_run(run, TUTORIAL))
    assert row(session, "Policy") == "q-learning, greedy, after 200 episodes"
    session.press(" ")
    last = session.place.last
    assert last is not None
    assert last.action == run.act(0)
    planned = ValueIteration().solve(TUTORIAL)
    assert row(pressed("", guide=Guide.of_run(planned, TUTORIAL)), "Policy") == "value-iteration, greedy"


def test_a_run_of_another_maze_is_refused() -> None:
    run = QLearning().learn(Maze.named("dyna"), episodes=1, seed=1)
    with pytest.raises(DataError, match=r"run: expected a run made in this maze \(3 x 3 cells\), got one of 54 states"):
        Guide.of_run(run, TUTORIAL)
    other = QLearning().learn(TUTORIAL.mdp(goal_reward=1.0), episodes=1, seed=1)
    with pytest.raises(DataError, match="got one of another maze or with other rewards"):
        Guide.of_run(other, TUTORIAL)
    anywhere = QLearning().learn(TUTORIAL.mdp(random_start=True), episodes=1, seed=1)
    assert Guide.of_run(anywhere, TUTORIAL).name == "q-learning"


def test_values_and_arrows_in_the_maze() -> None:
    lines = text(pressed("v")).split("\n")[:8]
    assert [line[:20] for line in lines] == [
        "┌──────────────────┐",
        "│ A→↓   s1→↓  s2↓  │",
        "│ −3    −2    −1   │",
        "│ s3→↓  s4→↓  s5↓  │",
        "│ −2    −1    0    │",
        "│ s6→   s7→   G    │",
        "│ −1    0          │",
        "└──────────────────┘",
    ]
    assert pressed("vv").message == ["Values are hidden."]
    assert "−3    −2" not in text(pressed("vv"))


# --- other tables


def slippery() -> TabularMDP:
    """The tutorial maze, but every action stays where it is with probability 0.25."""
    plain = TUTORIAL.mdp()
    arrivals, rewards, ends, offsets = list[int](), list[float](), list[bool](), [0]
    for state in range(9):
        for action in range(4):
            arrivals += [int(plain.next_state[state, action]), state]
            rewards += [float(plain.reward[state, action]), -1.0 if state != 8 else 0.0]
            ends += [bool(plain.terminated[state, action]), state == 8]
            offsets.append(len(arrivals))
    chances = [0.75, 0.25] * 36
    return TabularMDP(arrivals, rewards, ends, 0, probability=chances, offsets=offsets, actions=4)


def test_random_outcomes_have_their_probability_and_are_found_again() -> None:
    session = pressed("d" * 40, mdp=slippery(), seed=5)
    seen = {p.last.probability: p.last for p in session.places if p.last}
    assert set(seen) == {0.75, 0.25}
    places = list(session.places)
    for _ in range(40):
        session.press("u")
    for _ in range(40):
        session.press("d")
    assert session.places == places
    assert pressed("d" * 40, mdp=slippery(), seed=6).places != places
    diagram = text(pressed("B", mdp=slippery()))
    assert "p=0.75" in diagram
    assert "p=0.25" in diagram


def test_random_starts_are_drawn_by_the_seed() -> None:
    mdp = TUTORIAL.mdp(random_start=True)
    starts = [p.start for p in pressed("r" * 60, mdp=mdp).places]
    assert set(starts) == set(range(8))
    assert starts == [p.start for p in pressed("r" * 60, mdp=mdp).places]
    assert starts != [p.start for p in pressed("r" * 60, mdp=mdp, seed=1).places]


def test_where_no_goal_can_be_reached() -> None:
    maze = Maze.from_text("S.#\n.##\n#.G", allow_unsolvable=True)
    session = pressed("d ", maze)
    assert row(session, "Shortest") == "no goal can be reached"
    assert row(session, "Best return") == "−∞"
    assert "−∞" in text(pressed("v", maze))
    assert pressed("q", maze).message == ["Episode 1 is not finished: 0 steps so far, return G = 0."]


def test_where_values_grow_for_ever() -> None:
    maze = Maze.from_text("Sa.\n..G\n\na = 5")
    with pytest.raises(UnboundedValueError):
        Session(maze)
    run = QLearning(discount=0.5).learn(maze, episodes=5, seed=0)
    session = pressed("dds", maze, guide=Guide.of_run(run, maze))
    assert session.message[0] == "Episode 1 is over: 3 steps, return G = 4."
    assert not any(name.startswith("Best") for name, _ in panel_rows(session.scene, session.place))


# --- large mazes, bad arguments


def test_a_large_maze_shows_a_window_around_the_agent() -> None:
    maze = Maze.generate(40, 40, "dfs", 1)
    lines = text(pressed("    ", maze)).split("\n")
    assert lines[0].startswith("┌─")
    session = pressed(" " * 250, maze)
    lines = text(session).split("\n")
    assert lines[0].startswith("┌┄")
    assert any("┄" in line for line in lines)
    assert any("┊" in line for line in lines)
    mark = next(mark for mark in session.frame(80, 24).marks if mark.kind == "agent")
    assert lines[mark.row][mark.column : mark.column + mark.width].strip() == "A"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"discount": 1.5}, "discount: expected a number with 0 <= discount <= 1, got 1.5"),
        ({"seed": -1}, "seed: expected an integer of at least 0, got -1"),
        ({"lang": "fr"}, "lang: unknown 'fr'"),
        ({"mdp": Maze.named("dyna").mdp()}, r"mdp: expected states and actions \[9, 4\], got \[54, 4\]"),
    ],
)
def test_bad_arguments(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        pressed("", **options)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("x", "The key x does nothing here; ? shows all keys."),
        ("W", "The key W does nothing here; did you mean w? (? shows all keys)"),
        ("\x07", r"The key '\x07' does nothing here; ? shows all keys."),
        ("모", "모 is a Korean syllable; switch the keyboard to English letters."),
    ],
)
def test_unknown_keys_are_answered_in_one_line(key: str, answer: str) -> None:
    session = pressed([key])
    assert session.answer(80, 24) == [answer]
    assert session.place.steps == 0


@pytest.mark.parametrize("page", ["b", "B", "?"])
@pytest.mark.parametrize("key", ["x", "W", "모", "3"])
def test_any_key_closes_a_page_and_says_no_more(page: str, key: str) -> None:
    session = pressed([page, key])
    assert not any("Any key" in line for line in session.frame(80, 24).lines)
    assert session.message == (["Depth 3: now press b or B."] if key == "3" else [])
    ended = pressed([*"ddss", page, key])
    assert ended.place.ended
    assert key == "3" or ended.message[0].startswith("Episode 1 is over")
    assert key == "3" or len(ended.answer(80, 24)) > 5  # printed lines show the maze again


def test_the_rewards_of_letters_are_listed() -> None:
    maze = Maze.from_text("Sb.a\n...G\n\na = -5\nb = 0.5")
    assert row(pressed("", maze, discount=0.9), "Rewards of letters") == "a = −5, b = 0.5"
    assert row(pressed("", maze, discount=0.9, lang="ko"), "글자 칸의 보상") == "a = −5, b = 0.5"
    assert not any(name == "Rewards of letters" for name, _ in panel_rows(pressed("").scene, pressed("").place))


def test_the_exact_guide_is_the_solution() -> None:
    solution = solve(TUTORIAL)
    guide = Guide.exact(solution)
    for state in range(8):
        assert guide.best(state) == np.flatnonzero(solution.optimal_actions[state]).tolist()
        assert sum(guide.probabilities(state)) == pytest.approx(1.0)
