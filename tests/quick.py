"""`make quick`: lint, types, the tests of the whole tree's shape, and those that a change touches.

A test file is near to a change by imports: first those that changed themselves, then those that
import what changed, then those that import who does. They have ten seconds, beside the others: what
is left out is said.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, final

import grimp
import pytest

from tests.syntax import nodes

ROOT: Final = Path(__file__).parents[1]
ROOTS: Final = ("net", "racer")
SHAPE: Final = tuple(f"tests/{path.name}" for path in sorted((ROOT / "tests").glob("test_*.py")))
MARKS: Final = ("sim", "process", "lan")  # of tests that are left out
STEPS_MAX: Final = 4  # of imports from a test to a change: further off, few would notice
NAMED_MAX: Final = 8  # changed files that are told by name
FILES_MAX: Final = 16  # of tests: each takes its time to read, reached or not
TESTS_S: Final = 10.0  # for tests: with lint and types, within 20 s on two cores

Imports = Mapping[str, Iterable[str]]
"""By module, or file of tests, what it imports, and the names of documents that it reads."""


def main() -> int:
    """Check the change; return 0 where all is well."""
    began_s = time.monotonic()
    base, changed = find_changes()
    print(f"changed since {base}: {_shorten(changed)}", flush=True)
    beside = [
        _start("ruff", "format", "--check", "-q", "."),
        _start("ruff", "check", "-q", "--output-format", "concise", "."),
        _start("mypy"),
        _start("pytest", "-q", "-n", "0", *SHAPE),
    ]
    touched = order_tests(changed, read_imports())
    near, far = touched[:FILES_MAX], touched[FILES_MAX:]
    budget = Budget(TESTS_S)
    codes = {run_tests(near, budget)}
    for process in beside:
        told, _ = process.communicate()
        print(told.strip())
        codes.add(process.returncode)
    print(f"ran: ruff, mypy, tests/test_*.py {' '.join(near)}")
    print(f"left out: {budget}; {len(far)} files that are further off. All of it: make test")
    print(f"took {time.monotonic() - began_s:.1f} s")
    return int(codes != {0})


def run_tests(files: list[str], budget: Budget) -> int:
    """Run the tests of some files in this order; return 0 where none failed."""
    if not files:
        return 0
    marks = " and ".join(f"not {mark}" for mark in MARKS)
    code = pytest.main(["-q", "-n", "0", "-m", marks, *files], plugins=[budget])
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


def _start(*tool: str) -> subprocess.Popen[str]:
    """Start a tool of the environment beside us."""
    command = [sys.executable, "-m", *tool]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _shorten(paths: Iterable[str]) -> str:
    names = sorted(paths)
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return (" ".join(names[:NAMED_MAX]) or "nothing") + more


# --- what changed -----------------------------------------------------------------------------


def find_changes() -> tuple[str, set[str]]:
    """Return a commit, and which files differ from it.

    It is `BASE`, or where this branch left main, or the last commit but one if nothing differs.
    """
    base = os.environ.get("BASE") or _branch_base()
    changed = _changed_since(base)
    return (base, changed) if changed else ("HEAD~1", _changed_since("HEAD~1"))


def _branch_base() -> str:
    for branch in ("origin/main", "main"):
        if found := _git("merge-base", "HEAD", branch):
            return found[0][:10]
    return "HEAD"


def _changed_since(base: str) -> set[str]:
    new = _git("ls-files", "--others", "--exclude-standard")
    return {*_git("diff", "--name-only", base, "--"), *new}


def _git(*words: str) -> list[str]:
    """Return the lines that git prints; none where it fails."""
    done = subprocess.run(["git", *words], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


# --- what it touches --------------------------------------------------------------------------


def read_imports() -> dict[str, set[str]]:
    """Return who imports whom, but for types alone: modules by name, files of tests by path."""
    graph = grimp.build_graph(*ROOTS, exclude_type_checking_imports=True)
    imports = {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        imports[path.relative_to(ROOT).as_posix()] = set(_find_imports(path, graph.modules))
    return imports


def _find_imports(path: Path, modules: set[str]) -> Iterator[str]:
    for node in nodes(path):
        match node:
            case ast.Import(names=names):
                yield from (_key_of(alias.name) for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                inner = {f"{module}.{alias.name}" for alias in names}
                yield from (inner & modules) or {_key_of(module)}
            case ast.Constant(value=str(words)) if words.endswith((".md", ".toml")):
                yield Path(words).name
            case _:
                pass


def _key_of(module: str) -> str:
    """Return what a module is called in `Imports`."""
    return f"{module.replace('.', '/')}.py" if module.startswith("tests.") else module


def order_tests(changed: Iterable[str], imports: Imports) -> list[str]:
    """Return the files of tests that a change touches, the nearest first.

    A test that bears the name of a changed module is as near as one that changed itself.
    """
    importers: dict[str, set[str]] = {}
    for importer, imported in imports.items():
        for each in imported:
            importers.setdefault(each, set()).add(importer)
    steps = {start: 0 for path in changed for start in _find_starts(path, imports)}
    waiting = deque(steps)
    while waiting:
        here = waiting.popleft()
        for importer in importers.get(here, ()):
            if importer not in steps and steps[here] < STEPS_MAX:
                steps[importer] = steps[here] + 1
                waiting.append(importer)
    found = {path for path in steps if path in imports and "/test_" in path}
    return sorted(found.difference(SHAPE), key=lambda path: (steps[path], path))


def _find_starts(path: str, imports: Imports) -> Iterator[str]:
    """Yield from where a changed file touches others."""
    file = Path(path)
    tests = [each for each in imports if each.startswith("tests/")]
    if path.startswith("racer/circuits/"):
        yield "racer.app.circuits.catalog"  # who reads it
    elif file.suffix != ".py":
        yield file.name
    elif path.startswith(ROOTS):
        yield ".".join(file.with_suffix("").parts).removesuffix(".__init__")
        yield from (each for each in tests if Path(each).name == f"test_{file.stem}.py")
    elif file.name == "conftest.py":
        yield from (each for each in tests if each.startswith(f"{file.parent.as_posix()}/"))
    else:
        yield path


# --- within its time --------------------------------------------------------------------------


@final
class Budget:
    """Leaves out the tests that are not reached in time; in words, what was left out."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_s: float | None = None
        self._marked = 0
        self._late: list[str] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._marked += len(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a test if there is time; true says that it is done with."""
        if self._ends_s is None:
            self._ends_s = time.monotonic() + self._seconds
        if time.monotonic() < self._ends_s:
            return None
        self._late.append(item.nodeid.partition("::")[0])
        return True

    def __str__(self) -> str:
        marked = f"{self._marked} tests marked {' or '.join(MARKS)}"
        files = " ".join(dict.fromkeys(self._late))
        late = f"{len(self._late)} after {self._seconds:g} s ({files})"
        return f"{marked}, {late}" if self._late else marked


if __name__ == "__main__":
    sys.exit(main())
