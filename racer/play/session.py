"""A player in a room: the program that runs on a node, for people and for bots."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
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
from racer.core.tuning import TICK_HZ
from racer.play.cars.driven_cars import Driving
from racer.play.cars.local_race import Stage
from racer.play.circuit_sync import Shelf, Travel
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
from racer.play.records.record_book import Almanac
from racer.play.reports import (
    CoordinatorSeen,
    Joined,
    LineageSeen,
    OfficeVacant,
    PeerSeen,
    Stats,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    BestLap,
    BoardKept,
    Choice,
    Entry,
    Fact,
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
from racer.play.show.compose import Scene, compose_view
from racer.play.show.reporter import Telling
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
        almanac: the records that this node keeps, if it keeps any.
        shelf: where `tracks` and `lines` come from, if circuits may come from other nodes.
    """

    def __init__(
        self,
        player: Player,
        me: NodeId,
        tracks: Mapping[str, Track],
        lines: Mapping[str, RacingLine],
        rng: Random,
        almanac: Almanac | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.view: RaceView | None = None
        self._player = player
        self._me = me
        self._room = Room()
        self._facts = Facts()
        self._roster = Roster(me, player.name)
        self._telling = Telling()
        self._tracks = tracks
        self._driving = Driving(me, player.bot, player.skill, self._facts, tracks, lines, rng)
        self._referee = Referee(player.setup, self._length_of, self._driving.place_of)
        self._intents: deque[Intent] = deque(maxlen=INTENTS_MAX)
        self._controls = Controls()
        self._car = player.car
        self._coordinator: NodeId | None = None
        self._epoch = 0
        self._presided: tuple[NodeId, int] | None = None  # as last reported
        self._is_vacant = False  # nobody presides, and we told so
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
        self._almanac = almanac
        self._travel = None if shelf is None else Travel(shelf)

    def intend(self, intent: Intent) -> None:
        """Ask for something; taken at the next tick. The oldest is dropped when it floods."""
        self._intents.append(intent)

    @property
    def stage(self) -> Stage | None:
        """The race under way as this node lives it, for who watches the simulation."""
        return self._driving.stage

    @property
    def placard(self) -> dict[str, str]:
        """What lists of nearby races show of this one. For the thread that runs the session."""
        setup = self._room.setup or self._player.setup
        return {
            "phase": self._phase.value,
            "players": str(1 + len(self._roster.living())),
            "track": setup.track,
        }

    # --- events -------------------------------------------------------------------------------

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case PeerChanged():
                return self._peer(event, node.race_ns(now_ns))
            case CoordinatorChanged():
                return self._presides(event, node.race_ns(now_ns))
            case LineageEntered(lineage=lineage):
                self._room = Room()
                self._roster.on_lineage()
                return self._belong(lineage)
            case Committed(decree=decree, lineage=lineage):
                self._room.apply(decree)
                self._facts.follow(self._room.race)
                return self._belong(lineage)
            case Delivered(operation=operation):
                fact = self._facts.add(operation)
                if isinstance(fact, Entry):
                    self._roster.on_entry(operation.dot.node, fact.name)
                if isinstance(fact, BestLap | BoardKept) and self._almanac is not None:
                    return self._almanac.on_fact(operation.dot.node, fact)
                return []
            case StateReceived():
                self._driving.on_state(event)
                return []
            case Synced():
                return self._enter(event, now_ns, node)
            case ContentArrived():
                self._take(event)
                return []
            case _:
                assert_never(event)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        race_ns = node.race_ns(now_ns)
        self._phase = self._room.phase(race_ns)
        self._roster.on_tick(node, race_ns)
        commands = self._heed()
        commands.extend(self._bring(node, race_ns, now_ns))
        synced = self._synced if node.synced else None
        commands.extend(self._driving.on_tick(self._room, synced, self._controls, race_ns))
        commands.extend(self._record(node, race_ns))
        commands.extend(self._preside(node, race_ns))
        if self._joined:
            news = self._telling.news(self._room, self._facts, self._roster, self.stage, race_ns)
            commands.extend(Report(report) for report in news)
        commands.extend(self._greet())
        commands.extend(self._measure(node, now_ns))
        commands.extend(self._idleness())
        commands.extend(self._part(node, now_ns))
        if self._player.seen:
            self.view = self._compose(node, race_ns)
        return commands

    def _take(self, event: ContentArrived) -> None:
        if self._travel is not None:
            self._travel.on_content(event)
        if self._almanac is not None:
            self._almanac.on_content(event)

    def _peer(self, event: PeerChanged, race_ns: int) -> list[Command]:
        before = self._roster.state_of(event.node)
        self._roster.on_peer(event.node, event.name, event.state)
        if event.state is PeerState.DOWN:
            self._notice(f"{event.name} is gone", race_ns)
        elif event.state is PeerState.LEFT:
            self._notice(f"{event.name} left", race_ns)
        elif event.state is PeerState.ALIVE and before in {PeerState.DOWN, PeerState.LEFT}:
            self._notice(f"{event.name} is here", race_ns)
        return [Report(PeerSeen(event.node, event.name, event.state.value))]

    def _presides(self, event: CoordinatorChanged, race_ns: int) -> list[Command]:
        self._coordinator, self._epoch = event.node, event.epoch
        if event.node is None:
            return self._vacant()
        if self._presided == (event.node, event.epoch) and not self._is_vacant:
            return []
        self._is_vacant = False
        if self._presided is not None and self._presided != (event.node, event.epoch):
            who = "You preside" if event.node == self._me else f"{self._name(event.node)} presides"
            self._notice(f"{who} now", race_ns)
        self._presided = (event.node, event.epoch)
        race = self._player.race
        return [Report(CoordinatorSeen(race, event.node, event.epoch, event.lineage))]

    def _vacant(self) -> list[Command]:
        """Tell once that whom we told of presides no more."""
        if self._presided is None or self._is_vacant:
            return []
        self._is_vacant = True
        return [Report(OfficeVacant(self._player.race, *self._presided))]

    def _belong(self, lineage: LineageId) -> list[Command]:
        """Tell in which lineage decrees count for us, where that is news."""
        was, self._lineage = self._lineage, lineage
        return [] if was == lineage else [Report(LineageSeen(lineage, was))]

    def _enter(self, event: Synced, now_ns: int, node: NodeView) -> list[Command]:
        """Say who we are, once a life. Who only watches does not: the referee seats who entered."""
        self._synced = event
        commands: list[Command] = []
        if not self._player.spectates:
            commands.extend(self._submit(self._entry()))
        if not self._joined:
            self._joined = True
            commands.append(Report(Joined(self._player.race, self._me, self._player.name)))
        return commands

    # --- deciding -----------------------------------------------------------------------------

    def _preside(self, node: NodeView, race_ns: int) -> list[Command]:
        if not node.decides:
            return []
        if self._player.spectates and self._room.setup is None:
            return self._make_way()
        presence, distances = self._roster.presence, self._driving.distances()
        due = self._referee.due(self._room, self._facts, presence, distances, race_ns)
        return [Propose(tuple(due))] if due else []

    def _length_of(self, track: str) -> float | None:
        found = self._tracks.get(track)
        return None if found is None else found.length_m

    def _make_way(self) -> list[Command]:
        """Leave a room that we founded to who came to race: what is raced is theirs to say."""
        here = [node for node in self._facts.entrants() if self._roster.presence.is_here(node)]
        return self._leave() if here else []

    # --- wishes -------------------------------------------------------------------------------

    def _heed(self) -> list[Command]:
        commands: list[Command] = []
        while self._intents:
            commands.extend(self._obey(self._intents.popleft()))
        return commands

    def _obey(self, intent: Intent) -> list[Command]:
        lobby = self._phase is Phase.LOBBY
        match intent:
            case Drive(controls=controls):
                self._controls = controls
            case Say(text=text):
                return self._say(text)
            case Start():
                return self._submit(StartWish(self._room.lobby)) if lobby else []
            case Choose():
                setup = self._room.setup or self._player.setup
                return self._submit(self._choice(setup, intent)) if lobby else []
            case ChooseCar(car=car):
                self._car = car
                return self._submit(self._entry())
            case Rescue():
                self._driving.rescue()
            case Quit():
                return self._leave()
            case _:
                assert_never(intent)
        return []

    def _choice(self, setup: Setup, wanted: Choose) -> Choice:
        """Return a choice: a circuit as we have it, or the room's own, which we may yet lack."""
        track = wanted.track
        content = setup.content if track in {None, setup.track} else None
        if track is not None and self._travel is not None:
            content = self._travel.digest_of(track) or content
        return Choice(
            self._room.lobby,
            track or setup.track,
            wanted.laps or setup.laps,
            content,
            wanted.form or setup.form,
            wanted.grid or setup.grid,
            setup.band if wanted.band is None else wanted.band,
        )

    def _bring(self, node: NodeView, race_ns: int, now_ns: int) -> list[Command]:
        """Get the circuit of the room, and give it on."""
        travel = self._travel
        if travel is None:
            return []
        commands = travel.on_tick(self._room, node, now_ns)
        while travel.news:
            self._notice(travel.news.pop(0), race_ns)
        if travel.arrived and self._almanac is not None:
            travel.arrived = False
            self._almanac.on_circuit()
        return commands

    def _entry(self) -> Entry:
        return Entry(self._player.name, self._player.bot, self._car)

    def _submit(self, fact: Fact) -> list[Command]:
        return [Submit(encode(fact))] if decode_fact(encode(fact)) is not None else []

    def _greet(self) -> list[Command]:
        """Say what we were told to, once we are in the lobby."""
        if self.greeted or not self._joined or self._phase is not Phase.LOBBY:
            return []
        self.greeted = True
        return [command for text in self._player.say for command in self._say(text)]

    def _say(self, text: str) -> list[Command]:
        line = clean_text(text, CHAT_CHARS_MAX)
        return [Submit(encode(Said(line)))] if line else []

    def _record(self, node: NodeView, race_ns: int) -> list[Command]:
        """Note our lap, and bring what concerns records one tick on."""
        almanac = self._almanac
        if almanac is None:
            return []
        lobby = self._phase is Phase.LOBBY and node.synced
        turn = sum(peer < self._me for peer in self._roster.living()) if lobby else None
        commands = almanac.on_tick(self.stage, racing=self._phase is Phase.RACING, turn=turn)
        while almanac.news:
            self._notice(almanac.news.pop(0), race_ns)
        return commands

    # --- telling ------------------------------------------------------------------------------

    def _measure(self, node: NodeView, now_ns: int) -> list[Command]:
        if not self._player.stats or now_ns - self._stats_ns < STATS_NS:
            return []
        self._stats_ns = now_ns
        peers = self._roster.living()
        rtts = [rtt for peer in peers if (rtt := node.rtt_ms(peer)) is not None]
        losses = [loss for peer in peers if (loss := node.loss(peer)) is not None]
        rtt_ms = round(max(rtts), 2) if rtts else None
        loss = round(max(losses), 3) if losses else None
        pilot = None if self.stage is None else self.stage.pilot
        x, y = (None, None) if pilot is None else (pilot.frame.car.x, pilot.frame.car.y)
        return [Report(Stats(rtt_ms, loss, node.race_ns(now_ns) * TICK_HZ // SECOND, x, y))]

    def _idleness(self) -> list[Command]:
        idle = self._phase in {Phase.LOBBY, Phase.FINISHED}
        if idle == self._idle:
            return []
        self._idle = idle
        return [SetIdle(idle)]

    def _notice(self, text: str, race_ns: int) -> None:
        self._notices.append(Notice(text, race_ns))

    def _name(self, node: NodeId) -> str:
        return self._roster.name_of(node)

    # --- leaving ------------------------------------------------------------------------------

    def _part(self, node: NodeView, now_ns: int) -> list[Command]:
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
            return self._leave() if self._raced not in {None, race.id} else []
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
        return self._leave() if waited_ns >= (enough_ns if informed else LINGER_NS) else []

    def _leave(self) -> list[Command]:
        if self._leaving:
            return []
        self._leaving = True
        return [Leave()]

    # --- showing ------------------------------------------------------------------------------

    def _compose(self, node: NodeView, race_ns: int) -> RaceView:
        while self._notices and race_ns - self._notices[0].at_ns > NOTICE_NS:
            self._notices.popleft()
        scene = Scene(
            player_race=self._player.race,
            me=self._me,
            room=self._room,
            facts=self._facts,
            roster=self._roster,
            stage=self.stage,
            coordinator=self._coordinator,
            epoch=self._epoch,
            notices=tuple(self._notices),
            almanac=self._almanac,
            circuit=self._circuit(),
            share=1.0 if self._travel is None else self._travel.share,
        )
        return compose_view(scene, node, race_ns)

    def _circuit(self) -> Track | None:
        chosen = self._room.race if self._room.in_race else self._room.setup
        return None if chosen is None else self._tracks.get(chosen.circuit)
