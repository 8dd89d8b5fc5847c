"""What the room waits for, whoever coordinates and whoever is here: its clock and facts say so.

Who coordinates may be bored, or broken: it beats, is heard, and decrees nothing. Then there is
nothing to refuse, and yet the evening is over unless somebody else decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from net import NodeId
from racer.play.limits import OWED_NS, PASSED_OVER_NS, SHUNNED_NS
from racer.play.review.evidence import Misruling
from racer.play.room.facts import Facts
from racer.play.room.messages import RaceId
from racer.play.room.referee import close_ns, idle_ns, shown_ns
from racer.play.room.room import Room


class Owed(StrEnum):
    """What of it."""

    DISQUALIFICATION = "that somebody is put out of the race"
    RESULTS = "the results of the race"
    LOBBY = "that the next race may be chosen"

    @property
    def patience_ns(self) -> int:
        """So long all wait for it.

        Words against somebody are with all soon. Of a lap some may see that it is none, and others
        not yet: then they do not agree on when a race was over.
        """
        return PASSED_OVER_NS if self is Owed.DISQUALIFICATION else OWED_NS


@dataclass(frozen=True, slots=True)
class Debt:
    """One thing that who coordinates owes the room."""

    what: Owed
    race: RaceId
    subject: NodeId | None = None  # who is to be put out


def debt_of(
    room: Room,
    facts: Facts,
    disqualified: NodeId | None,
    length_of: Callable[[str], float | None],
    race_ns: int,
) -> Debt | None:
    """Return what is due by now; None: nothing, or nobody can say without the circuit.

    Args:
        disqualified: who is to be put out of the race that is on, if anybody is.
        length_of: of a lap [m], by key of the circuit.
        race_ns: now.
    """
    race = room.race
    if race is None or not room.in_race:
        return None
    if race.results is not None:
        is_due = race_ns > 1000 * race.results.closed_us + shown_ns(race)
        return Debt(Owed.LOBBY, race.id) if is_due else None
    if disqualified is not None:
        return Debt(Owed.DISQUALIFICATION, race.id, disqualified)
    length_m = length_of(race.setup.circuit)
    if length_m is None:
        return None
    closes_ns = close_ns(race, facts, length_m) or idle_ns(race, facts, length_m)
    return Debt(Owed.RESULTS, race.id) if race_ns >= closes_ns else None


@dataclass(slots=True)
class _Account:
    """Who owes something, and since when by the race clock."""

    by: NodeId
    debt: Debt
    since_ns: int
    told: bool = False  # that it is shunned


@final
class Debts:
    """Who has owed the room something for too long, as one node sees it.

    Such a one is shunned for SHUNNED_NS, in which the others, who see the same, elect another. Then
    it has its time once more: where it is we who are wrong, we take again what it decrees.
    """

    def __init__(self) -> None:
        self._account: _Account | None = None
        self._found: list[tuple[NodeId, Misruling]] = []  # against whom; to be told

    def take_found(self) -> list[tuple[NodeId, Misruling]]:
        """Return who has been shunned since this was last asked."""
        found, self._found = self._found, []
        return found

    def debtor(self, debt: Debt | None, coordinator: NodeId | None, race_ns: int) -> NodeId | None:
        """Return who is to lead nobody for now.

        Args:
            debt: what is due.
            coordinator: who leads; None: nobody, as when we have just left one.
        """
        account = self._account
        if account is not None and account.debt != debt:
            account = None
        is_led_by_another = account is None or account.by != coordinator
        if debt is not None and coordinator is not None and is_led_by_another:
            account = _Account(coordinator, debt, race_ns)
        self._account = account
        if account is None:
            return None
        late_ns = race_ns - account.since_ns - account.debt.what.patience_ns
        if late_ns < 0:
            return None
        if late_ns >= SHUNNED_NS:
            self._account = None
            return None
        if not account.told:
            account.told = True
            self._found.append((account.by, Misruling.WITHHELD))
        return account.by
