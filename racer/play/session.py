"""A player in a room: the program that runs on a node, for people and for bots."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never, final

from net import (
    Command,
    Committed,
    ContentArrived,
    CoordinatorChanged,
    Delivered,
    Event,
    Leave,
    LineageEntered,
    LineageId,
    NodeId,
    NodeView,
    PeerChanged,
    PeerState,
    Propose,
    Report,
    SetIdle,
    StateReceived,
    Submit,
    Synced,
    clean_text,
)
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine
from racer.core.physics.car import Controls
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.cars.driven_cars import DrivenCars
from racer.play.cars.local_race import LocalRace
from racer.play.circuit_sync import CircuitCatalog, CircuitSync
from racer.play.limits import (
    CHAT_CHARS_MAX,
    INTENTS_MAX,
    LINGER_NS,
    LOST_NS,
    NOTICE_NS,
    NOTICES_MAX,
    SECOND,
    STATS_NS,
)
from racer.play.records.record_book import RecordBook
from racer.play.reports import (
    CoordinatorSeen,
    CoordinatorVacant,
    Joined,
    LineageSeen,
    PeerSeen,
    Stats,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    BestLap,
    BoardKept,
    Choice,
    Fact,
    LobbyEntry,
    RaceId,
    Said,
    Setup,
    StartWish,
    decode_fact,
    encode,
)
from racer.play.room.referee import Referee
from racer.play.room.room import Room
from racer.play.room.roster import Roster
from racer.play.show.compose import ViewSources, compose_view
from racer.play.show.reporter import Reporter
from racer.play.view import (
    Choose,
    ChooseCar,
    Drive,
    Intent,
    Notice,
    Phase,
    Quit,
    RaceView,
    Rescue,
    Say,
    Start,
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
    spectates: bool = False  # is never seated: enters no race
    stays: bool = False  # a bot that does not leave after the results
    stats: bool = False
    seen: bool = False  # whether anybody looks at `Session.view`


@final
class Session:
    """One player's program. Only `intend` and `view` may be used from another thread.

    Args:
        tracks: circuits by name; asking for one may be what brings it, some ticks later.
        lines: the racing line of each circuit that is there.
        record_book: the records that this node keeps, if it keeps any.
        shelf: where `tracks` and `lines` come from, if circuits may come from other nodes.
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
        self.view: RaceView | None = None
        self._player = player
        self._me = me
        self._room = Room()
        self._facts = Facts()
        self._roster = Roster(me, player.name)
        self._reporter = Reporter()
        self._tracks = tracks
        self._driving = DrivenCars(me, player.bot, player.skill, self._facts, tracks, lines, rng)
        self._referee = Referee(player.setup, self._length_of, self._driving.place_of)
        self._intents: deque[Intent] = deque(maxlen=INTENTS_MAX)
        self._controls = Controls()
        self._car = player.car
        self._coordinator: NodeId | None = None
        self._epoch = 0
        self._coordinated: tuple[NodeId, int] | None = None  # as last reported
        self._is_vacant = False  # nobody coordinates, and we told so
        self._lineage: LineageId | None = None
        self._notices: deque[Notice] = deque(maxlen=NOTICES_MAX)
        self._joined = False
        self._synced: Synced | None = None
        self.greeted = False  # what we were told to say is said
        self._idle = True
        self._phase = Phase.LOBBY
        self._raced: RaceId | None = None  # whose official results we had …
        self._official_ns = 0  # … and when
        self._leaving = False
        self._stats_ns = 0
        self._record_book = record_book
        self._circuit_sync = None if catalog is None else CircuitSync(catalog)

    def intend(self, intent: Intent) -> None:
        """Ask for something; taken at the next tick. The oldest is dropped when it floods."""
        self._intents.append(intent)

    @property
    def local_race(self) -> LocalRace | None:
        """The race under way as this node lives it, for who watches the simulation."""
        return self._driving.local_race

    @property
    def placard(self) -> dict[str, str]:
        """What lists of nearby races show of this one. For the thread that runs the session."""
        setup = self._room.setup or self._player.setup
        return {
            "phase": self._phase.value,
            "players": str(1 + len(self._roster.living())),
            "track": setup.race.track,
        }

    # --- events -------------------------------------------------------------------------------

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case PeerChanged():
                return self._on_peer(event, node.race_ns(now_ns))
            case CoordinatorChanged():
                return self._on_coordinator(event, node.race_ns(now_ns))
            case LineageEntered(lineage=lineage):
                self._room = Room()
                self._roster.on_lineage()
                return self._report_lineage(lineage)
            case Committed(decree=decree, lineage=lineage):
                self._room.apply(decree)
                self._facts.follow(self._room.race)
                return self._report_lineage(lineage)
            case Delivered(operation=operation):
                fact = self._facts.add(operation)
                if isinstance(fact, LobbyEntry):
                    self._roster.on_entry(operation.dot.node, fact.name)
                if isinstance(fact, BestLap | BoardKept) and self._record_book is not None:
                    return self._record_book.on_fact(operation.dot.node, fact)
                return []
            case StateReceived():
                self._driving.on_state(event)
                return []
            case Synced():
                return self._on_synced(event, now_ns, node)
            case ContentArrived():
                self._on_content(event)
                return []
            case _:
                assert_never(event)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        race_ns = node.race_ns(now_ns)
        self._phase = self._room.phase(race_ns)
        self._roster.on_tick(node, race_ns)
        commands = self._apply_intents()
        commands.extend(self._sync_circuit(node, race_ns, now_ns))
        synced = self._synced if node.synced else None
        commands.extend(self._driving.on_tick(self._room, synced, self._controls, race_ns))
        commands.extend(self._advance_records(node, race_ns))
        commands.extend(self._decide(node, race_ns))
        if self._joined:
            news = self._reporter.news(
                self._room, self._facts, self._roster, self.local_race, race_ns
            )
            commands.extend(Report(report) for report in news)
        commands.extend(self._say_greetings())
        commands.extend(self._statistics(node, now_ns))
        commands.extend(self._set_idle())
        commands.extend(self._leave_when_done(node, now_ns))
        if self._player.seen:
            self.view = self._current_view(node, race_ns)
        return commands

    def _on_content(self, event: ContentArrived) -> None:
        if self._circuit_sync is not None:
            self._circuit_sync.on_content(event)
        if self._record_book is not None:
            self._record_book.on_content(event)

    def _on_peer(self, event: PeerChanged, race_ns: int) -> list[Command]:
        before = self._roster.state_of(event.node)
        self._roster.on_peer(event.node, event.name, event.state)
        if event.state is PeerState.DOWN:
            self._add_notice(f"{event.name} is gone", race_ns)
        elif event.state is PeerState.LEFT:
            self._add_notice(f"{event.name} left", race_ns)
        elif event.state is PeerState.ALIVE and before in {PeerState.DOWN, PeerState.LEFT}:
            self._add_notice(f"{event.name} is here", race_ns)
        return [Report(PeerSeen(event.node, event.name, event.state.value))]

    def _on_coordinator(self, event: CoordinatorChanged, race_ns: int) -> list[Command]:
        self._coordinator, self._epoch = event.node, event.epoch
        if event.node is None:
            return self._report_vacancy()
        if self._coordinated == (event.node, event.epoch) and not self._is_vacant:
            return []
        self._is_vacant = False
        if self._coordinated is not None and self._coordinated != (event.node, event.epoch):
            who = (
                "You coordinate"
                if event.node == self._me
                else f"{self._name_of(event.node)} coordinates"
            )
            self._add_notice(f"{who} now", race_ns)
        self._coordinated = (event.node, event.epoch)
        race = self._player.race
        return [Report(CoordinatorSeen(race, event.node, event.epoch, event.lineage))]

    def _report_vacancy(self) -> list[Command]:
        """Tell once that whom we told of coordinates no more."""
        if self._coordinated is None or self._is_vacant:
            return []
        self._is_vacant = True
        return [Report(CoordinatorVacant(self._player.race, *self._coordinated))]

    def _report_lineage(self, lineage: LineageId) -> list[Command]:
        """Tell in which lineage decrees count for us, where that is news."""
        was, self._lineage = self._lineage, lineage
        return [] if was == lineage else [Report(LineageSeen(lineage, was))]

    def _on_synced(self, event: Synced, now_ns: int, node: NodeView) -> list[Command]:
        """Say who we are, once a life. Who only watches does not: the referee seats who entered."""
        self._synced = event
        commands: list[Command] = []
        if not self._player.spectates:
            commands.extend(self._submit_fact(self._entry_fact()))
        if not self._joined:
            self._joined = True
            commands.append(Report(Joined(self._player.race, self._me, self._player.name)))
        return commands

    # --- deciding -----------------------------------------------------------------------------

    def _decide(self, node: NodeView, race_ns: int) -> list[Command]:
        if not node.decides:
            return []
        if self._player.spectates and self._room.setup is None:
            return self._yield_founding()
        presence, distances = self._roster.presence, self._driving.distances()
        due = self._referee.due(self._room, self._facts, presence, distances, race_ns)
        return [Propose(tuple(due))] if due else []

    def _length_of(self, track: str) -> float | None:
        found = self._tracks.get(track)
        return None if found is None else found.length_m

    def _yield_founding(self) -> list[Command]:
        """Leave a room that we founded to who came to race: what is raced is theirs to say."""
        here = [node for node in self._facts.entrants() if self._roster.presence.is_here(node)]
        return self._leave_room() if here else []

    # --- wishes -------------------------------------------------------------------------------

    def _apply_intents(self) -> list[Command]:
        commands: list[Command] = []
        while self._intents:
            commands.extend(self._apply_intent(self._intents.popleft()))
        return commands

    def _apply_intent(self, intent: Intent) -> list[Command]:
        lobby = self._phase is Phase.LOBBY
        match intent:
            case Drive(controls=controls):
                self._controls = controls
            case Say(text=text):
                return self._say_line(text)
            case Start():
                return self._submit_fact(StartWish(self._room.lobby)) if lobby else []
            case Choose(setup=wanted):
                return self._submit_fact(self._choice_fact(wanted)) if lobby else []
            case ChooseCar(car=car):
                self._car = car
                return self._submit_fact(self._entry_fact())
            case Rescue():
                self._driving.rescue()
            case Quit():
                return self._leave_room()
            case _:
                assert_never(intent)
        return []

    def _choice_fact(self, wanted: RaceSetup) -> Choice:
        """Return a choice: a circuit as we have it, or the room's own, which we may yet lack."""
        content = wanted.content
        if content is None and self._circuit_sync is not None:
            content = self._circuit_sync.digest_of(wanted.track)
        known = (self._room.setup or self._player.setup).race
        if content is None and wanted.track == known.track:
            content = known.content
        return Choice(self._room.lobby, replace(wanted, content=content))

    def _sync_circuit(self, node: NodeView, race_ns: int, now_ns: int) -> list[Command]:
        """Get the circuit of the room, and give it on."""
        circuit_sync = self._circuit_sync
        if circuit_sync is None:
            return []
        commands = circuit_sync.on_tick(self._room, node, now_ns)
        while circuit_sync.news:
            self._add_notice(circuit_sync.news.pop(0), race_ns)
        if circuit_sync.arrived and self._record_book is not None:
            circuit_sync.arrived = False
            self._record_book.on_circuit()
        return commands

    def _entry_fact(self) -> LobbyEntry:
        return LobbyEntry(self._player.name, self._player.bot, self._car)

    def _submit_fact(self, fact: Fact) -> list[Command]:
        return [Submit(encode(fact))] if decode_fact(encode(fact)) is not None else []

    def _say_greetings(self) -> list[Command]:
        """Say what we were told to, once we are in the lobby."""
        if self.greeted or not self._joined or self._phase is not Phase.LOBBY:
            return []
        self.greeted = True
        return [command for text in self._player.say for command in self._say_line(text)]

    def _say_line(self, text: str) -> list[Command]:
        line = clean_text(text, CHAT_CHARS_MAX)
        return [Submit(encode(Said(line)))] if line else []

    def _advance_records(self, node: NodeView, race_ns: int) -> list[Command]:
        """Note our lap, and bring what concerns records one tick on."""
        record_book = self._record_book
        if record_book is None:
            return []
        lobby = self._phase is Phase.LOBBY and node.synced
        turn = sum(peer < self._me for peer in self._roster.living()) if lobby else None
        commands = record_book.on_tick(
            self.local_race, racing=self._phase is Phase.RACING, turn=turn
        )
        while record_book.news:
            self._add_notice(record_book.news.pop(0), race_ns)
        return commands

    # --- telling ------------------------------------------------------------------------------

    def _statistics(self, node: NodeView, now_ns: int) -> list[Command]:
        if not self._player.stats or now_ns - self._stats_ns < STATS_NS:
            return []
        self._stats_ns = now_ns
        peers = self._roster.living()
        rtts = [rtt for peer in peers if (rtt := node.rtt_ms(peer)) is not None]
        losses = [loss for peer in peers if (loss := node.loss(peer)) is not None]
        rtt_ms = round(max(rtts), 2) if rtts else None
        loss = round(max(losses), 3) if losses else None
        own_car = None if self.local_race is None else self.local_race.own_car
        x, y = (None, None) if own_car is None else (own_car.frame.car.x, own_car.frame.car.y)
        return [Report(Stats(rtt_ms, loss, node.race_ns(now_ns) * TICK_HZ // SECOND, x, y))]

    def _set_idle(self) -> list[Command]:
        idle = self._phase in {Phase.LOBBY, Phase.FINISHED}
        if idle == self._idle:
            return []
        self._idle = idle
        return [SetIdle(idle)]

    def _add_notice(self, text: str, race_ns: int) -> None:
        self._notices.append(Notice(text, race_ns))

    def _name_of(self, node: NodeId) -> str:
        return self._roster.name_of(node)

    # --- leaving ------------------------------------------------------------------------------

    def _leave_when_done(self, node: NodeView, now_ns: int) -> list[Command]:
        """Let a bot leave when all whom it hears have the official results too.

        A driver of the race whom nobody hears gets a moment to come back: a link that failed just
        at the end would else leave it with results of its own. A race that begins while we wait is
        not ours any more.
        """
        race = self._room.race
        if not self._player.bot or self._player.stays or race is None:
            return []
        if race.qualifying:
            return []
        if race.results is None:
            return self._leave_room() if self._raced not in {None, race.id} else []
        if self._raced is None:
            self._raced, self._official_ns = race.id, now_ns
        informed = all(
            node.commit_of(peer) > race.results_index
            for peer in self._roster.living()
            if node.state_of(peer) in {PeerState.ALIVE, PeerState.SUSPECT}
        )
        waited_ns = now_ns - self._official_ns
        lost = any(self._roster.state_of(driver) is PeerState.DOWN for driver in race.cars.values())
        enough_ns = LOST_NS if lost else 0
        return self._leave_room() if waited_ns >= (enough_ns if informed else LINGER_NS) else []

    def _leave_room(self) -> list[Command]:
        if self._leaving:
            return []
        self._leaving = True
        return [Leave()]

    # --- showing ------------------------------------------------------------------------------

    def _current_view(self, node: NodeView, race_ns: int) -> RaceView:
        while self._notices and race_ns - self._notices[0].at_ns > NOTICE_NS:
            self._notices.popleft()
        scene = ViewSources(
            player_race=self._player.race,
            me=self._me,
            room=self._room,
            facts=self._facts,
            roster=self._roster,
            local_race=self.local_race,
            coordinator=self._coordinator,
            epoch=self._epoch,
            notices=tuple(self._notices),
            record_book=self._record_book,
            circuit=self._room_circuit(),
            share=1.0 if self._circuit_sync is None else self._circuit_sync.share,
        )
        return compose_view(scene, node, race_ns)

    def _room_circuit(self) -> Track | None:
        chosen = self._room.chosen
        return None if chosen is None else self._tracks.get(chosen.circuit)
