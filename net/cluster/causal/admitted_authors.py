"""Which lives may write operations: those that the history of decrees has named (ADR 48)."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.causal.log_reader import LogReader
from net.wire.decrees import AddAuthors, AddMember, FoundLineage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.cluster.log import DecreeLog
    from net.ids import Member
    from net.wire.decrees import DecreeBody


@final
class AdmittedAuthors:
    """Follows a log, committed or not: what it decrees of members says who may write, too.

    Nobody is taken out by leaving: what a life wrote stays. A checkpoint carries its members and
    its authors. A decree that is replaced in the log admits nobody any more; what was delivered on
    its word is for the coordinator to admit anew.
    """

    def __init__(self) -> None:
        self._lives: set[Member] = set()
        self._reader = LogReader()
        self.changes = 0  # how often somebody was admitted

    def __contains__(self, life: Member) -> bool:
        return life in self._lives

    def __len__(self) -> int:
        return len(self._lives)

    def follow(self, log: DecreeLog) -> None:
        """Read what is new in the log that we hold now."""
        news = self._reader.news(log)
        if news is None:
            return
        before = self._lives
        self._lives = set(_carried_over(log)) if news.anew else set(before)
        for decree in news.decrees:
            self._lives.update(admitted_by(decree.what))
        if not self._lives <= before:
            self.changes += 1


def admitted_by(what: DecreeBody) -> tuple[Member, ...]:
    """Return the lives that may write by a decree's word."""
    match what:
        case AddMember(member=member):
            return (member,)
        case AddAuthors(lives=lives):
            return lives
        case FoundLineage(members=members):
            return members
        case _:
            return ()


def _carried_over(log: DecreeLog) -> Iterable[Member]:
    """Return who was admitted before the first decree that counts here, by the checkpoint."""
    if log.checkpoint is None:
        return ()
    content = log.checkpoint.content
    return (*content.base.members, *(author.member for author in content.authors))
