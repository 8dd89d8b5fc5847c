"""Holding a coordinator to what it may decree: its followers judge each entry before they take it.

What the program above makes of a decree is for it to say (`Ruled`); that nobody is made to speak
what it cannot, or convicted by what proves nothing, is for us. An entry that is refused never
stands in our log, so it never counts by us; and who decreed it is not followed, nor promised
anything, any more. Where a majority refuses, it commits nothing, and another is elected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, final

import msgspec

from net.cluster.log import majority
from net.ids import Member, NodeId
from net.wire.decrees import (
    Convict,
    Decree,
    DecreeBody,
    Equivocation,
    Order,
    Rule,
    SpeakVersion,
)
from net.wire.messages import Append, Appended, Fetch, Fetched, Message

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.cluster.voter import Voter


class Ruled(Enum):
    """What a follower's program makes of what a coordinator decreed."""

    FITS = "it follows from what is here, or nobody can say"
    WAITS = "it rests on what may still come"
    REFUSED = "what is here speaks against it"


class Leader(NamedTuple):
    """Who coordinates, and since which epoch: decrees of earlier ones it only repeats."""

    node: NodeId
    epoch: int


Judge: TypeAlias = Callable[[Sequence[Decree], Leader, int, int], Ruled]
"""Judges the last of some decrees that follow what was told: by whom, waited for how long, now."""

Commits: TypeAlias = Callable[[Member], int]
"""Tells how many decrees of our lineage another member says that it knows to count."""

_HARMLESS: Final = (Appended, Fetch, Fetched)
"""What counts of who is distrusted: it may hold decrees that others made."""


@final
class Jury:
    """One node's: whom it distrusts, and which entries wait for what they rest on.

    Args:
        highest: the newest version of the protocol that it speaks.
        on_overreach: called with what would have it speak a newer one, or convicts nobody.
    """

    def __init__(self, highest: int, on_overreach: Callable[[DecreeBody], None]) -> None:
        self._highest = highest
        self._on_overreach = on_overreach
        self.judge: Judge | None = None  # None: the program takes what is decreed
        self.proves: Callable[[Equivocation], bool] | None = None  # None: we cannot tell
        self.distrusted: set[NodeId] = set()
        self.excluded: frozenset[NodeId] = frozenset()  # from the room, by the program's decrees
        self._refused: dict[NodeId, Decree] = {}  # of each of them, what was
        self._held: tuple[NodeId, Append] | None = None
        self._waits_for: Decree | None = None
        self._since_ns = 0

    @property
    def waits(self) -> bool:
        """An entry waits for what it rests on, which its coordinator must have."""
        return self._held is not None

    def shuns(self, sender: NodeId, message: Message) -> bool:
        """Whether a message does not count, for who sends it."""
        return not self.trusts(sender) and not isinstance(message, _HARMLESS)

    def trusts(self, node: NodeId) -> bool:
        """Whether a node may lead us."""
        return node not in self.distrusted and node not in self.excluded

    def take_held(self, log: DecreeLog, commits: Commits) -> tuple[NodeId, Append] | None:
        """Return what waits, to be looked at again.

        Who decreed what most have taken by now is trusted again: what a majority takes counts.
        """
        for node, decree in sorted(self._refused.items()):
            if _is_taken_by_most(decree, log, commits, node):
                self.distrusted.discard(node)
                del self._refused[node]
        held, self._held = self._held, None
        return held

    def examine(
        self, voter: Voter, told: int, commits: Commits, append: Append, now_ns: int
    ) -> Append | None:
        """Return what may be taken of a coordinator's entries; None: it rules falsely.

        Args:
            voter: us; who decrees what is refused leads us no more.
            told: how many decrees the program knows.
            commits: by which most may have taken an entry; then it counts, whatever we see.
            append: by who coordinates.
        """
        self._held = None
        log, sender = voter.log, append.coordinator.node
        continues = append.lineage == log.lineage and log.hash_at(append.index) == append.previous
        if not continues or append.epoch < voter.promised:
            return append
        ahead = list(log.entries(told, append.index)) if told < append.index else []
        for count, decree in enumerate(append.entries):
            ahead.append(decree)
            is_here = decree.index < log.head and log.entry(decree.index) == decree
            is_known = is_here or decree.index < told
            # What it has of who led before, whose lines may have gone with that, is not its doing.
            own = isinstance(decree.what, Order | Convict) and decree.epoch == append.epoch
            is_judged = (
                own or isinstance(decree.what, Rule | SpeakVersion)
            ) and decree.index >= told
            if is_known or not is_judged or _is_taken_by_most(decree, log, commits, sender):
                continue
            waited_ns = now_ns - self._since_ns if decree == self._waits_for else 0
            match self._rule_on(ahead, Leader(sender, append.epoch), waited_ns, now_ns):
                case Ruled.FITS:
                    continue
                case Ruled.WAITS:
                    if decree != self._waits_for:
                        self._waits_for, self._since_ns = decree, now_ns
                    self._held = (sender, append)
                    return msgspec.structs.replace(append, entries=append.entries[:count])
                case Ruled.REFUSED if not _may_distrust(log, self.distrusted | {sender}):
                    self.distrusted.clear()
                    self._refused.clear()
                case Ruled.REFUSED:
                    self.distrusted.add(sender)
                    self._refused[sender] = decree
                    if voter.coordinator == append.coordinator:
                        voter.coordinator = None
                    return None
        return append

    def _rule_on(self, ahead: Sequence[Decree], by: Leader, waited_ns: int, now_ns: int) -> Ruled:
        what = ahead[-1].what
        if self._oversteps(what):
            self._on_overreach(what)
            return Ruled.REFUSED
        if isinstance(what, Order | Rule) and self.judge is not None:
            return self.judge(ahead, by, waited_ns, now_ns)
        return Ruled.FITS

    def _oversteps(self, what: DecreeBody) -> bool:
        """Whether nobody honest decrees this: each held it against the same before."""
        match what:
            case SpeakVersion(version=version):
                return version > self._highest
            case Convict(proof=proof):
                return self.proves is not None and not self.proves(proof)
            case _:
                return False


def _may_distrust(log: DecreeLog, liars: Set[NodeId]) -> bool:
    """Whether most members would be left: where most seem to lie, it is we who judge wrongly."""
    trusted = sum(member.node not in liars for member in log.members)
    return trusted >= majority(len(log.members))


def _is_taken_by_most(decree: Decree, log: DecreeLog, commits: Commits, sender: NodeId) -> bool:
    """Whether members enough say that an entry counts, who decreed it counted in."""
    taken = sum(m.node == sender or commits(m) > decree.index for m in log.members)
    return taken >= majority(len(log.members))
