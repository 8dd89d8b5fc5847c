"""What is news of the room itself: who is in it, who coordinates it, in which lineage we are."""

from __future__ import annotations

from typing import Final, assert_never, final

from net import (
    Awaited,
    Bound,
    BoundReached,
    CheckpointDiffered,
    Command,
    Committed,
    CoordinatorChanged,
    Decree,
    Denied,
    HistoryGivenUp,
    HistoryTooNew,
    LineageEntered,
    LineageId,
    NodeId,
    PeerChanged,
    PeerUnreadable,
    PutOff,
    Report,
    Revived,
    SpeakVersion,
    TwinFound,
    VersionsDiffer,
)
from racer.core.tuning import GRID_MAX
from racer.play.reports import (
    CoordinatorSeen,
    CoordinatorVacant,
    HistoryAwaited,
    HistoryResumed,
    Joined,
    LineageSeen,
    PeerSeen,
    RoomTrouble,
    VersionSpoken,
)
from racer.play.room.facts import Facts
from racer.play.room.room import Room
from racer.play.room.roster import Roster
from racer.play.show.incompatibility import report_of
from racer.play.show.refusals import (
    convicted_seen,
    passphrase_seen,
    put_off_seen,
    twin_seen,
    unreadable_seen,
)
from racer.play.show.removals import Removals, forgotten_seen
from racer.play.show.waiting import no_car_seen

TOO_OLD: Final = "By its clock this machine kept the race over twelve hours ago: it begins anew"


@final
class RoomNews:
    """Tells each thing once: to programs as reports, to people in the lines that it returns.

    Args:
        race: the name of the room.
        name: of this player.
    """

    def __init__(self, race: str, me: NodeId, name: str) -> None:
        self.coordinator: NodeId | None = None
        self.epoch = 0
        self.joined = False  # we were in the room at least once
        self._race = race
        self._me = me
        self._name = name
        self._told: tuple[NodeId, int] | None = None  # who coordinates, as last reported
        self._is_vacant = False  # nobody does, and we told so
        self._lineage: LineageId | None = None
        self._version = 0  # that the room speaks, as last reported
        self.removals = Removals(me)
        self._differed = False  # we told that the others hold another room
        self._lacks_car = False  # all are taken, and we told so

    def on_peer(self, event: PeerChanged) -> list[Command]:
        """Tell programs what became of a peer; people are told by `Absences`."""
        return [Report(PeerSeen(event.node, event.name, event.state.value))]

    def on_foreign(
        self,
        event: VersionsDiffer | HistoryTooNew | PeerUnreadable | Denied | PutOff | TwinFound,
        roster: Roster,
    ) -> tuple[list[Command], list[str]]:
        """Tell of somebody with whom we cannot race, or of a race that we cannot go on with."""
        if isinstance(event, PeerUnreadable):
            unread = unreadable_seen(event, event.name or roster.name_of(event.node))
            return [Report(unread)], [unread.text]
        if isinstance(event, Denied):
            seen = passphrase_seen(event)
            return [Report(seen)], [seen.text[:1].upper() + seen.text[1:]]
        if isinstance(event, PutOff):
            put_off = put_off_seen(event, event.name or roster.known_name(event.node))
            return [Report(put_off)], [put_off.text]
        if isinstance(event, TwinFound):
            twin = twin_seen(event, roster.name_of(event.node))
            return [Report(twin)], [twin.text]
        report = report_of(event, roster)
        return [Report(report)], [report.text.partition(": ")[0]]

    def on_convicted(self, node: NodeId, roster: Roster) -> tuple[list[Command], list[str]]:
        """Tell of a key that signed two things in one place; to people, if they met it."""
        seen = convicted_seen(node, roster.name_of(node), ours=node == self._me)
        if seen.ours:
            self.removals.words = seen.text
        return [Report(seen)], [seen.text] if self.joined else []

    def on_coordinator(self, event: CoordinatorChanged) -> list[Command]:
        """Tell programs who coordinates now: whoever drives need not know."""
        self.coordinator, self.epoch = event.node, event.epoch
        if event.node is None:
            return self._report_vacancy()
        now = (event.node, event.epoch)
        if self._told == now and not self._is_vacant:
            return []
        self._told, self._is_vacant = now, False
        return [Report(CoordinatorSeen(self._race, event.node, event.epoch, event.lineage))]

    def _report_vacancy(self) -> list[Command]:
        """Tell once that whom we told of coordinates no more."""
        if self._told is None or self._is_vacant:
            return []
        self._is_vacant = True
        return [Report(CoordinatorVacant(self._race, *self._told))]

    def on_trouble(
        self, event: CheckpointDiffered | HistoryGivenUp | BoundReached, roster: Roster
    ) -> tuple[list[Command], list[str]]:
        """Tell what of the room is not as we held it, or has no room any more."""
        match event:
            case CheckpointDiffered() if self._differed:
                return [], []
            case CheckpointDiffered():
                self._differed = True
                told = RoomTrouble("differed", "What is decided here is not what all of us saw")
            case HistoryGivenUp(operations=count):
                words = "what was said and driven apart from the others is in no room any more"
                told = RoomTrouble("given up", f"{words}: {count} entries")
            case BoundReached(bound=Bound.AUTHORS, forgotten=nodes):
                told = forgotten_seen("have come and gone", list(map(roster.name_of, nodes)))
            case BoundReached(bound=Bound.CONVICTED, forgotten=nodes):
                told = forgotten_seen("said two things", list(map(roster.name_of, nodes)))
            case BoundReached(bound=bound):
                told = RoomTrouble("full", _bound_words(bound))
            case _:
                assert_never(event)
        return [Report(told)], [told.text]

    def on_seats(self, room: Room, facts: Facts) -> tuple[list[Command], list[str]]:
        """Tell, when it has become so, that we want to drive and no car is left."""
        me, was = self._me, self._lacks_car
        wants = facts.entry_of(me) is not None and me not in room.seats
        self._lacks_car = wants and len(room.seats) >= GRID_MAX
        if was or not self._lacks_car:
            return [], []
        seen = no_car_seen(self._race)
        return [Report(seen)], [seen.text]

    def on_lineage(self, lineage: LineageId) -> list[Command]:
        """Tell in which lineage decrees count for us, where that is news."""
        was, self._lineage = self._lineage, lineage
        return [] if was == lineage else [Report(LineageSeen(lineage, was))]

    def on_decree(self, event: LineageEntered | Committed) -> list[Command]:
        """Tell which version of the protocol the room speaks, where that is news."""
        match event:
            case Committed(decree=Decree(what=SpeakVersion(version=version))):
                was, self._version = self._version, version
                return [] if was == version else [Report(VersionSpoken(version))]
            case _:
                return []

    def on_history(
        self, event: Awaited | Revived, roster: Roster
    ) -> tuple[list[Command], list[str]]:
        """Tell what becomes of what this machine kept of the room."""
        names = tuple(roster.name_of(node) for node in event.missing)
        match event:
            case Awaited():
                lines = [f"Waiting for {', '.join(names)}, who may know more of this race"]
                return [Report(HistoryAwaited(names))], lines
            case Revived(kept=kept, sure=sure):
                lines = [f"Without {', '.join(names)}: what only they kept is lost"]
                if not kept:
                    lines = [TOO_OLD]
                report = Report(HistoryResumed(kept, sure, names))
                return [report], [] if sure else lines
            case _:
                assert_never(event)

    def on_synced(self) -> list[Command]:
        """Tell once that we are in the room."""
        if self.joined:
            return []
        self.joined = True
        return [Report(Joined(self._race, self._me, self._name))]


def _bound_words(bound: Bound) -> str:
    match bound:
        case Bound.DECREES:
            return "the room is full: nothing more is decided in it"
        case Bound.OPERATIONS:
            return "the room is full: nothing more can be said or claimed in it for now"
        case Bound.LIVES:
            return "too many came and went: who is new in the room is not heard for now"
        case Bound.FOLD:
            return "the room holds more than fits a checkpoint: it fills up, and will stand still"
        case Bound.AUTHORS | Bound.CONVICTED:
            return "the room forgets somebody, who may come in again"
        case _:
            assert_never(bound)
