"""All that a session shows: reports for programs, notices and the view for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from net import (
    Awaited,
    BoundReached,
    CheckpointDiffered,
    Command,
    CommandFault,
    Committed,
    CoordinatorChanged,
    Denied,
    Equivocated,
    HistoryGivenUp,
    HistoryTooNew,
    LineageEntered,
    LineageId,
    NodeId,
    NodeView,
    PeerChanged,
    PeerUnreadable,
    PutOff,
    Refused,
    Report,
    Revived,
    TwinFound,
    VersionsDiffer,
    Waiting,
)
from racer.play.cars.local_race import LocalRace
from racer.play.reports import RemovalSeen, WaitingSeen
from racer.play.room.room import Room
from racer.play.room.room_state import RoomState
from racer.play.room.roster import Roster
from racer.play.shared_content import SharedContent
from racer.play.show.absences import Absences
from racer.play.show.compose import ViewSources, compose_view
from racer.play.show.kept_reports import KeptReports
from racer.play.show.network import NetworkWatch
from racer.play.show.notices import Notices
from racer.play.show.refusals import Refusals
from racer.play.show.reporter import Reporter
from racer.play.show.room_news import RoomNews
from racer.play.show.statistics import Statistics
from racer.play.show.taping import Taping
from racer.play.show.waiting import waiting_seen
from racer.play.view import Breakage, NetworkKind, RaceView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.play.cars.witness import Disbelief
    from racer.play.review.evidence import Misruling

_BROKEN: Final = {
    Breakage.KILL: "You kill this process",
    Breakage.CUT: "You cut this node off the network",
    Breakage.FREEZE: "You freeze this node",
}


@final
class Show:
    """Tells what is new, once, and keeps the newest view.

    Args:
        race: the name of the room.
        name: of this player.
        stats: whether figures of the connection are reported.
        seen: whether anybody looks at the view.
        watches: this player takes no part.
        tapes: whether races are taped.
    """

    def __init__(
        self,
        race: str,
        me: NodeId,
        name: str,
        *,
        stats: bool,
        seen: bool,
        watches: bool = False,
        tapes: bool = False,
    ) -> None:
        self.view: RaceView | None = None
        self.notices = Notices()
        self._race = race
        self._me = me
        self._seen = seen
        self._watches = watches
        self._reporter = Reporter()
        self._kept_reports = KeptReports()
        self._news = RoomNews(race, me, name)
        self._absences = Absences(me)
        self.network = NetworkWatch()
        self._taping = Taping(race) if tapes else None
        self._statistics = Statistics() if stats else None
        self._refusals = Refusals()
        self._waiting: WaitingSeen | None = None  # why we are not in the room yet

    @property
    def joined(self) -> bool:
        """Whether we were in the room at least once."""
        return self._news.joined

    @property
    def coordinator(self) -> NodeId | None:
        """Who coordinates, as far as we know."""
        return self._news.coordinator

    def on_peer(self, event: PeerChanged) -> list[Command]:
        return self._news.on_peer(event)

    def on_foreign(
        self,
        event: VersionsDiffer | HistoryTooNew | PeerUnreadable | Denied | PutOff | TwinFound,
        roster: Roster,
        race_ns: int,
    ) -> list[Command]:
        return self._pass_on(self._news.on_foreign(event, roster), race_ns)

    def on_convicted(self, event: Equivocated, roster: Roster, race_ns: int) -> list[Command]:
        return self._pass_on(self._news.on_convicted(event.node, roster), race_ns)

    def on_coordinator(self, event: CoordinatorChanged) -> list[Command]:
        return self._news.on_coordinator(event)

    def on_folded(self, room: Room, decree: int) -> None:
        """Remember no more of what was told than a room of all decrees before `decree` does."""
        self._reporter.forget_past(room, decree)

    def on_room_trouble(
        self,
        event: CheckpointDiffered | HistoryGivenUp | BoundReached,
        roster: Roster,
        race_ns: int,
    ) -> list[Command]:
        """Tell what of the room is not as we held it, or has no room any more."""
        return self._pass_on(self._news.on_trouble(event, roster), race_ns)

    def on_history(self, event: Awaited | Revived, roster: Roster, race_ns: int) -> list[Command]:
        return self._pass_on(self._news.on_history(event, roster), race_ns)

    def on_lineage(self, lineage: LineageId) -> list[Command]:
        return self._news.on_lineage(lineage)

    def on_decree(self, event: LineageEntered | Committed) -> list[Command]:
        return self._news.on_decree(event)

    def on_synced(self) -> list[Command]:
        self._waiting = None
        return self._news.on_synced()

    def on_waiting(self, event: Waiting, roster: Roster, race_ns: int) -> list[Command]:
        """Tell why we are not in the room: in the race's place, or beside one that we were in."""
        seen = waiting_seen(self._race, event, roster)
        if self.joined:
            self.notices.add([seen.text], race_ns)
        else:
            self._waiting = seen
        return [Report(seen)]

    def on_refused(self, event: Refused, race_ns: int, now_ns: int) -> list[Command]:
        return self._pass_on(self._refusals.on_refused(event, now_ns), race_ns)

    def on_disbelieved(
        self, refused: Sequence[Disbelief], roster: Roster, race_ns: int, now_ns: int
    ) -> list[Command]:
        """Tell what others tell of their cars and does not count here."""
        if not refused:
            return []
        commands, lines = self._refusals.on_disbelieved(refused, roster.name_of, now_ns)
        self.notices.add(lines, race_ns)
        for line in lines:
            self.network.events.add(NetworkKind.REFUSAL, line, now_ns)
        return commands

    def on_misrulings(
        self,
        found: Sequence[tuple[NodeId, Misruling]],
        roster: Roster,
        race_ns: int,
        now_ns: int,
    ) -> list[Command]:
        """Tell who is followed no more, for what it decreed."""
        if not found:
            return []
        commands, lines = self._refusals.on_misrulings(found, roster.name_of, now_ns)
        self.notices.add(lines, race_ns)
        for line in lines:
            self.network.events.add(NetworkKind.REFUSAL, line, now_ns)
        return commands

    def on_break(self, breakage: Breakage, state: RoomState, race_ns: int, now_ns: int) -> bool:
        """Tell that the player breaks this node; return whether the room lets one."""
        chosen = state.room.chosen
        if chosen is None or not chosen.sandbox:
            self.notices.add(["Only in a sandbox one may break one's own node."], race_ns)
            return False
        self.network.events.add(NetworkKind.BREAKAGE, _BROKEN[breakage], now_ns)
        return True

    def on_unsaid(self, fault: CommandFault, race_ns: int, now_ns: int) -> list[Command]:
        """Tell that a line of this driver was not said."""
        return self._pass_on(self._refusals.on_unsaid(fault, now_ns), race_ns)

    def on_unheeded(self, race_ns: int, now_ns: int) -> list[Command]:
        """Tell that wishes of this driver were dropped."""
        return self._pass_on(self._refusals.on_unheeded(now_ns), race_ns)

    def on_unread(self, node: NodeId, name: str, what: str, at: tuple[int, int]) -> list[Command]:
        """Tell of somebody of whom something came that means nothing here.

        Args:
            at: race clock and now, ns.
        """
        race_ns, now_ns = at
        return self._pass_on(self._refusals.on_unread(node, name, what, now_ns), race_ns)

    def on_unread_room(self, race_ns: int, now_ns: int) -> list[Command]:
        """Tell that something that the room decided, or holds, means nothing here."""
        return self._pass_on(self._refusals.on_unread_room(now_ns), race_ns)

    def on_unplaced(self, race_ns: int, now_ns: int) -> list[Command]:
        """Tell that lines of this driver got no place."""
        return self._pass_on(self._refusals.on_unplaced(now_ns), race_ns)

    def on_network(self, node: NodeView, race_ns: int, now_ns: int) -> list[Command]:
        """Tell what is wrong with the network itself."""
        told = self.network.trouble(node, now_ns)
        if told is None:
            return []
        return self._pass_on(([Report(told)], [told.text[:1].upper() + told.text[1:]]), race_ns)

    def reports(
        self, state: RoomState, local_race: LocalRace | None, node: NodeView, race_ns: int
    ) -> list[Command]:
        """Tell what is new of the race, once we are in the room and our disk has it."""
        removals, lines = self._news.removals.on_tick(state, race_ns, joined=self.joined)
        self.notices.add(lines, race_ns)
        if not self.joined:
            ours = [each for each in removals if isinstance(each, RemovalSeen) and each.ours]
            return [Report(removal) for removal in ours]
        room, facts, roster = state.room, state.facts, state.roster
        seats, lines = self._news.on_seats(room, facts)
        self.notices.add(lines, race_ns)
        news = self._reporter.news(room, facts, roster, local_race, race_ns)
        told = self._kept_reports.pass_on(news, node.given, node.kept)
        taped = [] if self._taping is None else self._taping.on_tick(state, local_race, told)
        return [*seats, *(Report(report) for report in (*removals, *told, *taped))]

    def statistics(
        self, roster: Roster, local_race: LocalRace | None, node: NodeView, now_ns: int
    ) -> list[Command]:
        if self._statistics is None:
            return []
        own_car = None if local_race is None else local_race.own_car
        return self._statistics.on_tick(roster, own_car, node, now_ns)

    def update(
        self,
        state: RoomState,
        content: SharedContent,
        local_race: LocalRace | None,
        node: NodeView,
        now_ns: int,
    ) -> None:
        """Compose the view of this tick, if anybody looks."""
        if not self._seen:
            return
        race_ns = node.race_ns(now_ns)
        length_m = 0.0 if local_race is None else local_race.track.length_m
        self.notices.add(self._absences.lines(state, length_m, now_ns), race_ns)
        sources = ViewSources(
            player_race=self._race,
            me=self._me,
            room=state.room,
            facts=state.facts,
            roster=state.roster,
            local_race=local_race,
            coordinator=self._news.coordinator,
            epoch=self._news.epoch,
            notices=self.notices.shown(race_ns),
            record_book=content.record_book,
            circuit=content.circuit_of(state),
            share=content.share,
            waiting=self._waiting,
            watches=self._watches,
            network=self.network.view(state, node, now_ns),
            removals=self._news.removals.open,
            removed=self._news.removals.words,
        )
        self.view = compose_view(sources, node, race_ns)

    def _pass_on(self, told: tuple[list[Command], list[str]], race_ns: int) -> list[Command]:
        """Show a person the lines, and return the commands that tell programs."""
        commands, lines = told
        self.notices.add(lines, race_ns)
        return commands
