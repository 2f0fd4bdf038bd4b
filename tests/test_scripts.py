"""The scripts, as a newcomer runs them."""

import os
import re
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mazefit.agents import Run
from mazefit.envs import Maze

SCRIPTS = Path(__file__).parents[1] / "scripts"
QUICK = ["--maze", "tutorial", "--quick"]
DOORS = ("run_agent.py", "step_maze.py", "draw_diagram.py", "train_deep.py", "train_regression.py", "fit_as_agent.py",
         "train_classifier.py", "train_autoencoder.py", "embed_latent.py")  # fmt: skip
SYSTEMS = ("line", "descent", "sine", "curve", "waves")

pytestmark = pytest.mark.skipif(not SCRIPTS.is_dir(), reason="scripts stand in the checkout only")


def command(script: str, *arguments: str) -> list[str]:
    return [sys.executable, "-W", "error", str(SCRIPTS / script), *arguments]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("MAZEFIT_LANG", "MAZEFIT_NUMBA")}
    return {**kept, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", **more}


def run(folder: Path, script: str, *arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(script, *arguments),
        capture_output=True,
        encoding="utf-8",
        input=typed,
        cwd=folder,
        env=environment(**more),
        timeout=120,
    )


class Stopped(NamedTuple):
    """What a script left that was told to stop by Ctrl-C."""

    code: int
    said: str
    complained: str


def stopped(folder: Path, call: list[str], words: str, seconds: float = 1.0, **more: str) -> Stopped:
    """Start a script, wait for a line with these words, one of the first two, and press Ctrl-C after so many seconds."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    process = subprocess.Popen(command(*call), cwd=folder, env=environment(**more), **pipes)
    assert process.stdout is not None
    assert any(words in process.stdout.readline() for _ in range(2))
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    return Stopped(process.returncode, said, complained)


def test_a_run_is_quiet_when_piped_and_leaves_its_results(tmp_path: Path):
    done = run(tmp_path, "run_agent.py", *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    assert "50 episodes" in done.stdout
    assert "\r" not in done.stdout
    assert Run.load(tmp_path / "out/run_agent/run").episodes == 50
    assert (tmp_path / "out/run_agent/maze.png").stat().st_size > 1_000


def test_no_arguments_at_all_learn_a_maze_that_is_made(tmp_path: Path):
    done = run(tmp_path, "run_agent.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wilson" in done.stdout
    assert "36 steps, the shortest possible" in done.stdout
    assert Maze.from_text((tmp_path / "out/run_agent/maze.txt").read_bytes()) == Maze.generate()


def test_korean(tmp_path: Path):
    done = run(tmp_path, "run_agent.py", *QUICK, "--lang", "ko")
    assert (done.returncode, done.stderr) == (0, "")
    assert "수익(G)" in done.stdout
    assert run(tmp_path, "run_agent.py", *QUICK, MAZEFIT_LANG="ko").stdout == done.stdout


def test_what_the_summary_says_can_be_typed(tmp_path: Path):
    said = run(tmp_path, "run_agent.py", *QUICK).stdout.splitlines()[-1]
    assert said.endswith("step_maze.py --run out/run_agent/run")
    done = subprocess.run(
        said, shell=True, cwd=tmp_path, env=environment(), input=" \n \n \n \nq\n", capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "q-learning" in done.stdout


@pytest.mark.parametrize(
    "script",
    [
        "run_agent.py",
        "step_maze.py",
        "draw_diagram.py",
        "train_deep.py",
        *(f"train_regression.py {system}" for system in SYSTEMS),
        *(f"fit_as_agent.py {system}" for system in ("landscape", "fit", "control")),
        "train_classifier.py",
        "train_autoencoder.py",
        "embed_latent.py",
    ],
)
def test_help_fits_a_screen_and_says_how_to_call_the_script(tmp_path: Path, script: str):
    done = run(tmp_path, *script.split(), "--help")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert len(lines) < 60
    assert max(len(line) for line in lines if str(SCRIPTS) not in line) <= 80
    assert sum(f"{SCRIPTS / script} --" in line for line in lines) >= 2


@pytest.mark.parametrize("script", DOORS)
def test_scripts_are_thin_doors(script: str):
    assert len((SCRIPTS / script).read_text().splitlines()) <= 30


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--agent", "q-learing"], 2, "did you mean 'q-learning'?"),
        (["--episods", "5"], 2, "--episodes"),
        (["--episodes", "many"], 2, "--episodes"),
        (["--maze", "bad.txt"], 3, "bad.txt: maze text, line 2, column 2"),
        (["--maze", "tutorial", "--out", "bad.txt"], 2, "got an existing file"),
        (["--maze", "tutorial", "--out", "/proc/nowhere"], 2, "expected a folder that can be written"),
        (["--maze", "tutorial", "--out="], 2, "--out: expected the path of a folder, got ''"),
        (["--maze", "tutorial", "--out", ""], 2, "--out: expected the path of a folder, got ''"),
        (["--resume="], 3, "--resume: expected the folder of a saved run, got '', which names nothing"),
        (["--resume", "nowhere"], 3, "--resume: expected the folder of a saved run, got 'nowhere', which does not exist"),
    ],
)
def test_mistakes_are_answered_in_a_sentence(tmp_path: Path, arguments: list[str], code: int, sentence: str):
    (tmp_path / "bad.txt").write_text("S..\n.?G\n")
    done = run(tmp_path, "run_agent.py", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_keeps_whole_episodes_and_the_printed_command_goes_on(tmp_path: Path):
    code, said, complained = stopped(
        tmp_path, ["run_agent.py", "--maze", "dyna", "--episodes", "10000000"], "Ctrl-C", MAZEFIT_NUMBA="0"
    )
    assert code == 130
    kept = Run.load(tmp_path / "out/run_agent/run")
    assert kept.episodes > 100
    assert kept.unfinished is None
    assert complained == f"saving {kept.episodes:,} episodes ...\n"
    assert f"Stopped: kept {kept.episodes:,} whole episodes in out/run_agent" in said
    again = f"{said.splitlines()[-1]} --episodes {kept.episodes + 10}"
    resumed = subprocess.run(again, shell=True, cwd=tmp_path, env=environment(), capture_output=True, timeout=120)
    assert resumed.returncode == 0
    assert Run.load(tmp_path / "out/run_agent/run").episodes == kept.episodes + 10


def test_keys_can_be_piped(tmp_path: Path):
    done = run(tmp_path, "step_maze.py", "--maze", "tutorial", typed="d\nd\ns\ns\nq\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "−3" in done.stdout


@pytest.mark.parametrize("script", DOORS)
def test_an_interpreter_without_mazefit_gets_a_sentence(tmp_path: Path, script: str):
    bare = [sys.executable, "-I", "-S", str(SCRIPTS / script)]
    done = subprocess.run(bare, capture_output=True, encoding="utf-8", cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "run `make demo` once, then start this with .venv/bin/python" in done.stderr
    assert len(done.stderr.splitlines()) == 1


README = SCRIPTS.parent / "README.md"
SHOWN = re.findall(r"scripts/run_agent\.py (--[^#\n]*?) *#", README.read_text(encoding="utf-8")) if README.is_file() else []


@pytest.mark.parametrize("arguments", SHOWN)
def test_the_commands_of_the_readme_run(tmp_path: Path, arguments: str):
    quick = [] if "list" in arguments else ["--quick", "--maze", "tutorial"]
    done = run(tmp_path, "run_agent.py", *arguments.replace("--maze tutorial", "").split(), *quick)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_readme_shows_the_list_an_agent_and_a_comparison():
    assert {"--agent list", "--agent sarsa-lambda", "--compare sarsa,q-learning"} <= set(SHOWN)
    korean = (README.parent / "README.ko.md").read_text(encoding="utf-8")
    assert re.findall(r"scripts/run_agent\.py (--[^#\n]*?) *#", korean) == SHOWN


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_keeps_the_whole_seeds_of_a_comparison(tmp_path: Path):
    arguments = ["--compare", "sarsa,q-learning", "--maze", "tutorial", "--seeds", "100000", "--episodes", "20"]
    code, said, complained = stopped(tmp_path, ["run_agent.py", *arguments], "Ctrl-C", 2.0, MAZEFIT_NUMBA="0")
    assert (code, complained) == (130, "")
    assert re.search(r"Stopped: \d+ of 100000 seeds are kept", said)
    assert (tmp_path / "out/compare/comparison.png").stat().st_size > 1_000


def test_a_regression_without_a_system_shows_the_five(tmp_path: Path):
    done = run(tmp_path, "train_regression.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n  {name} " in done.stdout for name in SYSTEMS)
    assert f"{SCRIPTS / 'train_regression.py'} waves --quick --lang ko" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if sys.executable not in line) <= 80


@pytest.mark.parametrize(
    ("script", "arguments", "code", "sentence"),
    [
        ("train_regression.py", ["lien"], 2, "unknown system 'lien'; did you mean 'line'?"),
        ("train_regression.py", ["--quick"], 2, "unknown system '--quick'; expected one of line, descent, sine, curve, waves"),
        ("train_regression.py", ["sine", "--sedes", "3"], 2, "--seeds"),
        ("train_regression.py", ["waves", "--formula", "words"], 2, "--formula"),
        (
            "train_regression.py",
            ["line", "--data", "nowhere.csv"],
            3,
            "nowhere.csv: expected a file of columns, got no file of that name",
        ),
        ("train_classifier.py", ["--qick"], 2, "--quick"),
        ("train_classifier.py", ["--dataset", "mnits"], 2, "data set: unknown 'mnits'; did you mean 'mnist'?"),
        (
            "train_classifier.py",
            ["--dataset", "./nowhere"],
            3,
            "expected a folder with the four IDX files of a set of images, got no such folder",
        ),
        (
            "train_classifier.py",
            ["--quick", "--resume"],
            3,
            "--resume: expected --out to be the folder of an interrupted run, got 'out/classifier'",
        ),
        ("train_classifier.py", ["--quick", "--as-written", "--repaired"], 2, "--as-written: expected none beside --repaired"),
        ("train_autoencoder.py", ["--modle", "strided"], 2, "--model"),
        ("train_autoencoder.py", ["--model", "stridded"], 2, "'stridded'"),
        ("train_autoencoder.py", ["--quick", "--code", "65"], 2, "--code: expected an integer from 1 to 64, got 65"),
        (
            "train_autoencoder.py",
            ["--quick", "--resume"],
            3,
            "--resume: expected --out to be the folder of an interrupted run, got 'out/autoencoder'",
        ),
        ("embed_latent.py", ["--quick", "--method", "tsnee"], 2, "--method: unknown 'tsnee'; did you mean 'tsne'?"),
        (
            "embed_latent.py",
            ["--quick", "--perplexity", "300"],
            2,
            "--perplexity: expected a number with 1 <= --perplexity <= 299, got 300",
        ),
        (
            "embed_latent.py",
            ["--model", "nowhere"],
            3,
            "--model: expected the folder of a saved autoencoder, got 'nowhere', which does not exist",
        ),
    ],
)
def test_mistakes_of_a_fit_are_answered_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    script: str, arguments: list[str], code: int, sentence: str,
):  # fmt: skip
    """Run here, as a script is run: a process of its own for each would take seconds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(SCRIPTS / script), *arguments])
    monkeypatch.delenv("MAZEFIT_LANG", raising=False)
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(SCRIPTS / script), run_name="__main__")
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (code, "")
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "typo", "meant"),
    [("train_regression.py", ["lien"], "line"), ("train_classifier.py", ["--qick"], "--quick"),
     ("train_autoencoder.py", ["--modle", "strided"], "--model"), ("embed_latent.py", ["--methd", "pca"], "--method")],
)  # fmt: skip
def test_a_typo_is_answered_by_the_process(tmp_path: Path, script: str, typo: list[str], meant: str):
    done = run(tmp_path, script, *typo)
    assert (done.returncode, done.stdout) == (2, "")
    assert meant in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_regression_is_quiet_when_piped_and_leaves_its_results(tmp_path: Path):
    done = run(tmp_path, "train_regression.py", "descent", "--quick", MAZEFIT_LANG="ko")
    assert (done.returncode, done.stderr) == (0, "")
    assert "에포크" in done.stdout
    assert "\r" not in done.stdout
    assert (tmp_path / "out/descent/path.png").stat().st_size > 1_000


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
@pytest.mark.parametrize(
    ("system", "begins", "table"),
    [("curve", "A curve through 10 points", "history.csv"), ("waves --starts 9", "y = 0.5 x³ - 0.5 x²", "starts.csv")],
)
def test_ctrl_c_keeps_what_a_regression_has_fitted(tmp_path: Path, system: str, begins: str, table: str):
    code, said, complained = stopped(tmp_path, ["train_regression.py", *system.split(), "--epochs", "300000000"], begins, 2.0)
    assert (code, complained) == (130, "")
    assert re.search(r"Stopped after [\d,]+ of 300,000,000 epochs", said)
    name = system.split()[0]
    assert f"{name}.png|svg" in said
    assert (tmp_path / "out" / name / table).stat().st_size > 100


def test_a_classifier_is_quiet_when_piped_and_leaves_its_results(tmp_path: Path):
    done = run(tmp_path, "train_classifier.py", "--quick", "--epochs", "2", MAZEFIT_LANG="ko")
    assert (done.returncode, done.stderr) == (0, "")
    assert "에포크" in done.stdout
    assert "\r" not in done.stdout
    assert (tmp_path / "out/classifier/classifier.png").stat().st_size > 1_000


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_keeps_what_a_classifier_has_learned_and_says_how_to_go_on(tmp_path: Path):
    code, said, complained = stopped(
        tmp_path, ["train_classifier.py", "--quick", "--epochs", "1000000"], "10 classes of images", 2.0
    )
    assert (code, complained) == (130, "")
    assert re.search(r"Stopped after [\d,]+ of 1,000,000 epochs", said)
    assert (tmp_path / "out/classifier/checkpoint/manifest.json").exists()
    assert said.splitlines()[-1].endswith("train_classifier.py --epochs 1000000 --quick --resume")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_keeps_what_an_autoencoder_has_learned_and_the_printed_command_goes_on(tmp_path: Path):
    code, said, complained = stopped(
        tmp_path, ["train_autoencoder.py", "--quick", "--model", "linear", "--epochs", "600"], "Images to 28 numbers and back"
    )
    assert (code, complained) == (130, "")
    assert "to the same" in said
    assert (tmp_path / "out/autoencoder/checkpoint/manifest.json").exists()
    assert not (tmp_path / "out/autoencoder/model").exists()
    again = subprocess.run(
        said.splitlines()[-1], shell=True, cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=120
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert "updates were done" in " ".join(again.stdout.split())
    assert (tmp_path / "out/autoencoder/reconstructions.png").stat().st_size > 1_000


def test_a_map_is_quiet_when_piped_and_its_autoencoder_serves_again(tmp_path: Path):
    done = run(tmp_path, "embed_latent.py", "--quick", "--method", "quick", MAZEFIT_LANG="ko")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\r" not in done.stdout
    again = run(tmp_path, "embed_latent.py", "--model", "out/embed/model", "--points", "300", "--method", "pca")
    assert (again.returncode, again.stderr) == (0, "")
    assert (tmp_path / "out/embed/images.png").stat().st_size > 1_000
