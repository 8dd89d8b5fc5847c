"""Completes names in a line: Tab by Tab through all that begin like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Completion:
    """What was made of a beginning."""

    start: str  # what stood before the beginning
    names: tuple[str, ...]  # that begin like it
    at: int  # which of them it is

    @property
    def text(self) -> str:
        """What stands before the caret now."""
        ending = ": " if not self.start else " "
        return f"{self.start}{self.names[self.at]}{ending}"


def complete(text: str, names: Sequence[str], last: Completion | None) -> Completion | None:
    """Return what the word before the caret may be, or None where nobody is called so.

    Args:
        text: before the caret.
        names: of who is here.
        last: what was made of it the last time: the next one follows.
    """
    if last is not None and text == last.text:
        return Completion(last.start, last.names, (last.at + 1) % len(last.names))
    beginning = text.rsplit(" ", maxsplit=1)[-1]
    start = text[: len(text) - len(beginning)]
    like = sorted({name for name in names if name.casefold().startswith(beginning.casefold())})
    return Completion(start, tuple(like), 0) if like else None
