"""Who owes the room what it should have decreed, and for how long all wait for it.

Who coordinates may be bored, broken or a liar: it beats, is heard, and leaves out what it should
decree. Then there is nothing to refuse, and yet it decides what becomes of the evening.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from net import NodeId, Recent
from racer.play.limits import DEBTORS_MAX, DUES_GAP_NS, OWED_NS, PASSED_OVER_NS, SHUNNED_NS
from racer.play.review.evidence import Misruling
from racer.play.room.messages import LobbyId, RaceId


class Owed(StrEnum):
    """What of it."""

    DISQUALIFICATION = "that somebody is put out of the race"
    RESULTS = "the results of the race"
    LOBBY = "that the next race may be chosen"
    START = "that the race begins"
    DRIVER = "that somebody drives a car"
    CANISTER = "that somebody gets a canister"
    PLACE = "that a line gets its place in the chat"

    @property
    def patience_ns(self) -> int:
        """So long all wait for it.

        Words against somebody are with all soon. Of a lap some may see that it is none, and others
        not yet: then they do not agree on when a race was over.
        """
        return PASSED_OVER_NS if self is Owed.DISQUALIFICATION else OWED_NS

    @property
    def misruling(self) -> Misruling:
        """What it is that it is not decreed."""
        match self:
            case Owed.DISQUALIFICATION | Owed.RESULTS | Owed.LOBBY:
                return Misruling.WITHHELD
            case Owed.START:
                return Misruling.NOT_STARTED
            case Owed.DRIVER:
                return Misruling.NOT_DRIVEN
            case Owed.CANISTER:
                return Misruling.NOT_GRANTED
            case Owed.PLACE:
                return Misruling.NOT_PLACED


@dataclass(frozen=True, slots=True)
class Debt:
    """One thing that who coordinates owes the room."""

    what: Owed
    where: RaceId | LobbyId  # zeroes: anywhere
    subject: NodeId | None = None  # whom it is about
    which: tuple[int, ...] = ()  # of several of the kind


@final
class Debts:
    """Who has owed the room something for too long, as one node sees it.

    Time runs by our own clock, and only while we look and somebody leads: who lost the office and
    has it again goes on where it was, whoever led meanwhile. Such a one is shunned for SHUNNED_NS,
    or until the others, who see the same, have elected another. Then it has its time once more:
    where it is we who are wrong, we take again what it decrees.
    """

    def __init__(self) -> None:
        # Who led last is the last.
        self._owed_ns: Recent[NodeId, dict[Debt, int]] = Recent(DEBTORS_MAX)
        self._shunned_ns: dict[NodeId, int] = {}  # since when
        self._looked_ns: int | None = None
        self._found: list[tuple[NodeId, Misruling]] = []  # against whom; to be told

    def take_found(self) -> list[tuple[NodeId, Misruling]]:
        """Return who has been shunned since this was last asked."""
        found, self._found = self._found, []
        return found

    def debtors(
        self, due: Collection[Debt] | None, coordinator: NodeId | None, now_ns: int
    ) -> frozenset[NodeId]:
        """Return who is to lead nobody for now.

        Args:
            due: what the room waits for; None: we cannot say just now.
            coordinator: who leads us, and could have decreed it; None: nobody.
            now_ns: by our own clock.
        """
        passed_ns = 0 if self._looked_ns is None else now_ns - self._looked_ns
        self._looked_ns = now_ns
        self._shunned_ns = {
            by: since_ns
            for by, since_ns in self._shunned_ns.items()
            if now_ns - since_ns < SHUNNED_NS and coordinator in {None, by}
        }
        if due is None:
            return frozenset(self._shunned_ns)
        for by, owed in list(self._owed_ns.items()):
            self._owed_ns[by] = {debt: ns for debt, ns in owed.items() if debt in due}
        if coordinator is not None and coordinator not in self._shunned_ns:
            self._charge_debts(coordinator, due, min(passed_ns, DUES_GAP_NS), now_ns)
        return frozenset(self._shunned_ns)

    def _charge_debts(self, by: NodeId, due: Collection[Debt], passed_ns: int, now_ns: int) -> None:
        owed = self._owed_ns.pop(by, {})
        owed = {debt: owed[debt] + passed_ns if debt in owed else 0 for debt in due}
        late = [debt.what for debt, ns in owed.items() if ns >= debt.what.patience_ns]
        if late:
            self._shunned_ns[by] = now_ns
            self._found.append((by, min(late, key=list(Owed).index).misruling))
            return
        self._owed_ns.note(by, owed)
