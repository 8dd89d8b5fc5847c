"""A player in a room: the program that runs on a node, for people and for bots."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net import (
    Awaited,
    BoundReached,
    CheckpointDiffered,
    Command,
    CommandFault,
    Committed,
    ContentArrived,
    CoordinatorChanged,
    Counts,
    Decree,
    Delivered,
    Denied,
    Entry,
    Equivocated,
    Event,
    Folded,
    HistoryGivenUp,
    HistoryTooNew,
    Leader,
    LineageEntered,
    NodeId,
    NodeView,
    PeerChanged,
    PeerUnreadable,
    Propose,
    PutOff,
    Refused,
    Report,
    Revived,
    Ruled,
    StateReceived,
    Synced,
    TwinFound,
    VersionsDiffer,
    Waiting,
)
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine
from racer.core.physics.car import Controls
from racer.core.rules.race_setup import RaceSetup
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.local_race import LocalRace
from racer.play.cars.steward import Steward
from racer.play.circuit_sync import CircuitCatalog
from racer.play.limits import INTENTS_MAX
from racer.play.records.record_book import RecordBook
from racer.play.reports import BreakageAsked
from racer.play.review.evidence import Evidence
from racer.play.review.overseer import Overseer, lags_behind
from racer.play.review.reviewer import Reviewer
from racer.play.room.departure import Departure
from racer.play.room.messages import (
    Claim,
    EndWish,
    LapTime,
    Ready,
    RemovalVote,
    Setup,
    StartWish,
)
from racer.play.room.own_facts import OwnFacts
from racer.play.room.referee import Referee
from racer.play.room.room_state import RoomState
from racer.play.room.setup_pace import SetupPace
from racer.play.shared_content import SharedContent
from racer.play.show.show import Show
from racer.play.tempo import Tempo
from racer.play.view import (
    Autopilot,
    BeReady,
    Break,
    Choose,
    ChooseCar,
    Drive,
    EndRace,
    Intent,
    Phase,
    Quit,
    RaceView,
    Rescue,
    Say,
    ShowNetwork,
    Start,
    VoteRemoval,
    Wish,
)

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Who plays, and how."""

    race: str  # name of the room
    name: str
    bot: bool
    setup: Setup  # of the room, if we are the first in it
    skill: float = 0.7
    say: tuple[str, ...] = ()  # lines said once we are in the lobby
    car: int = 0  # kind: index into `tuning.CARS`
    entry: Entry = Entry.EITHER  # who only watches is never seated
    stays: bool = False  # a bot that does not leave after the results
    stats: bool = False
    seen: bool = False  # whether anybody looks at `Session.view`
    tapes: bool = False  # whether races are taped (`SaveTape`)
    hosts: bool = False  # if we are the first in it: our word counts in the room
    met: Mapping[NodeId, str] = field(default_factory=dict)  # names of other evenings


Trouble: TypeAlias = (
    VersionsDiffer
    | HistoryTooNew
    | PeerUnreadable
    | Refused
    | CheckpointDiffered
    | HistoryGivenUp
    | BoundReached
    | Equivocated
    | Denied
    | PutOff
    | TwinFound
)


@final
class Session:
    """One player's program. Only `intend` and `view` may be used from another thread.

    Args:
        tracks: circuits by name; asking for one may be what brings it, some ticks later.
        lines: the racing line of each circuit that is there.
        record_book: the records that this node keeps, if it keeps any.
        catalog: where `tracks` and `lines` come from, if circuits may come from other nodes.
    """

    def __init__(
        self,
        player: Player,
        me: NodeId,
        tracks: Mapping[str, Track],
        lines: Mapping[str, RacingLine],
        rng: Random,
        record_book: RecordBook | None = None,
        catalog: CircuitCatalog | None = None,
    ) -> None:
        self._player = player
        self._state = RoomState(me, player.name, player.met)
        self._content = SharedContent(me, tracks, catalog, record_book)
        facts = self._state.facts
        self._driving = DrivenCars(me, player.bot, player.skill, facts, tracks, lines, rng)
        self._referee = Referee(
            player.setup,
            self._content.length_of,
            self._driving.place_of,
            me if player.hosts else None,
            SetupPace().may_become,
        )
        self._own = OwnFacts(player.name, player.bot, player.car, player.say)
        watches = player.entry is Entry.WATCH
        self._show = Show(
            player.race,
            me,
            player.name,
            stats=player.stats,
            seen=player.seen,
            watches=watches,
            tapes=player.tapes,
        )
        self._reviewer = Reviewer()
        self._departure = Departure(stays=player.stays or not player.bot)
        self._intents: deque[Wish] = deque(maxlen=INTENTS_MAX)
        self._unheeded = False  # some of them were dropped, and we did not tell of it yet
        self._controls = Controls()
        self._synced: Synced | None = None
        self._tempo = Tempo(player.bot)
        overseer = Overseer(self._content.length_of, self._driving)
        self._steward = Steward(me, self._driving.counters, overseer)

    def intend(self, intent: Intent) -> None:
        """Ask for something; taken at the next tick. The oldest is dropped when it floods.

        Of how the wheel is held only the newest matters, so it crowds out nothing else.
        """
        if isinstance(intent, Drive):
            self._controls = intent.controls
            return
        self._unheeded = self._unheeded or len(self._intents) == INTENTS_MAX
        self._intents.append(intent)

    @property
    def view(self) -> RaceView | None:
        """What one sees, as of the last tick; None before, and where nobody looks."""
        return self._show.view

    @property
    def greeted(self) -> bool:
        """Whether what we were told to say is said."""
        return self._own.greeted

    @property
    def local_race(self) -> LocalRace | None:
        """The race under way as this node lives it, for who watches the simulation."""
        return self._driving.local_race

    @property
    def placard(self) -> dict[str, str]:
        """What lists of nearby races show of this one. For the thread that runs the session."""
        state = self._state
        shown = {
            "phase": state.phase.value,
            "players": str(1 + len(state.roster.living())),
            "cars": str(len(state.room.seats)),
            "track": self._known_setup.track,
        }
        race = state.room.race
        if race is None or state.phase is not Phase.RACING:
            return shown
        length_m = self._content.length_of(race.setup.circuit) or 0.0
        done = max(len(state.facts.cars.laps_of(race.id, n, length_m)) for n in race.cars.values())
        return {**shown, "lap": f"{min(done + 1, race.setup.laps)}/{race.setup.laps}"}

    @property
    def counters(self) -> Counts:
        """What it dropped of what others said, by reason. For the thread that runs the session."""
        facts, room = self._state.facts.counters, self._state.room.counters
        return Counts.of(facts, room, self._driving.counters, *self._content.counters)

    @property
    def _known_setup(self) -> RaceSetup:
        """What the room races, or would race if it were ours."""
        return (self._state.room.setup or self._player.setup).race

    # --- events -------------------------------------------------------------------------------

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        if isinstance(event, StateReceived):  # nearly all that comes in a race, and no news of it
            return self._on_state(event, node.race_ns(now_ns), now_ns)
        self._show.network.events.on_event(event, self._state, node.synced, now_ns)
        match event:
            case PeerChanged():
                self._state.on_event(event)
                return self._show.on_peer(event)
            case CoordinatorChanged():
                return self._show.on_coordinator(event)
            case Awaited() | Revived():
                return self._show.on_history(event, self._state.roster, node.race_ns(now_ns))
            case LineageEntered() | Committed():
                return self._on_decree(event, node.race_ns(now_ns), now_ns)
            case Folded():
                return self._on_folded(event, node.race_ns(now_ns), now_ns)
            case Delivered():
                return self._on_delivered(event, node.race_ns(now_ns), now_ns)
            case Synced():
                return self._on_synced(event)
            case ContentArrived():
                self._content.on_content(event)
                return []
            case Waiting():
                return self._show.on_waiting(event, self._state.roster, node.race_ns(now_ns))
            case (
                VersionsDiffer()
                | HistoryTooNew()
                | PeerUnreadable()
                | Refused()
                | Denied()
                | PutOff()
                | TwinFound()
                | CheckpointDiffered()
                | HistoryGivenUp()
                | BoundReached()
                | Equivocated()
            ):
                return self._on_trouble(event, node, now_ns)
            case _:
                assert_never(event)

    def _on_decree(
        self, event: LineageEntered | Committed, race_ns: int, now_ns: int
    ) -> list[Command]:
        """Take a decree that counts, or that another history begins."""
        if isinstance(event, LineageEntered):
            self._reviewer.places.forget(now_ns)
        unread = self._take_room(event, race_ns, now_ns)
        return [*unread, *self._show.on_lineage(event.lineage), *self._show.on_decree(event)]

    def _take_room(
        self, event: LineageEntered | Committed | Folded, race_ns: int, now_ns: int
    ) -> list[Command]:
        """Follow what the room decides, or what it amounts to; tell where that cannot be read."""
        before = self._state.room.counters.malformed
        self._state.on_event(event)
        if self._state.room.counters.malformed == before:
            return []
        return self._show.on_unread_room(race_ns, now_ns)

    def _tell_unread(self, node: NodeId, what: str, race_ns: int, now_ns: int) -> list[Command]:
        name = self._state.roster.name_of(node)
        return self._show.on_unread(node, name, what, (race_ns, now_ns))

    def _on_state(self, event: StateReceived, race_ns: int, now_ns: int) -> list[Command]:
        is_read = self._driving.on_state(event)
        return [] if is_read else self._tell_unread(event.writer, "car", race_ns, now_ns)

    def _on_delivered(self, event: Delivered, race_ns: int, now_ns: int) -> list[Command]:
        """Take a fact; what others tell of their cars is judged, and so is who passes it over."""
        dot, fact = event.operation.dot, self._state.on_event(event)
        if fact is None:
            return self._tell_unread(dot.node, "fact", race_ns, now_ns)
        self._driving.on_fact(dot, fact)
        if isinstance(fact, LapTime | Claim):
            self._reviewer.hear(dot.node, fact, self._state.room.race, race_ns)
        return self._content.on_fact(dot.node, fact)

    def _on_trouble(self, event: Trouble, node: NodeView, now_ns: int) -> list[Command]:
        """Tell what is not as it should be; leave, where it is that we are out."""
        race_ns = node.race_ns(now_ns)
        match event:
            case Refused():
                return self._show.on_refused(event, race_ns, now_ns)
            case CheckpointDiffered() | HistoryGivenUp() | BoundReached():
                return self._show.on_room_trouble(event, self._state.roster, race_ns)
            case Equivocated():
                self._state.convict(event.node)
                told = self._show.on_convicted(event, self._state.roster, race_ns)
                return [*told, *(self._departure.leave() if event.node == node.me else [])]
            case _:
                return self._show.on_foreign(event, self._state.roster, race_ns)

    def _on_folded(self, event: Folded, race_ns: int, now_ns: int) -> list[Command]:
        """Go on from what the room amounts to; what it tells of records is heard like an answer."""
        commands = self._take_room(event, race_ns, now_ns)
        self._show.on_folded(self._state.room, event.index)
        for node, told in self._state.facts.records:
            commands.extend(self._content.on_fact(node, told))
        return commands

    def _on_synced(self, event: Synced) -> list[Command]:
        """Say who we are, once a life. Who only watches does not: the referee seats who entered."""
        self._synced = event
        watches = self._player.entry is Entry.WATCH
        entered = [] if watches else self._own.enter()
        return [*entered, *self._show.on_synced()]

    def judge(
        self, ahead: Sequence[Decree], by: Leader, waited_ns: int, node: NodeView, now_ns: int
    ) -> Ruled:
        """Say whether what another decreed can be right (`JudgesDecrees`)."""
        state, race_ns = self._state, node.race_ns(now_ns)
        evidence = Evidence(
            state.facts,
            self._driving.drives_on,
            self._driving.knows,
            self._content.length_of,
            by.node,
            by.epoch,
            race_ns,
            state.roster.met_ns,
            node.holds,
            now_ns,
            state.convicted,
            state.roster.was_here,
        )
        return self._reviewer.review(ahead, state.room, evidence, waited_ns)

    # --- time ---------------------------------------------------------------------------------

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        race_ns = node.race_ns(now_ns)
        state = self._state
        state.on_tick(node, race_ns, now_ns)
        commands = self._apply_intents(race_ns, now_ns)
        heard_ns = self._steward.heard_since(state.roster.here_ns)
        is_led = node.synced and self._show.coordinator is not None
        is_informed = is_led and not lags_behind(state, node)
        refused = self._driving.refuse_lies(heard_ns, race_ns, is_informed=is_informed)
        commands.extend(self._show.on_disbelieved(refused, state.roster, race_ns, now_ns))
        found = [*self._reviewer.take_found(), *self._steward.overseer.take_found()]
        commands.extend(self._show.on_misrulings(found, state.roster, race_ns, now_ns))
        commands.extend(self._steward.on_tick(refused, found, state.room, race_ns))
        for ousted in state.take_ousted(node):
            commands.extend(self._own.submit(ousted))
        commands.extend(self._show_news(self._content.sync_circuit(state, node, now_ns), race_ns))
        synced = self._synced if node.synced else None
        driven = self._driving.on_tick(state.room, synced, self._controls, race_ns)
        commands.extend(driven)
        records = self._content.advance_records(state, self.local_race, node)
        commands += self._show_news(records, race_ns)
        commands.extend(self._propose_due(node, race_ns, now_ns))
        if state.drop_lines(now_ns):
            commands.extend(self._show.on_unplaced(race_ns, now_ns))
        commands.extend(self._show.on_network(node, race_ns, now_ns))
        commands.extend(self._show.reports(state, self.local_race, node, race_ns))
        if self._show.joined and state.phase is Phase.LOBBY:
            commands.extend(self._own.greet(max(race_ns, 0) // 1000))
        commands.extend(self._show.statistics(state.roster, self.local_race, node, now_ns))
        commands.extend(self._tempo.on_tick(state.phase, driven, now_ns))
        led_by = self._show.coordinator
        debtors = self._steward.overseer.debtors(state, led_by, node, now_ns)
        commands.extend(self._steward.shut_out(state.room, state.facts, debtors, race_ns))
        commands.extend(self._departure.on_tick(state.room, state.roster, node, now_ns))
        self._show.update(state, self._content, self.local_race, node, now_ns)
        return commands

    def _show_news(self, news: tuple[list[Command], Sequence[str]], race_ns: int) -> list[Command]:
        """Show what has come of something, and return what it asks of the node."""
        commands, lines = news
        self._show.notices.add(lines, race_ns)
        return commands

    def _propose_due(self, node: NodeView, race_ns: int, now_ns: int) -> list[Command]:
        """Return what the coordinator should decree now, if that is us."""
        state = self._state
        if self._show.coordinator != node.me:
            state.chat_pace.forget()
        if not node.decides:
            return []
        distances, presence = self._driving.distances(), state.roster.presence
        lines = state.place_lines(now_ns)
        due = self._referee.due(state.room, state.facts, presence, distances, race_ns, lines)
        return [Propose(tuple(due))] if due else []

    # --- intents ------------------------------------------------------------------------------

    def _apply_intents(self, race_ns: int, now_ns: int) -> list[Command]:
        commands = self._show.on_unheeded(race_ns, now_ns) if self._unheeded else []
        self._unheeded = False
        while self._intents:
            commands.extend(self._apply_intent(self._intents.popleft(), race_ns, now_ns))
        return commands

    def _apply_intent(self, intent: Wish, race_ns: int, now_ns: int) -> list[Command]:
        state = self._state
        match intent:
            case Rescue():
                self._driving.rescue()
            case Autopilot(on=on):
                self._driving.autopilot = on
            case Say(text=text):
                said = self._own.say(text, max(race_ns, 0) // 1000)
                if isinstance(said, CommandFault):
                    return self._show.on_unsaid(said, race_ns, now_ns)
                return said
            case Start() | BeReady() | VoteRemoval() | EndRace() | Choose():
                return self._cast_vote(intent)
            case ChooseCar(car=car):
                return self._own.choose_car(car)
            case ShowNetwork(on=on):
                self._show.network.on = on
            case Break(breakage=breakage):
                may = self._show.on_break(breakage, state, race_ns, now_ns)
                return [Report(BreakageAsked(breakage.value))] if may else []
            case Quit():
                return self._departure.leave()
            case _:
                assert_never(intent)
        return []

    def _cast_vote(self, intent: Start | BeReady | VoteRemoval | EndRace | Choose) -> list[Command]:
        """Say what we want of the room, where that is a question now."""
        room, phase = self._state.room, self._state.phase
        lobby = phase is Phase.LOBBY
        match intent:
            case Start():
                return self._own.submit(StartWish(room.lobby)) if lobby else []
            case BeReady(on=on):
                return self._own.submit(Ready(room.lobby, on)) if lobby else []
            case VoteRemoval(node=node, on=on):
                return self._own.submit(RemovalVote(node, on))
            case EndRace():
                race = room.race if phase is Phase.RACING else None
                return [] if race is None else self._own.submit(EndWish(race.id))
            case Choose(setup=wanted, about=about):
                return self._choose(wanted, about) if lobby else []
            case _:
                assert_never(intent)

    def _choose(self, wanted: RaceSetup, about: tuple[str, ...]) -> list[Command]:
        """Vote for a race: on a circuit as we have it, or the room's own, which we may yet lack."""
        content = wanted.content
        if content is None:
            content = self._content.digest_of(wanted.track)
        known = self._known_setup
        wanted = replace(wanted, content=content)
        return self._own.choose(self._state.room.lobby, wanted, known, about)
