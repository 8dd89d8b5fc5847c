"""A player in a room: the program that runs on a node, for people and for bots."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never, final

from net import (
    Command,
    Committed,
    CoordinatorChanged,
    Delivered,
    Event,
    Leave,
    LineageEntered,
    NodeId,
    NodeView,
    PeerChanged,
    PeerState,
    Propose,
    Publish,
    Report,
    SetIdle,
    StateReceived,
    Submit,
    Synced,
    clean_text,
)
from racer.core.bot import Driver
from racer.core.car import Controls
from racer.core.line import RacingLine
from racer.core.track import Track
from racer.core.tuning import TICK_HZ
from racer.play.facts import Facts
from racer.play.limits import (
    CHAT_CHARS_MAX,
    INTENTS_MAX,
    LINGER_NS,
    NOTICE_NS,
    NOTICES_MAX,
    SECOND,
    STATS_NS,
)
from racer.play.messages import (
    Choice,
    Claim,
    Entry,
    Fact,
    LapTime,
    RaceId,
    Said,
    Setup,
    StartWish,
    decode_fact,
    encode,
)
from racer.play.pilot import LapDone, PilotEvent, Touched
from racer.play.referee import Referee
from racer.play.reports import CoordinatorSeen, Joined, PeerSeen, Resumed, Stats
from racer.play.room import Room
from racer.play.roster import Roster
from racer.play.stage import Stage, StateSeen
from racer.play.telling import Telling
from racer.play.view import (
    Choose,
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
from racer.play.viewing import Scene, compose_view

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
    stays: bool = False  # a bot that does not leave after the results
    stats: bool = False
    seen: bool = False  # whether anybody looks at `Session.view`


@final
class Session:
    """One player's program. Only `intend` and `view` may be used from another thread."""

    def __init__(
        self,
        player: Player,
        me: NodeId,
        tracks: Mapping[str, Track],
        lines: Mapping[str, RacingLine],
        rng: Random,
    ) -> None:
        self.view: RaceView | None = None
        self._player = player
        self._me = me
        self._tracks = tracks
        self._lines = lines
        self._rng = rng
        self._room = Room()
        self._facts = Facts()
        self._roster = Roster(me, player.name)
        self._telling = Telling()
        self._referee = Referee(player.setup, {name: t.length_m for name, t in tracks.items()})
        self._stage: Stage | None = None
        self._states: dict[NodeId, StateSeen] = {}
        self._intents: deque[Intent] = deque(maxlen=INTENTS_MAX)
        self._controls = Controls()
        self._coordinator: NodeId | None = None
        self._epoch = 0
        self._presided: tuple[NodeId, int] | None = None  # as last reported
        self._notices: deque[Notice] = deque(maxlen=NOTICES_MAX)
        self._joined = False
        self._synced: Synced | None = None
        self._said = False
        self._idle = True
        self._phase = Phase.LOBBY
        self._raced: RaceId | None = None  # whose official results we had …
        self._official_ns = 0  # … and when
        self._leaving = False
        self._stats_ns = 0

    def intend(self, intent: Intent) -> None:
        """Ask for something; taken at the next tick. The oldest is dropped when it floods."""
        self._intents.append(intent)

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
            case LineageEntered():
                self._room = Room()
                self._roster.on_lineage()
                return []
            case Committed(decree=decree):
                self._room.apply(decree)
                return []
            case Delivered(operation=operation):
                fact = self._facts.add(operation)
                if isinstance(fact, Entry):
                    self._roster.on_entry(operation.dot.node, fact.name)
                return []
            case StateReceived():
                self._state(event)
                return []
            case Synced():
                return self._enter(event, now_ns, node)
            case _:
                assert_never(event)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        race_ns = node.race_ns(now_ns)
        self._phase = self._room.phase(race_ns)
        self._roster.on_tick(node, race_ns)
        commands = self._heed()
        self._set_stage()
        commands.extend(self._drive(node, now_ns, race_ns))
        commands.extend(self._preside(node, race_ns))
        if self._joined:
            news = self._telling.news(self._room, self._facts, self._roster, self._stage, race_ns)
            commands.extend(Report(report) for report in news)
        commands.extend(self._greet())
        commands.extend(self._measure(node, now_ns))
        commands.extend(self._idleness())
        commands.extend(self._part(node, now_ns))
        if self._player.seen:
            self.view = self._compose(node, race_ns)
        return commands

    def _peer(self, event: PeerChanged, race_ns: int) -> list[Command]:
        before = self._roster.state_of(event.node)
        self._roster.on_peer(event.node, event.name, event.state)
        if event.state is PeerState.DOWN:
            self._notice(f"{event.name} is gone; its car waits", race_ns)
        elif event.state is PeerState.LEFT:
            self._notice(f"{event.name} left", race_ns)
        elif event.state is PeerState.ALIVE and before in {PeerState.DOWN, PeerState.LEFT}:
            self._notice(f"{event.name} is here", race_ns)
        return [Report(PeerSeen(event.node, event.name, event.state.value))]

    def _presides(self, event: CoordinatorChanged, race_ns: int) -> list[Command]:
        self._coordinator, self._epoch = event.node, event.epoch
        if event.node is None or self._presided == (event.node, event.epoch):
            return []
        if self._presided is not None:
            who = "You preside" if event.node == self._me else f"{self._name(event.node)} presides"
            self._notice(f"{who} now", race_ns)
        self._presided = (event.node, event.epoch)
        race = self._player.race
        return [Report(CoordinatorSeen(race, event.node, event.epoch, event.lineage))]

    def _state(self, event: StateReceived) -> None:
        state = StateSeen(event.incarnation, event.payload)
        self._states[event.node] = state
        if self._stage is not None:
            self._stage.on_state(event.node, state)

    def _enter(self, event: Synced, now_ns: int, node: NodeView) -> list[Command]:
        """Say who we are, once a life."""
        self._synced = event
        commands: list[Command] = [Submit(encode(Entry(self._player.name, self._player.bot)))]
        if not self._joined:
            self._joined = True
            commands.append(Report(Joined(self._player.race, self._me, self._player.name)))
        return commands

    # --- racing -------------------------------------------------------------------------------

    def _set_stage(self) -> None:
        """Let the stage follow the room: another race, or the same one in another lineage."""
        race = self._room.race
        if race is None or not self._room.in_race:
            self._stage = None
            return
        if self._stage is not None and self._stage.race.id == race.id:
            self._stage.race = race
            return
        track = self._tracks.get(race.track)
        if track is None:
            self._stage = None
            return
        skill = self._player.skill if self._player.bot else 0.3
        driver = Driver(track, self._lines[race.track], skill, self._rng)
        self._stage = Stage(race, track, self._me, driver, self._player.bot)
        for node in sorted(self._states):
            self._stage.on_state(node, self._states[node])

    def _drive(self, node: NodeView, now_ns: int, race_ns: int) -> list[Command]:
        stage = self._stage
        if stage is None:
            return []
        commands: list[Command] = []
        official = stage.race.results is not None
        if stage.pilot is None and stage.number is not None and node.synced and not official:
            commands.extend(self._take_car(stage, race_ns))
        stage.collect()
        for event in stage.on_tick(self._controls, race_ns):
            commands.extend(self._happened(stage, event))
        state = stage.state()
        if state is not None:
            commands.append(Publish(race_ns * TICK_HZ // SECOND, state))
        return commands

    def _take_car(self, stage: Stage, race_ns: int) -> list[Command]:
        laps = self._facts.laps_of(stage.race.id, self._me)
        if not stage.take_car(self._states.get(self._me), laps, race_ns):
            return []
        assert stage.pilot is not None
        synced = self._synced
        sources = synced.sources if synced is not None else ()
        took_ms = synced.took_ms if synced is not None else 0
        return [Report(Resumed(stage.pilot.frame.progress.lap, sources, took_ms))]

    def _happened(self, stage: Stage, event: PilotEvent) -> list[Command]:
        race = stage.race
        match event:
            case LapDone(lap=lap, race_ms=race_ms, lap_ms=lap_ms):
                return [Submit(encode(LapTime(race.id, lap, race_ms, lap_ms)))]
            case Touched(pickup=pickup, race_ms=race_ms):
                generation = stage.claim(pickup, race_ms)
                if generation is None:
                    return []
                return [Submit(encode(Claim(race.id, pickup, generation, race_ms)))]
            case _:
                assert_never(event)

    # --- deciding -----------------------------------------------------------------------------

    def _preside(self, node: NodeView, race_ns: int) -> list[Command]:
        if not node.decides:
            return []
        distances = {} if self._stage is None else self._stage.distances()
        due = self._referee.due(self._room, self._facts, self._roster.presence, distances, race_ns)
        return [Propose(tuple(due))] if due else []

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
            case Choose(track=track, laps=laps):
                setup = self._room.setup or self._player.setup
                wanted = Choice(self._room.lobby, track or setup.track, laps or setup.laps)
                return self._submit(wanted) if lobby else []
            case Rescue():
                if self._stage is not None and self._stage.pilot is not None:
                    self._stage.pilot.rescue()
            case Quit():
                return self._leave()
            case _:
                assert_never(intent)
        return []

    def _submit(self, fact: Fact) -> list[Command]:
        return [Submit(encode(fact))] if decode_fact(encode(fact)) is not None else []

    def _greet(self) -> list[Command]:
        """Say what we were told to, once we are in the lobby."""
        if self._said or not self._joined or self._phase is not Phase.LOBBY:
            return []
        self._said = True
        return [command for text in self._player.say for command in self._say(text)]

    def _say(self, text: str) -> list[Command]:
        line = clean_text(text, CHAT_CHARS_MAX)
        return [Submit(encode(Said(line)))] if line else []

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
        pilot = None if self._stage is None else self._stage.pilot
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

        A race that begins while it waits is not its own any more.
        """
        race = self._room.race
        if not self._player.bot or self._player.stays or race is None:
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
        waited = now_ns - self._official_ns > LINGER_NS
        return self._leave() if informed or waited else []

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
            stage=self._stage,
            coordinator=self._coordinator,
            epoch=self._epoch,
            notices=tuple(self._notices),
        )
        return compose_view(scene, node, race_ns)
