"""What of the chat a checkpoint has folded away: who begins from it need not show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from racer.app.verify.lives import Life, PrintedLine

LINES_KEPT: Final = 100
"""So many of the newest lines each checkpoint keeps, and a life that begins from it shows."""


@final
@dataclass(frozen=True, slots=True)
class ChatFold:
    """The newest checkpoint that a life told of, in the history that it ended in.

    Who splits off goes on in another lineage with the same history, and does not tell of it again.

    Args:
        told: where it says from which place on the chat is kept, and before which decree it is.
        kept: decrees of the newest lines from before it that the life shows, the newest first.
    """

    told: PrintedLine
    kept: tuple[int, ...]

    @property
    def is_short(self) -> bool:
        """Whether the life shows less than a checkpoint keeps."""
        return len(self.kept) < LINES_KEPT

    def has_folded(self, line: PrintedLine, decrees: Mapping[str, int]) -> bool:
        """Whether a line may be missing, for it is older than what is kept.

        Args:
            line: as it was told last, in whichever lineage.
            decrees: by which decree a line has its place in the history of the fold, by dot, as
                anybody told it; of what nobody told there, the place says how old it is.
        """
        decree = decrees.get(line.word("dot"))
        if decree is None:
            return line.number("index") < self.told.number("index")
        return not self.is_short and decree < self.kept[-1]


def fold_of(life: Life) -> ChatFold | None:
    """Return the checkpoint from which a life's chat counts; None: it shows all of it."""
    newest: PrintedLine | None = None
    for line in life.told("chat", "chat_folded"):
        if line.event == "chat_folded":
            newest = line
        elif newest is not None and begins_anew(line, newest):
            newest = None
    if newest is None:
        return None
    before = newest.number("decree")
    shown = {line.word("dot"): line.number("decree") for line in life.told("chat")}
    older = sorted((decree for decree in shown.values() if decree < before), reverse=True)
    return ChatFold(newest, tuple(older[:LINES_KEPT]))


def begins_anew(line: PrintedLine, folded: PrintedLine) -> bool:
    """Tell whether a line of chat is of another history than the fold that was told before it.

    Who enters a lineage whose chat is not folded shows all of it again, from its first place on.
    """
    return line.stay != folded.stay and line.number("index") < folded.number("index")
