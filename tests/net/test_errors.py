"""Whose fault an error is: a peer's costs the peer, our own stops us."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from net.errors import InvariantError, NetError
from tests.syntax import nodes

ROOT: Final = Path(__file__).parents[2]
WIDE: Final = {"Exception", "BaseException", "InvariantError"}

SHELLS: Final = {
    "net/sim/explorer/ensemble.py",  # tells it as a violation
    "net/sim/world.py",  # ends the virtual process
    "racer/app/commands/racing_bot.py",
    "racer/app/commands/watch.py",
    "racer/app/player/player_node.py",
    "racer/app/simulation/pool.py",  # hands it to the process that asked
}
"""Who may keep our own fault, to end the node."""


def caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {kind.id for kind in kinds if isinstance(kind, ast.Name)}


def keeps(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler ends otherwise than by raising again what it caught."""
    last = handler.body[-1]
    return not (isinstance(last, ast.Raise) and last.exc is None)


def keepers(code: Iterable[ast.AST]) -> list[ast.ExceptHandler]:
    """Return the handlers in some code that keep our own fault from going on."""
    handlers = (node for node in code if isinstance(node, ast.ExceptHandler))
    return [handler for handler in handlers if caught(handler) & WIDE and keeps(handler)]


def keeps_faults(path: Path) -> bool:
    return "except" in path.read_text(encoding="utf-8") and bool(keepers(nodes(path)))


def test_who_blames_a_peer_does_not_catch_our_own_fault() -> None:
    assert not issubclass(InvariantError, NetError)


def test_only_shells_keep_our_own_fault() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("net", "racer")
        for path in (ROOT / package).rglob("*.py")
        if keeps_faults(path)
    }
    assert found == SHELLS
    for careless in ("except Exception", "except", "except (OSError, InvariantError)"):
        for last, kept in (("pass", True), ("raise", False)):
            code = ast.parse(f"try:\n    pass\n{careless}:\n    {last}\n")
            assert bool(keepers(ast.walk(code))) is kept
