"""Who makes the environment hears in a line each what is done, and in one line what is wrong."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).parents[1] / "tools" / "environment.sh"

PYTHON: Final = """#!/bin/sh
# Stands for a Python: PIP holds what its pip says, and CODE how it ends.
case "$*" in
  -V) echo "Python $VERSION" ;;
  *version_info*) [ "$VERSION" != 3.9.2 ] ;;
  *ensurepip*) [ -z "$NO_VENV" ] ;;
  "-m venv"*)
    [ -z "$FULL" ] || { echo "Traceback"; echo "OSError: No space left on device"; exit 1; }
    for last; do :; done
    mkdir -p "$last/bin"; touch "$last/pyvenv.cfg"
    cp "$0" "$last/bin/python"; cp "$0" "$last/bin/pip" ;;
  "-m pip"*) printf "$PIP"; exit "$CODE" ;;
esac
"""

MAKING: Final = "Making an environment in .venv ..."
INSTALLING: Final = "Installing racer and what it needs into .venv ..."
REFUSED: Final = "WARNING: Retrying after connection broken by 'NewConnectionError(...)'\\n"
NOTHING: Final = "ERROR: Could not find a version that satisfies x (from versions: none)\\n"
BUILD: Final = "ERROR: Failed building wheel for x\\nerror: subprocess-exited-with-error\\n"


def run(
    folder: Path, python: str = "./python", project: str = "", **told: str
) -> tuple[int, list[str]]:
    """Make an environment; return the exit status and the lines on stderr."""
    (folder / "pyproject.toml").write_text(project)
    fake = folder / "python"
    fake.write_text(PYTHON)
    fake.chmod(0o755)
    (folder / "constraints.txt").write_text("x==1.0\n")
    said = {"VERSION": "3.12.1", "NO_VENV": "", "FULL": "", "PIP": "", "CODE": "0"}
    done = subprocess.run(
        ["sh", str(SCRIPT), python, ".venv"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **said, **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr.splitlines()


def test_each_step_is_told_and_what_is_fetched(tmp_path: Path) -> None:
    fetched = "Collecting x\\n  Downloading x-1.0-py3-none-any.whl (1.5 MB)\\nInstalled\\n"
    assert run(tmp_path, PIP=fetched) == (
        0,
        [MAKING, INSTALLING, "  fetching x-1.0-py3-none-any.whl (1.5 MB)"],
    )
    assert run(tmp_path, project="dependencies") == (0, [INSTALLING])


def test_nothing_is_installed_again_for_another_way_to_lint(tmp_path: Path) -> None:
    project = "dependencies = [{}]\n# --- Lint ---\nwidth = {}\n"
    assert run(tmp_path, project=project.format("x", 100)) == (0, [MAKING, INSTALLING])
    assert run(tmp_path, project=project.format("x", 80)) == (0, [])
    assert run(tmp_path, project=project.format("y", 80), CODE="9")[0] == 1
    assert run(tmp_path, project=project.format("x", 80)) == (0, [INSTALLING]), "pip had failed"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"python": "./none"}, "there is no ./none here: install Python 3.11 or newer"),
        ({"VERSION": "3.9.2"}, "Python 3.9.2 is too old: install Python 3.11 or newer"),
        ({"NO_VENV": "1"}, "venv module is missing; on Debian: sudo apt install python3-venv"),
        ({"FULL": "1"}, "no environment can be made in .venv: OSError: No space left on device"),
        ({"CODE": "1", "PIP": REFUSED}, "no package index answers: check the network"),
        ({"CODE": "1", "PIP": NOTHING}, "no package index answers: check the network"),
        ({"CODE": "1", "PIP": BUILD}, "could not install it: ERROR: Failed building wheel for x"),
        ({"CODE": "9"}, "could not install it: it ended; .venv/pip.log tells more"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(told: dict[str, str], why: str, tmp_path: Path) -> None:
    code, lines = run(tmp_path, **told)
    assert code == 1
    *steps, last = lines
    assert set(steps) <= {MAKING, INSTALLING}
    assert last.startswith("racer: ")
    assert why in last


def test_a_folder_that_is_no_environment_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "thesis").write_text("precious")
    code, lines = run(tmp_path)
    assert code == 1
    assert lines == [
        "racer: .venv is there, and no environment: move it away, or name another: make VENV=..."
    ]
    assert (tmp_path / ".venv" / "thesis").read_text() == "precious"


def test_an_environment_that_is_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    assert run(tmp_path) == (0, [MAKING, INSTALLING])


def test_an_environment_whose_python_is_gone_is_told(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / ".venv" / "bin" / "python").unlink()
    code, lines = run(tmp_path)
    assert code == 1
    assert lines == ["racer: the Python of .venv is gone; run 'make clean', then this again"]
