"""Races in virtual time in which one node lies: about its own car, or about what it decrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from net import Command, Committed, Folding, Leave, Propose, Publish, Submit
from net.cluster.log import chain_hash
from net.sim import Conditions, World
from net.sim.faults import Cut
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.recordings.car_codec import pack_car, unpack_car
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import ChatSeen, CoordinatorSeen, Disbelieved, RemovalSeen, ResultsSeen
from racer.play.room.folding import fold_room
from racer.play.room.messages import (
    Claim,
    LapTime,
    Setup,
    decode_fact,
    encode,
)
from racer.play.session import Player, Session
from racer.play.view import Phase

if TYPE_CHECKING:
    from random import Random

    from net import Decree, Event, Leader, NodeId, NodeView, Order, Rule, Ruled
    from net.sim import Machine
    from racer.play.room.messages import RaceId
    from racer.play.room.room import Race

SECOND: Final = 1_000_000_000
LAPS: Final = 1
LIES_NS: Final = 3 * SECOND  # after the green light
AWAY_NS: Final = SECOND  # and who dies and comes back before it lies dies so soon
APART_NS: Final = 6 * SECOND  # a split lasts so long, from the green light on
TAG_BYTES: Final = 4  # of the race, before a car's state

Lying: TypeAlias = "Callable[[Liar, Race, list[Command], NodeView, int], list[Command]]"
"""Makes of what an honest session commands what the liar does, while the race is on."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A lie that is told of each race before it begins, and while it is on no more."""

    of: Callable[[RaceId], list[LapTime | Claim]]

    def __call__(
        self, _liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
    ) -> list[Command]:
        return commands


@dataclass(frozen=True, slots=True)
class Omission:
    """What who coordinates never decrees, in the lobby too."""

    leaves_out: Callable[[Liar, Rule | Order, NodeId], bool]  # to the liar, who it is itself

    def __call__(
        self, liar: Liar, _race: Race, commands: list[Command], node: NodeView, _now_ms: int
    ) -> list[Command]:
        return self.apply(liar, commands, node.me)

    def apply(self, liar: Liar, commands: list[Command], me: NodeId) -> list[Command]:
        kept: list[Command] = []
        for each in commands:
            if not isinstance(each, Propose):
                kept.append(each)
                continue
            whats = tuple(what for what in each.whats if not self.leaves_out(liar, what, me))
            if whats != each.whats:
                liar.note_lie()
            if whats:
                kept.append(Propose(whats))
        return kept


class Liar:
    """A session that does as the honest do, but for what its lie makes of it in a race.

    It does not go when it is told to.
    """

    def __init__(
        self, session: Session, lie: Lying, on_lie: Callable[[], None], from_ns: int = LIES_NS
    ) -> None:
        self.session = session
        self._lie = lie
        self.note_lie = on_lie
        self._from_ns = from_ns
        self.count = 0
        self.way_m, self.told = 0.0, False  # where it began to lie of its car, and of a lap
        self.victim: NodeId | None = None  # of who leaves out what is one driver's
        self.raced_ns = 0  # race clock, when it last twisted what it does in a race
        self._next_race = b""  # what a race is called whose grid is decreed next

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        if isinstance(event, Committed):
            self._next_race = chain_hash(event.decree)[:8]
        return self.session.on_event(event, node, now_ns)

    def judge(
        self, ahead: list[Decree], by: Leader, waited_ns: int, node: NodeView, now_ns: int
    ) -> Ruled:
        return self.session.judge(ahead, by, waited_ns, node, now_ns)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return self.twist(self.session.on_tick(node, now_ns), node, now_ns)

    def twist(self, honest: list[Command], node: NodeView, now_ns: int) -> list[Command]:
        """Return what a liar does of what an honest session would."""
        commands = [each for each in honest if not self._goes(each)]
        room, race_ns = self.session._state.room, node.race_ns(now_ns)
        race = room.race
        if race is not None and room.phase(race_ns) is Phase.RACING:
            self.raced_ns = race_ns
        if isinstance(self._lie, Omission):
            return self._lie.apply(self, commands, node.me)
        if race is None:
            return [*commands, *self._foretell()]
        if room.phase(race_ns) is not Phase.RACING:
            return commands
        if race_ns < race.green_ns + self._from_ns:
            return commands
        lied = self._lie(self, race, commands, node, race.race_ms(race_ns))
        if any(each not in commands for each in lied):
            self.note_lie()
        return lied

    def _foretell(self) -> list[Command]:
        """Return what a liar tells of each race that may be next, once."""
        race = self._next_race
        if not isinstance(self._lie, Foretold) or not race:
            return []
        self._next_race = b""
        self.note_lie()
        return [Submit(encode(fact)) for fact in self._lie.of(race)]

    def _goes(self, command: Command) -> bool:
        return isinstance(command, Leave) and bool(self.session._state.room.removed)


@dataclass
class Raced:
    """What became of a race, by machine."""

    world: World
    liars: list[Machine]
    results: dict[int, ResultsSeen] = field(default_factory=dict)
    disbelieved: dict[int, list[tuple[int, Disbelieved]]] = field(default_factory=dict)
    coordinators: dict[int, list[NodeId]] = field(default_factory=dict)
    removals: dict[int, list[tuple[int, RemovalSeen]]] = field(default_factory=dict)
    placed: dict[int, set[NodeId]] = field(default_factory=dict)  # whose lines have a place
    dead: list[Machine] = field(default_factory=list)  # who crashed, and never came back
    lied_ns: int = 0  # virtual time of the first lie; 0: none yet

    @property
    def liar(self) -> Machine:
        """The only one, or the first of some."""
        return self.liars[0]

    @property
    def honest(self) -> list[Machine]:
        apart = [*self.liars, *self.dead]
        return [machine for machine in self.world.machines if machine not in apart]


def race_with(
    lie: Lying | None,
    count: int = 3,
    lies: int | tuple[int, ...] = 0,
    seed: int = 1,
    loss: float = 0.0,
    from_ns: int = LIES_NS,
    away_ns: int = 0,
    apart: tuple[int, ...] = (),
    laps: int = LAPS,
    dies: int | None = None,
    says: bool = False,
) -> Raced:
    """Race bots of which one lies, or some.

    Args:
        lies: which of them; the first founds the room and leads it.
        from_ns: so long after the green light.
        apart: who are cut off from the others for APART_NS from the green light on.
        away_ns: so long it is away from AWAY_NS after the green light on; then it comes back.
        says: each says a line in the lobby.
        dies: whose machine crashes AWAY_NS after the green light, for good.
    """
    liars = (lies,) if isinstance(lies, int) else lies
    raced: Raced | None = None

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        if raced is not None:
            _note_report(raced, machine.number, what)

    def note_lie() -> None:
        assert raced is not None
        raced.lied_ns = raced.lied_ns or world.now_ns

    world = World(seed, sink, Conditions(loss=loss), folding=Folding(fold_room, 400, 400))
    machines = [
        world.add(
            partial(
                _program,
                _bot(number, count, laps, says=says),
                lie if number in liars else None,
                note_lie,
                from_ns,
            ),
            number * SECOND // 20,
        )
        for number in range(count)
    ]
    raced = Raced(world, [machines[number] for number in liars])
    world.invariants.liars.update(each.identity.node_id for each in raced.liars)
    if away_ns:
        _leave_and_return(raced, away_ns)
    if dies is not None:
        _run_to_green(raced)
        world.run(world.now_ns + AWAY_NS)
        raced.dead.append(machines[dies])
        world.crash(machines[dies])
    if apart:
        _run_to_green(raced)
        world.inflict(Cut(apart, APART_NS))
    world.run((60 + 30 * laps) * SECOND, lambda: all(m.stopped for m in raced.honest))
    return raced


def _note_report(raced: Raced, number: int, what: object) -> None:
    at_ns = raced.world.now_ns
    match what:
        case ResultsSeen(official=True):
            raced.results[number] = what
        case Disbelieved():
            raced.disbelieved.setdefault(number, []).append((at_ns, what))
        case ChatSeen(node=node):
            raced.placed.setdefault(number, set()).add(node)
        case RemovalSeen():
            raced.removals.setdefault(number, []).append((at_ns, what))
        case CoordinatorSeen(node=node):
            raced.coordinators.setdefault(number, []).append(node)
        case _:
            pass


def _run_to_green(raced: Raced) -> None:
    liar = raced.liar
    raced.world.run(
        30 * SECOND, lambda: isinstance(liar.program, Liar) and liar.program.raced_ns > 0
    )


def _leave_and_return(raced: Raced, away_ns: int) -> None:
    """Have a liar's machine die in the race, and come back: it lies in its second life."""
    world, liar = raced.world, raced.liar
    _run_to_green(raced)
    world.run(world.now_ns + AWAY_NS)
    world.crash(liar)
    world.run(world.now_ns + away_ns)
    world.start(liar)


def _bot(number: int, count: int, laps: int, *, says: bool) -> Player:
    setup = Setup(RaceSetup(NAME, laps), count)
    say = (f"hello from {number}",) if says else ()
    return Player(race="lies", name=f"bot {number}", bot=True, setup=setup, skill=0.7, say=say)


def _program(
    player: Player,
    lie: Lying | None,
    on_lie: Callable[[], None],
    from_ns: int,
    me: NodeId,
    rng: Random,
) -> Session | Liar:
    track, line = bullring()
    session = Session(player, me, {track.name: track}, {track.name: line}, rng)
    return session if lie is None else Liar(session, lie, on_lie, from_ns)


def is_lap(command: Command) -> bool:
    return isinstance(command, Submit) and isinstance(decode_fact(command.body), LapTime)


def moved_state(state: Publish, metres: float) -> Publish:
    frame = unpack_car(state.payload[TAG_BYTES:])
    there = replace(frame, car=replace(frame.car, x=frame.car.x + metres))
    return published(state, state.payload[:TAG_BYTES] + pack_car(there))


def published(state: Publish, payload: bytes) -> Publish:
    return Publish(state.tick, payload, state.lease, state.owner, state.paces, state.others)
