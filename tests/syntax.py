"""The syntax trees of the source files: each is parsed and walked once, whoever asks."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of the syntax tree of a file, in the order of `ast.walk`."""
    return tuple(ast.walk(tree(path)))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file; nobody may change it."""
    return ast.parse(path.read_text(encoding="utf-8"))
