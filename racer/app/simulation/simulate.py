"""`racer simulate`: whole races of whole nodes in virtual time, with faults, checked."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Final, Protocol, TypeAlias

from net import CHECKPOINT_DECREES, Dot, Folding, NodeId
from net.limits import RESUME_S
from net.sim import Machine, MakeProgram, Narrator, Script, Violation, World, draw_script
from net.sim.faults import Blackout, Crash, Fault, FullDisk
from net.sim.swarm import over_air, with_wrong_clocks
from racer.app.circuits.catalog import circuit
from racer.app.race_settings import option_words
from racer.app.simulation.bullring import NAME as BULLRING
from racer.app.simulation.bullring_track import bullring
from racer.app.simulation.car_invariants import CarInvariants
from racer.app.simulation.pool import in_order
from racer.app.simulation.printed_logs import PrintedLogs, make_folder
from racer.app.simulation.sweep_progress import SweepProgress
from racer.app.verify.judge import judge
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine, racing_line
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import GRID_MAX
from racer.play.reports import (
    ChatFolded,
    ChatSeen,
    Disbelieved,
    Joined,
    PickupSeen,
    RemovalSeen,
    ResultsSeen,
)
from racer.play.room.folding import fold_room
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.view import Say

SECOND: Final = 1_000_000_000
FAULTS_FROM_NS: Final = SECOND
LIGHTS_NS: Final = 4 * SECOND  # no race begins sooner
LAP_NS: Final = 10 * SECOND  # and nobody laps even the bullring in so little
TALK_FROM_NS: Final = 3 * SECOND
TALK_EVERY_NS: Final = SECOND
_SIZES: Final = (3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8, 9)  # costs grow by the square
_LAPS: Final = (1, 1, 1, 1, 2)
_SPACINGS: Final = (10, 20, 40, 80, 160)
_CROWD: Final = 32
_CROWD_SHARE: Final = 0.001  # of the seeds: each costs a hundred times the others
RACE_TIMEOUT_NS: Final = 150 * SECOND  # a race of some laps with faults that takes longer hangs …
LAPS_WITHIN: Final = 8  # … of so many …
LAP_TIMEOUT_NS: Final = 20 * SECOND  # … and each lap more may take so long

Grants: TypeAlias = dict[tuple[int, int], NodeId]


ON_BULLRING: Final = RaceSetup(BULLRING, 1)


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """What to simulate. None: each seed draws its own."""

    setup: RaceSetup = ON_BULLRING  # but for its laps
    nodes: int | None = None
    laps: int | None = None
    loss_max: float = 0.2
    faults_max: int = 5
    air: bool = False  # all hang on one access point; else in few seeds only


@dataclass(frozen=True, slots=True)
class RacePlan:
    """What a seed has drawn. The last fault is over before the first car can have finished."""

    nodes: int
    laps: int
    script: Script
    spacing: int = CHECKPOINT_DECREES  # of checkpoints: so many decrees or operations apart

    def __str__(self) -> str:
        head = f"{self.nodes} nodes, {self.laps} laps, a checkpoint each {self.spacing}"
        return f"{head}; {self.script}"


class Observer(Protocol):
    """Watches a run."""

    def attach(self, world: World, script: Script) -> None: ...

    def sink(self, machine: Machine, what: object, now_ns: int) -> None: ...


@dataclass(frozen=True, slots=True)
class RaceOutcome:
    """What became of one seed. `failures` is empty where all went as it must."""

    seed: int
    plan: str
    failures: tuple[str, ...]
    trace: str
    virtual_s: float
    checks: int


@dataclass(slots=True)
class _Seen:
    """What one machine, over all its lives, was told."""

    chat: dict[Dot, int] = field(default_factory=dict)
    begins: int = 0  # lines before this place are folded away
    digest: str = ""
    grants: Grants = field(default_factory=dict)
    said: int = 0  # lines
    disbelieved: list[str] = field(default_factory=list)  # of what it was told by the honest
    put_out: list[str] = field(default_factory=list)  # of these, who was, and why
    greeted: bool = False  # which is one more: who comes when the race runs does not greet


def draw(seed: int, course: SweepSpec) -> RacePlan:
    """Return what a seed holds."""
    rng = Random(f"script {seed}")
    size = _CROWD if rng.random() < _CROWD_SHARE else rng.choice(_SIZES)
    nodes, laps = course.nodes or size, course.laps or rng.choice(_LAPS)
    until_ns = _talk_until_ns(laps) + 2 * SECOND
    script = draw_script(rng, nodes, FAULTS_FROM_NS, until_ns, course.loss_max, course.faults_max)
    by_air = Random(f"air {seed}")
    script = over_air(script, by_air, nodes, FAULTS_FROM_NS, until_ns, forced=course.air)
    script = with_wrong_clocks(script, Random(f"clock {seed}"), nodes)
    return RacePlan(nodes, laps, script, rng.choice(_SPACINGS))


def _talk_until_ns(laps: int) -> int:
    """Return when nobody can have finished and left."""
    return LIGHTS_NS + laps * LAP_NS - 2 * SECOND


def simulate(
    seed: int,
    course: SweepSpec,
    observer: Observer | None = None,
    narrator: Narrator | None = None,
    blind: frozenset[int] = frozenset(),
    plan: RacePlan | None = None,
    printed: PrintedLogs | None = None,
) -> RaceOutcome:
    """Race once. The same seed and course give the same outcome, its trace included.

    Args:
        observer: is shown all that is reported.
        narrator: is told all that happens, for people.
        blind: invariants that are not checked.
        plan: what happens; None: what the seed draws.
        printed: gets what the nodes print.
    """
    plan, printed = plan or draw(seed, course), printed or PrintedLogs()
    seen = [_Seen() for _ in range(plan.nodes)]

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        one, session = seen[machine.number], machine.program
        _note_report(one, what)
        printed.take(machine, what, now_ns)
        one.greeted = one.greeted or (isinstance(session, Session) and session.greeted)
        if observer is not None:
            observer.sink(machine, what, now_ns)

    folding = Folding(fold_room, plan.spacing, plan.spacing)
    world = World(seed, sink, narrator=narrator, blind=blind, folding=folding)
    if observer is not None:
        observer.attach(world, plan.script)
    for number in range(plan.nodes):
        players = min(plan.nodes, GRID_MAX)
        setup = Setup(replace(course.setup, laps=plan.laps), players)
        world.add(_session_factory(number, setup), number * SECOND // 20)
    world.play(plan.script)
    timeout_ns = _timeout_ns(plan, course)
    CarInvariants(world).watch(timeout_ns)
    for turn in _talk_turns(plan):
        world.at(turn * TALK_EVERY_NS, partial(_say_line, world, turn, seen))
    failures: list[str] = []
    try:
        world.run(timeout_ns, lambda: all(machine.stopped for machine in world.machines))
        failures = [
            *_find_failures(world, seen, plan, timeout_ns),
            *_judge_logs(printed, plan.script),
        ]
    except Violation as violation:
        failures = [str(violation)]
    return RaceOutcome(
        seed,
        str(plan),
        tuple(failures),
        world.trace,
        world.now_ns / SECOND,
        world.invariants.checks,
    )


def _timeout_ns(plan: RacePlan, course: SweepSpec) -> int:
    """Return when a race that is not over hangs."""
    cars = min(plan.nodes, GRID_MAX)
    laps = cars - 1 if course.setup.mode is Mode.ELIMINATION else plan.laps
    return RACE_TIMEOUT_NS + max(0, laps - LAPS_WITHIN) * LAP_TIMEOUT_NS


def _talk_turns(plan: RacePlan) -> range:
    """Return the moments at which somebody says a line, in TALK_EVERY_NS."""
    return range(TALK_FROM_NS // TALK_EVERY_NS, _talk_until_ns(plan.laps) // TALK_EVERY_NS)


def _say_line(world: World, number: int, seen: list[_Seen]) -> None:
    """Have one machine after the other say a line, in the middle of whatever happens.

    Nobody types at a machine that stands still: what it said at once afterwards would be a flood.
    """
    machine = world.machines[number % len(world.machines)]
    if isinstance(machine.program, Session) and machine.loop.paused_until_ns <= world.now_ns:
        machine.program.intend(Say(f"line {number}"))
        seen[machine.number].said += 1


def sweep(
    seeds: range, course: SweepSpec, jobs: int, *, as_json: bool, logs: Path | None = None
) -> int:
    """Race over all seeds, print what failed and a summary. Returns 0 where nothing did.

    Args:
        logs: a folder that gets what the nodes print, a folder a seed; None: nothing does.

    Raises:
        UsageError: that cannot be written.
    """
    if logs is not None:
        make_folder(logs)
    race = partial(_simulate_and_print, course=course, logs=logs)
    with SweepProgress(len(seeds)) as progress:
        for outcome in in_order(race, seeds, jobs):
            told = _outcome_text(outcome, course, as_json=as_json)
            progress.note(told, failed=bool(outcome.failures))
    if not as_json:
        print(f"{len(seeds)} seeds, {progress.failed} failed", flush=True)
    return 1 if progress.failed else 0


def _simulate_and_print(seed: int, course: SweepSpec, logs: Path | None) -> RaceOutcome:
    """Race once, and keep what was printed where that is asked for."""
    printed = PrintedLogs()
    outcome = simulate(seed, course, printed=printed)
    if logs is not None:
        printed.write(logs / f"seed-{seed}")
    return outcome


def trace(seed: int, course: SweepSpec, *, messages: bool) -> int:
    """Race once, and print it line by line. Returns 0 where nothing failed."""
    outcome = simulate(seed, course, narrator=Narrator(_print_line, messages))
    _print_line(outcome.plan)
    _print_line("; ".join(outcome.failures) or "nothing failed")
    return 1 if outcome.failures else 0


def _print_line(text: str) -> None:
    print(text, flush=True)


def _outcome_text(outcome: RaceOutcome, course: SweepSpec, *, as_json: bool) -> str:
    """Return what is printed of an outcome: for people, only of one that failed."""
    if as_json:
        return json.dumps(asdict(outcome))
    if not outcome.failures:
        return ""
    again = f"racer simulate --seeds {outcome.seed}{_course_options(course)} --trace"
    failed = f"seed {outcome.seed} FAILED: {'; '.join(outcome.failures)}"
    return f"{failed}\n  {outcome.plan}\n  again: {again}"


def _course_options(course: SweepSpec) -> str:
    """Return the options that make this course."""
    options = (
        f" --loss {course.loss_max:g} --faults {course.faults_max} --track {course.setup.track}"
    )
    options += "".join(f" {word}" for word in option_words(course.setup))
    nodes = "" if course.nodes is None else f" --nodes {course.nodes}"
    laps = "" if course.laps is None else f" --laps {course.laps}"
    return nodes + laps + options + (" --air" if course.air else "")


def _session_factory(number: int, setup: Setup) -> MakeProgram:
    def make(me: NodeId, rng: Random) -> Session:
        player = Player(
            race="simulation",
            name=f"bot {number}",
            bot=True,
            setup=setup,
            skill=0.5 + 0.4 * rng.random(),
            say=(f"greetings from {number}",),
        )
        track, line = _circuit_and_line(setup.race.track)
        return Session(player, me, {track.name: track}, {track.name: line}, rng)

    return make


@cache
def _circuit_and_line(name: str) -> tuple[Track, RacingLine]:
    """Return a circuit and its line: only what is raced on is read."""
    if name == BULLRING:
        return bullring()
    track = circuit(name)
    return track, racing_line(track)


def _note_report(seen: _Seen, what: object) -> None:
    match what:
        case Joined():
            seen.chat.clear()  # a new life: it tells all lines again
            seen.begins = 0
            seen.grants.clear()
        case ChatFolded(index=index):
            seen.chat = {dot: place for dot, place in seen.chat.items() if place >= index}
            seen.begins = index
        case ChatSeen(index=index, dot=dot):
            seen.chat[dot] = index
        case PickupSeen(id=pickup, generation=generation, node=None):
            del seen.grants[pickup, generation]
        case PickupSeen(id=pickup, generation=generation, node=bytes(node)):
            seen.grants[pickup, generation] = node
        case ResultsSeen(official=True, digest=digest, qualifying=False):
            seen.digest = digest
        case Disbelieved(text=text):
            seen.disbelieved.append(text)
        case RemovalSeen(text=text):
            seen.put_out.append(text)
        case _:
            pass


def _find_failures(world: World, seen: list[_Seen], plan: RacePlan, timeout_ns: int) -> list[str]:
    late = [machine.number for machine in world.machines if not machine.stopped]
    if late:
        return [f"machines {late} have not finished after {timeout_ns // SECOND} s"]
    failures: list[str] = []
    digests = {one.digest for one in seen}
    if len(digests) != 1 or "" in digests:
        failures.append(f"results differ: {[one.digest for one in seen]}")
    begins = max(one.begins for one in seen)
    orders = [sorted((at, dot) for dot, at in one.chat.items() if at >= begins) for one in seen]
    if any(order != orders[0] for order in orders):
        failures.append("the order of the chat differs")
    if any([at for at, _ in order] != list(range(begins, begins + len(order))) for order in orders):
        failures.append("places in the chat are missing or taken twice")
    failures.extend(_lost_lines(world, seen))
    failures.extend(
        f"machine {number} does not believe the honest: {text}"
        for number, one in enumerate(seen)
        for text in one.disbelieved
    )
    failures.extend(f"an honest driver: {text}" for one in seen[:1] for text in one.put_out)
    if any(one.grants != seen[0].grants for one in seen):
        failures.append("a canister was granted twice")
    return failures


def _judge_logs(printed: PrintedLogs, script: Script) -> list[str]:
    """Return what a judge finds who knows nothing but what the nodes printed.

    What a process showed is there after its end only where its disk keeps what is written, and its
    clock does not say that this was long ago: of that the logs, which tell true time, know nothing.
    """
    verdicts = judge(printed.records())
    if any(_may_forget(fault) for _, fault in script.faults):
        del verdicts["restarts"]
    return [
        f"{name}: {violation}"
        for name, verdict in verdicts.items()
        for violation in verdict.violations
    ]


def _may_forget(fault: Fault) -> bool:
    match fault:
        case FullDisk():
            return True
        case Crash(journal_lost=is_lost):
            return is_lost
        case Blackout(ahead_s=ahead_s):
            return max(ahead_s, default=0) > RESUME_S
        case _:
            return False


def _lost_lines(world: World, seen: list[_Seen]) -> list[str]:
    """Return who of those that were never killed said what nobody has, while all is kept."""
    if any(one.begins for one in seen):
        return []
    failures: list[str] = []
    for machine in world.machines:
        said = seen[machine.number].said + seen[machine.number].greeted
        there = sum(dot.node == machine.identity.node_id for dot in seen[0].chat)
        if machine.starts == 1 and there != said:
            failures.append(f"machine {machine.number} said {said} lines, {there} are there")
    return failures
