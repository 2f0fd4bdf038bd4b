import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mazefit.errors import ConfigError
from mazefit.kernel import Kernel, kernel, numba_available, worth_compiling


@kernel
def halve(values: object, i: int) -> float:
    values[i] = values[i] / 2.0
    return values[i]


@kernel
def halve_all(values: object, times: int) -> float:
    total = 0.0
    for k in range(times):
        total += halve(values, k % 3)
    return total


def test_plain_and_compiled_give_the_same_bytes() -> None:
    plain, compiled = np.array([1.0, 0.1, -7.3]), np.array([1.0, 0.1, -7.3])
    assert halve_all.python(plain, 50) == halve_all.compiled(compiled, 50)
    assert plain.tobytes() == compiled.tobytes()
    assert halve_all.run(True, compiled, 1) == halve_all.run(False, plain, 1)


def test_plain_elements_are_pythons_own_numbers() -> None:
    seen: list[type] = []

    @kernel
    def look(floats: object, flags: object, ints: object) -> None:
        seen.extend([type(floats[0]), type(flags[0]), type(ints[0])])

    look.python(np.zeros(1), np.zeros(1, dtype=bool), np.zeros(1, dtype=np.int32))
    assert seen == [float, bool, int]


def test_a_kernels_digest_covers_its_callees(monkeypatch: pytest.MonkeyPatch) -> None:
    before = halve_all.source_digest()
    monkeypatch.setattr(halve, "source_digest", lambda: "another source")
    assert halve_all.source_digest() != before
    assert set(halve_all.callees()) == {"halve"}


def test_a_changed_callee_is_compiled_again(tmp_path: Path) -> None:
    (tmp_path / "inner.py").write_text("from mazefit.kernel import kernel\n@kernel\ndef f(x):\n    return x + 1.0\n")
    (tmp_path / "outer.py").write_text(
        "from mazefit.kernel import kernel\nfrom inner import f\n@kernel\ndef g(x):\n    return f(x)\nprint(g.compiled(1.0))\n"
    )

    def run() -> str:
        done = subprocess.run([sys.executable, "outer.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert [run(), run()] == ["2.0", "2.0"]
    (tmp_path / "inner.py").write_text("from mazefit.kernel import kernel\n@kernel\ndef f(x):\n    return x + 5.0\n")
    assert run() == "6.0"


def test_without_numba_everything_is_plain_and_compiled_is_refused() -> None:
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from mazefit.agents import QLearning, solve\nfrom mazefit.envs import Maze\n"
        "from mazefit.errors import ConfigError\n"
        "maze = Maze.generate(60, 60, seed=1)\nprint(solve(maze).v[0], QLearning().learn(maze, steps=110_000, seed=0).steps)\n"
        "try:\n    QLearning().learn(maze, steps=1, backend='compiled')\nexcept ConfigError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**__import__("os").environ, "MAZEFIT_NUMBA": "0"},
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("-")
    assert first.endswith("110000")
    assert "expected an installed numba for 'compiled', got none" in second


def test_the_size_rule() -> None:
    assert not worth_compiling(19_999)
    assert worth_compiling(20_000) == numba_available()


def test_compiling_without_numba_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mazefit.kernel.numba_available", lambda: False)
    with pytest.raises(ConfigError, match="pip install numba"):
        Kernel(lambda x: x).compiled(1.0)


def test_a_changed_constant_of_another_file_is_compiled_again(tmp_path: Path) -> None:
    (tmp_path / "outer.py").write_text(
        "from mazefit.kernel import kernel\nfrom inner import N\n@kernel\ndef g(x):\n    return x + N\nprint(g.compiled(1.0))\n"
    )
    found: list[str] = []
    for number in (1, 1, 8):
        (tmp_path / "inner.py").write_text(f"N = {number}\n")
        done = subprocess.run([sys.executable, "-B", "outer.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
        found.append(done.stdout.strip())
    assert found == ["2.0", "2.0", "9.0"]


def test_a_tuple_that_is_gone_makes_a_cache_stale_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "outer.py").write_text(
        "import sys\nimport numpy as np\nimport inner\nfrom mazefit.kernel import kernel\n"
        "@kernel\ndef g(pair):\n    return pair.one[0] + 1.0\n"
        "print(g.compiled(getattr(inner, sys.argv[1])(np.ones(1))))\n"
    )
    found: list[str] = []
    for name in ("Pair", "Pair", "Couple"):
        (tmp_path / "inner.py").write_text(f"from typing import Any, NamedTuple\nclass {name}(NamedTuple):\n    one: Any\n")
        done = subprocess.run(
            [sys.executable, "-B", "outer.py", name], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        found.append(done.stdout.strip())
    assert found == ["2.0"] * 3
