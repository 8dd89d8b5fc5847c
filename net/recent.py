"""What was noted last, and no more of it than one may keep: anybody can tell of any number."""

from __future__ import annotations

from typing import TypeVar, final

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


@final
class Recent(dict[KeyT, ValueT]):
    """A table of the entries that were noted last, in that order: the stalest is the first."""

    __slots__ = ("_most",)

    def __init__(self, most: int) -> None:
        """Begin one, empty, of at most so many entries, one at the least."""
        super().__init__()
        self._most = most

    def note(self, key: KeyT, value: ValueT) -> None:
        """Note an entry as the last, anew if it was noted; the stalest go beyond the bound."""
        self.pop(key, None)
        self[key] = value
        while len(self) > self._most:
            del self[next(iter(self))]
