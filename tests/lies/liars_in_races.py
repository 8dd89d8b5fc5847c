"""Races in virtual time in which one node lies: about its own car, or about what it decrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from net import Command, Committed, Dot, Folding, Leave, Order, Propose, Publish, Rule, Submit
from net.cluster.log import chain_hash
from net.sim import Conditions, World
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.physics.contact import Hit
from racer.core.recordings.car_codec import pack_car, unpack_car
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import SPEED_MAX
from racer.play.reports import CoordinatorSeen, Disbelieved, RemovalSeen, ResultsSeen
from racer.play.room.folding import fold_room
from racer.play.room.messages import (
    Claim,
    Grant,
    LapTime,
    Lease,
    Lie,
    ResultRow,
    Results,
    Setup,
    Unseat,
    Witnessed,
    decode_fact,
    decode_ruling,
    encode,
)
from racer.play.session import Player, Session
from racer.play.view import Phase

if TYPE_CHECKING:
    from random import Random

    from net import Decree, Event, Leader, NodeId, NodeView, Ruled
    from net.sim import Machine
    from racer.play.room.messages import RaceId
    from racer.play.room.room import Race

SECOND: Final = 1_000_000_000
LAPS: Final = 1
LIES_NS: Final = 3 * SECOND  # after the green light
AWAY_NS: Final = SECOND  # and who dies and comes back before it lies dies so soon
FLOOD: Final = 260  # facts at once: half of what a node may write
FASTEST_MS: Final = 9_500  # in which the fastest car could drive a lap, and no bot does
TAG_BYTES: Final = 4  # of the race, before a car's state

Lying: TypeAlias = "Callable[[Liar, Race, list[Command], NodeView, int], list[Command]]"
"""Makes of what an honest session commands what the liar does, while the race is on."""


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
        if race is None:
            return [*commands, *self._foretell()]
        if room.phase(race_ns) is not Phase.RACING:
            return commands
        self.raced_ns = race_ns
        if race_ns < race.green_ns + self._from_ns:
            return commands
        lied = self._lie(self, race, commands, node, race.race_ms(race_ns))
        if any(each not in commands for each in lied):
            self.note_lie()
        return lied

    def _foretell(self) -> list[Command]:
        """Return what a liar tells of each race that may be next, once."""
        told, race = FORETOLD.get(self._lie), self._next_race
        if told is None or not race:
            return []
        self._next_race = b""
        self.note_lie()
        return [Submit(encode(fact)) for fact in told(race)]

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
    lied_ns: int = 0  # virtual time of the first lie; 0: none yet

    @property
    def liar(self) -> Machine:
        """The only one, or the first of some."""
        return self.liars[0]

    @property
    def honest(self) -> list[Machine]:
        return [machine for machine in self.world.machines if machine not in self.liars]


def race_with(
    lie: Lying | None,
    count: int = 3,
    lies: int | tuple[int, ...] = 0,
    seed: int = 1,
    loss: float = 0.0,
    from_ns: int = LIES_NS,
    away_ns: int = 0,
) -> Raced:
    """Race bots of which one lies, or some.

    Args:
        lies: which of them; the first founds the room and leads it.
        from_ns: so long after the green light.
        away_ns: so long it is away from AWAY_NS after the green light on; then it comes back.
    """
    liars = (lies,) if isinstance(lies, int) else lies
    raced: Raced | None = None

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        number, at_ns = machine.number, world.now_ns
        match what:
            case ResultsSeen(official=True):
                assert raced is not None
                raced.results[number] = what
            case Disbelieved() if raced is not None:
                raced.disbelieved.setdefault(number, []).append((at_ns, what))
            case RemovalSeen() if raced is not None:
                raced.removals.setdefault(number, []).append((at_ns, what))
            case CoordinatorSeen(node=node) if raced is not None:
                raced.coordinators.setdefault(number, []).append(node)
            case _:
                pass

    def note_lie() -> None:
        assert raced is not None
        raced.lied_ns = raced.lied_ns or world.now_ns

    world = World(seed, sink, Conditions(loss=loss), folding=Folding(fold_room, 400, 400))
    machines = [
        world.add(
            partial(_program, number, count, lie if number in liars else None, note_lie, from_ns),
            number * SECOND // 20,
        )
        for number in range(count)
    ]
    raced = Raced(world, [machines[number] for number in liars])
    world.invariants.liars.update(each.identity.node_id for each in raced.liars)
    if away_ns:
        _leave_and_return(raced, away_ns)
    world.run(90 * SECOND, lambda: all(m.stopped for m in raced.honest))
    return raced


def _leave_and_return(raced: Raced, away_ns: int) -> None:
    """Have a liar's machine die in the race, and come back: it lies in its second life."""
    world, liar = raced.world, raced.liar
    world.run(30 * SECOND, lambda: isinstance(liar.program, Liar) and liar.program.raced_ns > 0)
    world.run(world.now_ns + AWAY_NS)
    world.crash(liar)
    world.run(world.now_ns + away_ns)
    world.start(liar)


def _program(
    number: int,
    count: int,
    lie: Lying | None,
    on_lie: Callable[[], None],
    from_ns: int,
    me: NodeId,
    rng: Random,
) -> Session | Liar:
    track, line = bullring()
    setup = Setup(RaceSetup(NAME, LAPS), count)
    player = Player(race="lies", name=f"bot {number}", bot=True, setup=setup, skill=0.7)
    session = Session(player, me, {track.name: track}, {track.name: line}, rng)
    return session if lie is None else Liar(session, lie, on_lie, from_ns)


# --- lies of drivers --------------------------------------------------------------------------


def future_laps(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Tell of all laps at once, of minutes that are yet to come."""
    liar.count += 1
    if liar.count > 1:
        return commands
    laps = [LapTime(race.id, n, now_ms + 9000 * n, 9000) for n in range(1, LAPS + 1)]
    return [*commands, *(Submit(encode(lap)) for lap in laps)]


def laps_without_a_car(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Show no car, and tell of a lap as soon as the fastest could have driven one."""
    commands = [c for c in commands if not isinstance(c, Publish) and not is_lap(c)]
    if now_ms < 9500 or liar.count:
        return commands
    liar.count = 1
    return [*commands, Submit(encode(LapTime(race.id, 1, now_ms, now_ms)))]


def shortened_laps(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Drive, and tell of a lap at half of it."""
    commands = [c for c in commands if not is_lap(c)]
    if now_ms < 6500 or liar.count:
        return commands
    liar.count = 1
    return [*commands, Submit(encode(LapTime(race.id, 1, now_ms, now_ms)))]


def distant_claims(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Claim every canister again and again."""
    liar.count += 1
    if liar.count % 20:
        return commands
    pickups = range(len(bullring()[0].pickups))
    claims = [Claim(race.id, p, race.generation(p), now_ms) for p in pickups]
    return [*commands, *(Submit(encode(claim)) for claim in claims)]


def lap_before_a_flood(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Tell of a lap at once, and of more behind it than anybody looks at."""
    if liar.count:
        return commands
    liar.count = 1
    at_ms = round(1000 * bullring()[0].length_m / SPEED_MAX) + 50
    other = next(owner for owner in race.cars.values() if owner != node.me)
    lap = LapTime(race.id, 1, at_ms, at_ms)
    flood = [Claim(race.id, 0, n, 100, other, 1) for n in range(FLOOD)]
    told = [encode(lap), *(encode(claim) for claim in flood)]
    return [*commands, *map(Submit, told)]


def laps_before_the_lights(
    _liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Have told of all laps in the lobby, each as the fastest could drive it."""
    return commands


def canisters_before_the_lights(
    _liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Have claimed all canisters in the lobby."""
    return commands


FORETOLD: Final[dict[Lying, Callable[[RaceId], list[LapTime | Claim]]]] = {
    laps_before_the_lights: lambda race: [
        LapTime(race, lap, FASTEST_MS * lap, FASTEST_MS) for lap in range(1, LAPS + 1)
    ],
    canisters_before_the_lights: lambda race: [
        Claim(race, pickup, 0, 1000) for pickup in range(len(bullring()[0].pickups))
    ],
}
"""What is told of a race before it begins."""


def teleports(
    liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Show the car here and there in turn, each half a second."""
    liar.count += 1
    if liar.count // 30 % 2 == 0:
        return commands
    return [moved_state(each, 45.0) if isinstance(each, Publish) else each for each in commands]


def hits_that_were_none(
    _liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Tell every other car in turn of a hit that it was given."""
    ours = race.number_of(node.me) or 0
    return [_hitting(each, race, ours) if isinstance(each, Publish) else each for each in commands]


def false_witness(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Say of everybody else, each second, that it lies."""
    liar.count += 1
    if liar.count % 60:
        return commands
    others = [owner for owner in race.cars.values() if owner != node.me]
    told = [Witnessed(race.id, owner, Lie.LAP) for owner in others]
    return [*commands, *(Submit(encode(each)) for each in told)]


# --- lies of who coordinates ------------------------------------------------------------------


def invented_results(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it has won, in a millisecond."""
    rows = [ResultRow(node.me, race.number_of(node.me) or 1, LAPS, 1, 1)]
    rows += [ResultRow(n, number, 0, None, None) for number, n in race.cars.items() if n != node.me]
    return _decreeing(liar, commands, node, Results(race.id, tuple(rows), race.green_ns // 1000))


def grants_to_itself(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    return _decreeing(liar, commands, node, Grant(race.id, 0, race.generation(0), node.me, now_ms))


def drivers_removed(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it drives another's car on."""
    other = next(number for number, owner in race.cars.items() if owner != node.me)
    lease = Lease(race.id, other, race.lease_of(other) + 1, node.me)
    return _decreeing(liar, commands, node, lease)


def all_removed(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree that it drives all cars."""
    others = [number for number, owner in race.cars.items() if owner != node.me]
    leases = [Lease(race.id, each, race.lease_of(each) + 1, node.me) for each in others]
    return _decreeing(liar, commands, node, *leases)


def laps_and_silence(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, now_ms: int
) -> list[Command]:
    """Tell of laps that are yet to come, and decree nothing any more."""
    told = future_laps(liar, race, commands, node, now_ms)
    return [each for each in told if not isinstance(each, Propose)]


def places_of_nothing(
    liar: Liar, _race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Give lines places in the chat that nobody said: each of them holds up what comes behind."""
    if not node.decides:
        return commands
    liar.count += 1
    author, first = node.me, 1000 + 20 * liar.count
    places = tuple(Order(Dot(author, node.incarnation, first + k)) for k in range(20))
    return [c for c in commands if not isinstance(c, Propose)] + [Propose(places)]


def seats_taken(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Take a driver's number away while it races."""
    other = next(owner for owner in race.cars.values() if owner != node.me)
    return _decreeing(liar, commands, node, Unseat(other))


def altered_order(
    _liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree true rows, with the last of them first."""
    return [
        Propose(tuple(map(_reordered, each.whats))) if isinstance(each, Propose) else each
        for each in commands
    ]


def rivals_out(
    _liar: Liar, _race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Decree results by which all others went out in their first lap."""
    return [
        Propose(tuple(_without_rivals(what, node.me) for what in each.whats))
        if isinstance(each, Propose)
        else each
        for each in commands
    ]


DRIVERS: Final[dict[str, Lying]] = {
    "future laps": future_laps,
    "laps without a car": laps_without_a_car,
    "shortened laps": shortened_laps,
    "distant claims": distant_claims,
    "lap before a flood": lap_before_a_flood,
    "laps before the lights": laps_before_the_lights,
    "canisters before the lights": canisters_before_the_lights,
    "teleports": teleports,
    "hits that were none": hits_that_were_none,
}
COORDINATORS: Final[dict[str, Lying]] = {
    "invented results": invented_results,
    "grants to itself": grants_to_itself,
    "drivers removed": drivers_removed,
    "all removed": all_removed,
    "laps and silence": laps_and_silence,
    "places of nothing": places_of_nothing,
    "seats taken": seats_taken,
    "altered order": altered_order,
    "rivals out": rivals_out,
}

UNPROVED: Final[dict[str, Lying]] = {"false witness": false_witness}
"""Lies that nobody can see through, and that do nothing: their authors stay."""


def is_lap(command: Command) -> bool:
    return isinstance(command, Submit) and isinstance(decode_fact(command.body), LapTime)


def moved_state(state: Publish, metres: float) -> Publish:
    frame = unpack_car(state.payload[TAG_BYTES:])
    there = replace(frame, car=replace(frame.car, x=frame.car.x + metres))
    return published(state, state.payload[:TAG_BYTES] + pack_car(there))


def _hitting(state: Publish, race: Race, ours: int) -> Publish:
    frame = unpack_car(state.payload[TAG_BYTES:])
    others = [number for number in race.cars if number != ours]
    hit = Hit(others[frame.tick // 20 % len(others)], frame.tick, 8.0, 0.0, 0.5)
    return published(state, state.payload[:TAG_BYTES] + pack_car(replace(frame, hit=hit)))


def published(state: Publish, payload: bytes) -> Publish:
    return Publish(state.tick, payload, state.lease, state.owner, state.paces, state.others)


def _decreeing(
    liar: Liar, commands: list[Command], node: NodeView, *rulings: Results | Grant | Lease | Unseat
) -> list[Command]:
    if not node.decides or liar.count:
        return commands
    liar.count = 1
    decreed = Propose(tuple(Rule(encode(ruling)) for ruling in rulings))
    return [*(each for each in commands if not isinstance(each, Propose)), decreed]


def _without_rivals(what: Rule | Order, me: NodeId) -> Rule | Order:
    ruling = decode_ruling(what.body) if isinstance(what, Rule) else None
    if not isinstance(ruling, Results):
        return what
    mine = [row for row in ruling.rows if row.node == me]
    theirs = [ResultRow(r.node, r.number, 0, None, None, 1) for r in ruling.rows if r.node != me]
    return Rule(encode(Results(ruling.race, (*mine, *theirs), ruling.closed_us)))


def _reordered(what: Rule | Order) -> Rule | Order:
    ruling = decode_ruling(what.body) if isinstance(what, Rule) else None
    if not isinstance(ruling, Results):
        return what
    rows = ruling.rows[-1:] + ruling.rows[:-1]
    return Rule(encode(Results(ruling.race, rows, ruling.closed_us)))
