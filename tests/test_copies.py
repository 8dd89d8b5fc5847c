"""`dataclasses.replace` raises on msgspec's structs, and mypy takes them for dataclasses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tests.syntax import nodes

ROOT: Final = Path(__file__).parents[1]
FILES: Final = sorted(path for name in ("net", "racer") for path in (ROOT / name).rglob("*.py"))


@cache
def structs() -> frozenset[str]:
    """Return the names of all classes that are structs, by their bases."""
    found = {"Struct"}
    classes = [
        each
        for path in FILES
        for each in nodes(path)
        if isinstance(each, ast.ClassDef) and each.bases
    ]
    while True:
        more = {
            each.name
            for each in classes
            if any(ast.unparse(base).rpartition(".")[2] in found for base in each.bases)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def copies_of_structs(path: Path) -> Iterator[int]:
    """Yield the lines where a file copies so what it says itself to be a struct."""
    imported = any(
        isinstance(each, ast.ImportFrom)
        and each.module == "dataclasses"
        and any(name.name == "replace" for name in each.names)
        for each in nodes(path)
    )
    for scope in nodes(path) if imported else ():
        if isinstance(scope, ast.FunctionDef):
            said = dict(said_types(scope))
            calls = (each for each in ast.walk(scope) if isinstance(each, ast.Call))
            yield from (c.lineno for c in calls if is_struct(said.get(copied_name(c), "")))


def copied_name(node: ast.Call) -> str:
    """Return what name `replace` copies here; empty: none."""
    match node:
        case ast.Call(func=ast.Name(id="replace"), args=[ast.Name(id=name)]):
            return str(name)
        case _:
            return ""


def is_struct(said: str) -> bool:
    return not structs().isdisjoint(re.findall(r"\w+", said))


def said_types(scope: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield names in a function, each with the type that the source tells of it."""
    for each in ast.walk(scope):
        match each:
            case ast.arg(arg=name, annotation=ast.expr() as said):
                yield name, ast.unparse(said)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=said):
                yield name, ast.unparse(said)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=said)):
                yield name, ast.unparse(said)
            case ast.MatchAs(pattern=ast.MatchClass(cls=said), name=str(name)):
                yield name, ast.unparse(said)
            case _:
                pass


def test_no_struct_is_copied_as_a_dataclass() -> None:
    assert {"Denied", "Append", "LobbyEntry"} <= structs()
    assert [(path, line) for path in FILES for line in copies_of_structs(path)] == []


def test_a_struct_that_is_copied_so_is_found(tmp_path: Path) -> None:
    lines = (
        "from dataclasses import replace",
        "def a(found: Denied | None, own: KeptCheckpoint):",
        "    return replace(found, ours=True), replace(own)",
        "def b(message):",
        "    match message:",
        "        case Append() as append: return replace(append, entries=())",
    )
    offence = tmp_path / "offence.py"
    offence.write_text("\n".join(lines))
    assert list(copies_of_structs(offence)) == [3, 6]
