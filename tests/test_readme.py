import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from mazefit.backup import TEXTBOOK

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
READMES = ("README.md", "README.ko.md")


def test_every_python_block_runs(tmp_path: Path) -> None:  # those of the Korean one are the same, as the next test sees
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) >= 3
    for block in blocks:
        command = [sys.executable, "-W", "error", "-c", block]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_both_languages_hold_the_same_code() -> None:
    def bare(name: str) -> list[str]:
        text = "\n".join(BLOCK.findall((ROOT / name).read_text(encoding="utf-8")))
        return [re.sub(r"\s+#.*", "", line) for line in text.splitlines()]

    assert bare(READMES[0]) == bare(READMES[1])


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/benchmarks.md",
        "docs/diagrams.md",
        "docs/trainer.md",
        "docs/unseen_mazes.md",
    ],
)
def test_links_and_named_files_are_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    folder = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("https://"):
            assert (folder / target).exists(), target
    for target in re.findall(r"`((?:mazefit|scripts|tests|benchmarks|docs)/[\w./]*)`", text):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", READMES)
def test_the_make_commands_named_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"`?make ([a-z-]+)`?", (ROOT / name).read_text(encoding="utf-8")))
    assert {"demo", "test", "bench"} <= named <= targets


def test_the_pictures_are_what_the_command_draws_today() -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "make_pictures.py"))["pictures"]()
    assert drawn
    for name, picture in drawn.items():
        assert (ROOT / "docs" / "pictures" / name).read_text(encoding="utf-8") == picture


def test_the_gallery_of_diagrams_is_what_the_command_draws_today() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_diagrams.py"))
    folder = ROOT / "docs" / "pictures" / "diagrams"
    drawn = made["pictures"]()
    assert {path.name for path in folder.iterdir()} == set(drawn)
    for name, picture in drawn.items():
        assert (folder / name).read_text(encoding="utf-8") == picture
    assert (ROOT / "docs" / "diagrams.md").read_text(encoding="utf-8") == made["page"]()
    assert sorted(name for group in made["GROUPS"].values() for name in group) == sorted(TEXTBOOK)
