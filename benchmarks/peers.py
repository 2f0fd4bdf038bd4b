"""An environment of its own for the peers: `.venv-peers`, made once from `peers.txt` and again whenever that changes.

Ours and the peer's are measured in one process of that environment, with this checkout on its path: the same interpreter,
the same moment, the same core, the same versions of NumPy, Numba and Gymnasium.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = Path(__file__).with_name("peers.txt")
HOME = ROOT / ".venv-peers"
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")


def pins(path: Path = PINS) -> list[str]:
    """The requirements in `peers.txt`, or another such file, comments left out."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def fingerprint(path: Path = PINS) -> str:
    """What the environment must have been made from to be used again."""
    return hashlib.sha256("\n".join([sys.version, *pins(path)]).encode()).hexdigest()


def interpreter(home: Path = HOME) -> Path:
    """The Python of the peers' environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(home: Path = HOME, path: Path = PINS) -> Path:
    """Make the peers' environment unless it stands as pinned in the file at `path`.

    Returns:
        Its interpreter.

    Raises:
        subprocess.CalledProcessError: a package could not be installed.
    """
    stamp = home / "made-from"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(path):
        return interpreter(home)
    print(f"benchmarks: installing the peers into {home.name} (once)", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    install = [str(interpreter(home)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    torch = [pin for pin in pins(path) if pin.startswith("torch==")]  # what it needs beside these pins depends on the machine
    if torch:
        subprocess.run([*install, "--constraint", str(path), *torch], check=True)
    subprocess.run([*install, "--no-deps", *pins(path)], check=True)
    subprocess.run([str(interpreter(home)), "-m", "pip", "--disable-pip-version-check", "check"], check=True, stdout=sys.stderr)
    stamp.write_text(fingerprint(path), encoding="utf-8")
    return interpreter(home)


def inside(home: Path = HOME) -> bool:
    """Whether this process runs in the peers' environment."""
    return Path(sys.prefix).resolve() == home.resolve()


def surroundings() -> dict[str, str]:
    """What a process of the peers' environment sees: this checkout on its path, one thread a pool.

    Byte code may be written, as it is for users, so that no fresh interpreter compiles our modules anew.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONNOUSERSITE": "1", **dict.fromkeys(POOLS, "1")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def run(arguments: list[str]) -> int:
    """Run `python -m benchmarks` with `arguments` in the peers' environment."""
    command = [str(ensure()), "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=surroundings(), check=False).returncode
