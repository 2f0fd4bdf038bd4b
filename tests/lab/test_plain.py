"""The plain face as people meet it: through a pipe, and through a real terminal of the system (a pty)."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from mazefit.agents import QLearning
from mazefit.envs.maze import Maze
from mazefit.errors import ConfigError, DataError, MazeFormatError, UnboundedValueError
from mazefit.lab.plain import open_session
from mazefit.lab.play_config import PlayConfig

PROGRAM = "import sys; from mazefit.cli import main; sys.exit(main(['play', *sys.argv[1:]]))"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "MAZEFIT_LANG", "COLUMNS")}


def command(**settings: Any) -> list[str]:
    given = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    return [sys.executable, "-W", "error", "-c", PROGRAM, *given]


def piped(keys: bytes, env: dict[str, str] | None = None, **settings: Any) -> tuple[int, str]:
    """Exit code and output of a walk with these keys on its standard input."""
    done = subprocess.run(
        command(**settings), input=keys, capture_output=True, timeout=60, check=False, env={**ENVIRONMENT, **(env or {})}
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


class Terminal:
    """A pty of 80 x 24 with a walk in it."""

    def __init__(self, env: dict[str, str] | None = None, size: tuple[int, int] = (24, 80), **settings: Any) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(*size)
        self.before = termios.tcgetattr(self.slave)
        self.output = ""
        self.program = subprocess.Popen(
            command(**settings),
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**ENVIRONMENT, "TERM": "xterm-256color", **(env or {})},
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.program.kill()
        self.program.wait()
        os.close(self.master)
        os.close(self.slave)

    def resize(self, rows: int, columns: int) -> None:
        termios.tcsetwinsize(self.slave, (rows, columns))

    def send(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_for(self, words: str, seconds: float = 20) -> str:
        """The last screen, as soon as it holds this pattern."""
        until = time.monotonic() + seconds
        while not re.search(words, self.screen()):
            left = until - time.monotonic()
            assert left > 0, f"{words!r} did not come; the screen is\n{self.screen()}"
            if select.select([self.master], [], [], min(left, 0.2))[0]:
                self.output += os.read(self.master, 65536).decode()
        return self.screen()

    def screen(self) -> str:
        """What was drawn last, without its codes."""
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.output.rpartition("\x1b[H")[2]).replace("\r\n", "\n")

    def exit_code(self) -> int:
        return self.program.wait(20)

    def restored(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before


# --- through a pipe


def test_keys_through_a_pipe() -> None:
    code, out = piped(b"dd\ns\x1b[B\n")
    assert code == 0
    assert "\x1b" not in out
    assert out.count("Return G so far") == 5
    assert out.endswith("Episode 1 is over: 4 steps, return G = −3.\nOptimal: 4 steps is the shortest possible.\n")


def test_arrows_of_both_kinds_and_an_escape_at_the_end() -> None:
    assert "4 steps, return G = −3" in piped(b"\x1b[C\x1bOC\x1b[1;5B\x1b[B")[1]
    assert piped(b"d\x1b")[0] == 0
    assert piped(b"d\x1b[")[0] == 0
    assert piped(b"d\xea\xb0")[0] == 0


def test_quit_ends_before_the_input_does() -> None:
    code, out = piped(b"dqssss")
    assert code == 0
    assert out.endswith("Episode 1 is not finished: 1 step so far, return G = −1.\n")


def test_nothing_on_the_input() -> None:
    assert piped(b"")[1].endswith("Episode 1 is not finished: 0 steps so far, return G = 0.\n")


def test_bytes_that_are_no_text() -> None:
    code, out = piped(b"\xff\x00d")
    assert code == 0
    assert "The key 0xff does nothing here" in out
    assert "1 step so far" in out


def test_in_korean() -> None:
    out = piped("ㅇ".encode() + b"b", lang="ko")[1]
    for word in (
        "에피소드",
        "상태 s",
        "행위 a",
        "보상 r",
        "다음 상태",
        "상태전이확률",
        "수익(G)",
        "정책",
        "s1의 백업다이어그램",
    ):
        assert word in out
    assert "에피소드" in piped(b"", env={"MAZEFIT_LANG": "ko_KR.UTF-8"})[1]


def test_an_output_that_cannot_write_these_letters() -> None:
    code, out = piped(b"ddss", env={"PYTHONIOENCODING": "ascii"})
    assert code == 0
    assert "return G = ?3" in out


def test_a_reader_that_has_read_enough() -> None:
    walk = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert walk.stdin is not None
    assert walk.stdout is not None
    assert walk.stderr is not None
    with walk.stdin, walk.stdout, walk.stderr:
        walk.stdout.readline()
        walk.stdout.close()
        walk.stdin.write(b"d" * 2000)
        walk.stdin.close()
        assert walk.stderr.read() == b""
    assert walk.wait(20) == 141


def test_nothing_heavy_is_imported() -> None:
    settings = vars(PlayConfig())
    program = (
        "import sys, types, mazefit.lab.plain as p\n"
        f"p.open_session(types.SimpleNamespace(**{settings!r})).frame(80, 24); print(*sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout.split()
    assert not {"numba", "torch", "matplotlib", "scipy", "sklearn", "tyro", "tqdm", "termios"} & set(loaded)


# --- on a terminal


def test_arrow_keys_on_a_terminal() -> None:
    with Terminal() as terminal:
        terminal.wait_for("q quit")
        terminal.send(b"\x1b[B")
        terminal.wait_for("Action a +a3 down")
        terminal.send(b"\x1b")
        terminal.send(b"[")
        terminal.send(b"C")
        terminal.wait_for("Action a +a2 right\n.*\n.*Next state s′ +s4")
        terminal.send(b"\x1b")
        time.sleep(0.3)  # an Escape of its own closes nothing here, and must not swallow the next key
        terminal.send(b"A")
        terminal.wait_for("The key A does nothing here")
        terminal.send(b"w")
        screen = terminal.wait_for("Action a +a1 up")
        assert re.search(r"State s +s4\n.*Action a +a1 up\n.*Reward r, on arrival +−1\n.*Next state s′ +s1\n", screen)
        assert "\x1b[1;7;33m A  \x1b[0m" in terminal.output
        terminal.send(b"q")
        assert terminal.exit_code() == 0
        assert terminal.restored()


def test_keys_are_read_one_by_one_without_echo_and_ctrl_c_ends_in_good_order() -> None:
    with Terminal() as terminal:
        terminal.wait_for("q quit")
        assert not terminal.restored()
        terminal.send(b"d")
        terminal.wait_for("Action a +a2 right")
        terminal.send(b"\x03")
        terminal.wait_for("Episode 1 is not finished: 1 step so far")
        assert terminal.exit_code() == 130
        assert terminal.restored()


def test_ctrl_d_quits() -> None:
    with Terminal() as terminal:
        terminal.wait_for("q quit")
        terminal.send(b"\x04")
        assert terminal.exit_code() == 0
        assert terminal.restored()


def test_sigterm_ends_in_good_order() -> None:
    with Terminal() as terminal:
        terminal.wait_for("q quit")
        terminal.program.send_signal(signal.SIGTERM)
        terminal.wait_for("Episode 1 is not finished")
        assert terminal.exit_code() == 143
        assert terminal.restored()


def test_ctrl_z_is_harmless() -> None:
    with Terminal() as terminal:
        terminal.wait_for("q quit")
        terminal.send(b"\x1a")
        time.sleep(0.3)
        terminal.program.send_signal(signal.SIGCONT)
        terminal.send(b"d")
        terminal.wait_for("Action a +a2 right")
        terminal.send(b"q")
        assert terminal.exit_code() == 0
        assert terminal.restored()


def test_an_exception_gives_the_terminal_back() -> None:
    with Terminal() as terminal:
        terminal.program.kill()
        terminal.program.wait()
        broken = PROGRAM.replace("sys.exit", "import mazefit.lab.session as s; s.Session.press = None; sys.exit")
        terminal.program = subprocess.Popen(
            [sys.executable, "-c", broken], stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave, env=ENVIRONMENT
        )
        terminal.wait_for("q quit")
        terminal.send(b"d")
        terminal.wait_for("TypeError")
        assert terminal.exit_code() == 1
        assert terminal.restored()


def test_a_new_size_is_drawn_anew() -> None:
    with Terminal(maze="dyna") as terminal:
        assert max(len(line) for line in terminal.wait_for("q quit").split("\n")) > 60
        terminal.resize(20, 50)
        terminal.wait_for("b backup · v\n")
        assert max(len(line) for line in terminal.screen().split("\n")) <= 50
        assert terminal.screen().count("\n") <= 19


def test_terminals_that_want_no_codes() -> None:
    with Terminal(env={"TERM": "dumb"}) as terminal:
        terminal.wait_for("q quit")
        terminal.send(b"d")
        terminal.wait_for("Action a +a2 right")
        terminal.send(b"q")
        assert terminal.exit_code() == 0
        assert "\x1b" not in terminal.output
    with Terminal(env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("q quit")
        assert not re.search(r"\x1b\[[0-9;]*m", terminal.output)


# --- what is walked


def test_which_maze(tmp_path: Path) -> None:
    file = tmp_path / "미로.txt"
    file.write_text("S.G\n")
    assert open_session(PlayConfig()).scene.maze == Maze.named("tutorial")
    assert open_session(PlayConfig(maze="dyna")).scene.maze == Maze.named("dyna")
    assert open_session(PlayConfig(maze=str(file))).scene.maze == Maze.from_text("S.G")
    made = open_session(PlayConfig(rows=3, maze_seed=4)).scene.maze
    assert made == Maze.generate(3, 10, "wilson", 4)
    assert open_session(PlayConfig(columns=2, rows=2, algorithm="dfs", loops=1.0)).scene.maze.rows == 3


def test_which_policy(tmp_path: Path) -> None:
    maze = Maze.named("dyna")
    QLearning(discount=0.9).learn(maze, episodes=30, seed=2).save(tmp_path / "run")
    (tmp_path / "maze.txt").write_text(str(maze))
    for folder in (tmp_path, tmp_path / "run"):
        scene = open_session(PlayConfig(run=folder)).scene
        assert (scene.maze, scene.discount, scene.guide.episodes) == (maze, 0.9, 30)
    assert open_session(PlayConfig(run=tmp_path, discount=0.5)).scene.discount == 0.5
    assert open_session(PlayConfig(random_start=True, seed=3)).place.start != 0
    out = piped(b" ", run=str(tmp_path), maze="dyna")[1]
    assert "q-learning," in out


def test_sentences_for_what_cannot_be_had(tmp_path: Path) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_text("S.\nxG#\n")
    with pytest.raises(MazeFormatError, match=r"bad.txt: maze text, line 2, column 3"):
        open_session(PlayConfig(maze=str(bad)))
    with pytest.raises(ConfigError, match=r"got 'tutorail', which is neither; did you mean 'tutorial'\?"):
        open_session(PlayConfig(maze="tutorail"))
    with pytest.raises(ConfigError, match=r"--rows, --maze-seed: expected none of these beside --maze"):
        open_session(PlayConfig(maze="dyna", rows=3, maze_seed=0))
    with pytest.raises(ConfigError, match=r"unknown 'wilsen'; did you mean 'wilson'\?"):
        open_session(PlayConfig(algorithm="wilsen"))
    with pytest.raises(
        DataError, match=r"--run: expected the folder of a saved run, got .*, which is a folder in which no run was saved"
    ):
        open_session(PlayConfig(run=tmp_path))
    with pytest.raises(DataError, match="--run: expected the folder of a saved run, got 'nodir', which does not exist"):
        open_session(PlayConfig(run="nodir"))
    with pytest.raises(DataError, match="--run: expected the folder of a saved run, got '', which names nothing"):
        open_session(PlayConfig(run=""))
    gold = tmp_path / "gold.txt"
    gold.write_text("SaG\n\na = 5\n")
    with pytest.raises(UnboundedValueError, match=r"; give --discount 0.9, say$"):
        open_session(PlayConfig(maze=str(gold)))
    assert open_session(PlayConfig(maze=str(gold), discount=0.9)).scene.exact is not None
    QLearning().learn(Maze.named("dyna"), episodes=1, seed=2).save(tmp_path / "run")
    with pytest.raises(DataError, match=r"maze.txt: expected the maze of the run"):
        open_session(PlayConfig(run=tmp_path))
    with pytest.raises(DataError, match=r"expected a run made in this maze \(3 x 3 cells\), got one of 54 states"):
        open_session(PlayConfig(run=tmp_path, maze="tutorial"))
    table = next((tmp_path / "run").glob("table.q-*.npy"))
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"table.q-.*.npy: expected \d+ bytes, got \d+"):
        open_session(PlayConfig(run=tmp_path))
