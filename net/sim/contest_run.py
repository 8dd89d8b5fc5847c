"""One seed of the contest: faults, then liveness of a core, then convergence of all.

The phases follow TigerBeetle's simulator: safety is checked at every step of all three; in the
second a connected majority is mended and the rest stays broken, which must not keep it from going
on; in the third everything is mended, and all must come to hold the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, final

from net.cluster.log import majority
from net.ids import Dot, Member
from net.limits import CHECKPOINT_LOST_NS, MILLISECOND, SECOND
from net.node.program import Folding, Submit
from net.sim.checks.detection import GONE_KNOWN_NS
from net.sim.checks.inspection import log_of, member_of, operations_of, voter_of
from net.sim.checks.invariants import Violation
from net.sim.contest import Contestant, GrantedTwice, fold_contest, read_fold
from net.sim.narration import Narrator
from net.sim.swarm import draw_script, over_air, with_wrong_clocks
from net.sim.world import INSPECTION_NS, World
from net.wire.messages import Cause, Operation

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.node.node import Node
    from net.sim.faults import Script
    from net.sim.machine import Machine

LOSS_MAX: Final = 0.4
FAR_SHARE: Final = 0.25  # of seeds: clocks make histories too old
MARKER: Final = b"word of the core"
FAULTS_FROM_NS: Final = SECOND // 2
FAULTS_TO_NS: Final = 8 * SECOND
COORDINATOR_WITHIN_NS: Final = 12 * SECOND
DECREE_WITHIN_NS: Final = 10 * SECOND
ORDER_NS: Final = 100 * MILLISECOND  # of a word before it: four are proposed at once, on bad lines
CONVERGED_WITHIN_NS: Final = 10 * SECOND
DROPPED_WITHIN_NS: Final = CHECKPOINT_LOST_NS + 2 * SECOND  # decrees: the next checkpoint may wait
_SIZES: Final = (3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 9)
_SPACINGS: Final = (10, 20, 40, 80, 160)
_ILLS: Final = ("dead", "frozen", "cut off", "cut off one way", "lossy")


@dataclass(frozen=True, slots=True)
class ContestPlan:
    """What a seed has drawn: a room, its faults, and what stays broken while a core is mended."""

    nodes: int
    script: Script
    core: tuple[int, ...]
    ills: tuple[tuple[int, str], ...]  # of all others
    spacing: int  # of checkpoints: so many decrees or operations apart

    def __str__(self) -> str:
        ills = ", ".join(f"{machine} {ill}" for machine, ill in self.ills) or "nothing broken"
        core = ",".join(map(str, self.core))
        head = f"{self.nodes} nodes, a checkpoint each {self.spacing}"
        return f"{head}; {self.script}; then {core} mended, {ills}; then all"


@dataclass(frozen=True, slots=True)
class ContestOutcome:
    """What became of a seed. `failure` is empty where all went as it must. Times from mending."""

    seed: int
    plan: str
    failure: str
    trace: str
    virtual_s: float
    checks: int
    coordinator_ms: int = -1
    decree_ms: int = -1
    converged_ms: int = -1


def draw_plan(seed: int, faults_max: int = 12, *, air: bool = False) -> ContestPlan:
    """Return what a seed holds; `air`: it has an access point that all share, whatever it draws."""
    rng = Random(f"trial {seed}")
    nodes = rng.choice(_SIZES)
    script = draw_script(rng, nodes, FAULTS_FROM_NS, FAULTS_TO_NS, LOSS_MAX, faults_max)
    by_air = Random(f"air {seed}")
    script = over_air(script, by_air, nodes, FAULTS_FROM_NS, FAULTS_TO_NS, forced=air)
    script = with_wrong_clocks(script, Random(f"clock {seed}"), nodes, FAR_SHARE)
    core = tuple(sorted(rng.sample(range(nodes), rng.randint(majority(nodes), nodes))))
    ills = tuple((m, rng.choice(_ILLS)) for m in range(nodes) if m not in core)
    return ContestPlan(nodes, script, core, ills, rng.choice(_SPACINGS))


def run_contest(
    seed: int,
    narrator: Narrator | None = None,
    blind: frozenset[int] = frozenset(),
    *,
    air: bool = False,
) -> ContestOutcome:
    """Run one seed. The same seed gives the same outcome, its trace included.

    Args:
        air: it has an access point that all share, whatever it draws.
    """
    trial = ContestRun(seed, draw_plan(seed, air=air), narrator, blind)
    failure = ""
    try:
        trial.run()
    except Violation as violation:
        failure = str(violation)
        trial.world.tell("!", failure)
    return trial.outcome(failure)


@final
class ContestRun:
    """A room under test."""

    def __init__(
        self, seed: int, plan: ContestPlan, narrator: Narrator | None, blind: frozenset[int]
    ) -> None:
        self._seed = seed
        self._plan = plan
        folding = Folding(fold_contest, plan.spacing, plan.spacing)
        conditions = plan.script.conditions
        self.world = World(seed, self._on_report, conditions, narrator, blind, folding)
        for number in range(plan.nodes):
            self.world.add(Contestant, number * 50 * MILLISECOND)
        self.world.play(plan.script)
        self._coordinator_ms = self._decree_ms = self._converged_ms = -1
        self._given_up = 0  # operations, as the author of the core's word was told when it said it

    def run(self) -> None:
        """Go through the phases.

        Raises:
            Violation: an invariant broke, or a phase did not reach its end in time.
        """
        world = self.world
        world.run(FAULTS_TO_NS)
        self._break_others()
        world.mend(self._plan.core)
        core = [world.machines[number] for number in self._plan.core]
        self._say_marker(core[0])
        self._coordinator_ms = self._run_until(
            lambda: _share_coordinator(core), COORDINATOR_WITHIN_NS, "a core has no coordinator"
        )
        before = len(_program_of(core[0]).unordered())
        self._decree_ms = self._coordinator_ms + self._run_until(
            lambda: self._is_marked(core),
            DECREE_WITHIN_NS + before * ORDER_NS,
            "no decree",
        )
        if any(ill == "dead" for _, ill in self._plan.ills):
            world.run(world.now_ns + GONE_KNOWN_NS + INSPECTION_NS)
        for machine in world.machines:
            if isinstance(machine.program, Contestant):
                machine.program.talks = False
        world.mend(range(self._plan.nodes))
        for machine in world.machines:
            _program_of(machine).talks = False
        self._converged_ms = self._run_until(
            self._is_converged, CONVERGED_WITHIN_NS, "no convergence"
        )
        self._check_end_state()
        check_dropped(world, self._plan.spacing + 2)

    def outcome(self, failure: str) -> ContestOutcome:
        return ContestOutcome(
            self._seed,
            str(self._plan),
            failure,
            self.world.trace,
            self.world.now_ns / SECOND,
            self.world.invariants.checks,
            self._coordinator_ms,
            self._decree_ms,
            self._converged_ms,
        )

    def _on_report(self, machine: Machine, what: object, now_ns: int) -> None:
        if isinstance(what, GrantedTwice):
            self.world.invariants.violated(
                24, f"{machine.life} was told two owners of {what.item}, number {what.number}"
            )

    def _break_others(self) -> None:
        """Let what is not of the core stay broken."""
        world = self.world
        for number, ill in self._plan.ills:
            world.tell("!", f"{number} stays {ill}")
            machine = world.machines[number]
            others = [m.number for m in world.machines if m is not machine]
            match ill:
                case "dead":
                    world.bar(machine)
                case "frozen":
                    world.pause(machine, world.now_ns + 1000 * SECOND)
                case "cut off":
                    world.network.cut((a, number) for a in others)
                    world.network.cut((number, a) for a in others)
                case "cut off one way":
                    world.network.cut((number, a) for a in others)
                case _:
                    pass

    def _say_marker(self, author: Machine) -> None:
        self._given_up = _program_of(author).given_up
        self.world.command(author, [Submit(MARKER)])

    def _is_marked(self, core: list[Machine]) -> bool:
        """Whether the word of the core counts at all of it.

        Where its author was told that what it said alone is in no room, it says it again: that
        happens after a split of several checkpoints, which are close to each other here.
        """
        if _program_of(core[0]).given_up > self._given_up:
            self._say_marker(core[0])
        return all(self._has_marker(_program_of(machine)) for machine in core)

    def _has_marker(self, program: Contestant) -> bool:
        """Whether the word of the core counts; its node may have had to write it again."""
        said = self.world.invariants.operations
        return any(said[dot].body == MARKER for dot in program.order if dot in said)

    def _run_until(self, condition: Callable[[], bool], within_ns: int, complaint: str) -> int:
        """Run until the condition holds. Returns after how many milliseconds."""
        since_ns = self.world.now_ns
        if not condition():
            self.world.run(since_ns + within_ns, condition)
        if not condition():
            self.world.invariants.violated(30, f"{complaint} after {within_ns // SECOND} s")
        return (self.world.now_ns - since_ns) // MILLISECOND

    # --- the end ------------------------------------------------------------------------------

    def _is_converged(self) -> bool:
        machines = self.world.machines
        programs = [_program_of(m) for m in machines]
        if not _share_coordinator(machines) or not all(program.synced for program in programs):
            return False
        if any(program.unanswered() or program.unordered() for program in programs):
            return False
        logs = [log_of(_node_of(m)) for m in machines]
        heads = {(log.head_hash, log.commit, log.head) for log in logs if log is not None}
        clocks = {operations_of(_node_of(m)).vector_hash() for m in machines}
        settled = all(commit == head for _, commit, head in heads)
        folded = {log.folded for log in logs if log is not None}
        return len(heads) == len(clocks) == len(folded) == 1 and settled

    def _check_end_state(self) -> None:
        """Check what must hold now that all is quiet."""
        violated = self.world.invariants.violated
        programs = [_program_of(machine) for machine in self.world.machines]
        first = programs[0]
        if any(program.owners != first.owners for program in programs):
            violated(24, "nodes hold different owners")
        if any(program.order != first.order for program in programs):
            violated(37, "nodes hold different orders of words")
        if len(set(first.order)) != len(first.order):
            violated(37, "a word is ordered twice")
        if not _extends_causality(first.order, self.world.invariants.operations):
            violated(37, "the order of words breaks their causal order")
        log = log_of(_node_of(self.world.machines[0]))
        self._check_folds(first, log)
        lives = {member_of(_node_of(machine)) for machine in self.world.machines}
        if log is None or {*log.members} != lives:
            violated(7, "the members are not the lives that run")

    def _check_folds(self, first: Contestant, log: DecreeLog | None) -> None:
        """Check that checkpoints lost nothing."""
        invariants = self.world.invariants
        assert log is not None, "all have converged"
        whole = read_fold(fold_contest(b"", invariants.history_of(log), ()))
        if [*whole.order] != first.order:
            invariants.violated(45, "words that were decreed before a checkpoint are lost")
        if {(item, n): to for item, n, to in whole.owners} != first.owners:
            invariants.violated(45, "grants that were decreed before a checkpoint are lost")


def check_dropped(world: World, most: int) -> None:
    """Check that nobody keeps more decrees, soon after a checkpoint that was long in coming.

    Raises:
        Violation: somebody does.
    """

    def find_longest() -> tuple[int, Machine]:
        logs = [(log_of(_node_of(machine)), machine) for machine in world.machines]
        kept = [(log.head - log.folded, machine) for log, machine in logs if log is not None]
        return max(kept, key=lambda each: each[0])

    if find_longest()[0] > most:
        world.run(world.now_ns + DROPPED_WITHIN_NS, lambda: find_longest()[0] <= most)
    count, machine = find_longest()
    if count > most:
        world.invariants.violated(46, f"{machine.life} keeps {count} decrees")


def _share_coordinator(machines: list[Machine]) -> bool:
    """Whether all sit in one lineage and follow one coordinator that lives among all."""
    found = set()
    for machine in machines:
        voter = None if machine.host is None else voter_of(machine.host.node)
        if voter is None or voter.coordinator is None:
            return False
        found.add((voter.log.lineage, voter.epoch, voter.coordinator))
    return len(found) == 1


def _program_of(machine: Machine) -> Contestant:
    assert isinstance(machine.program, Contestant), "it runs"
    return machine.program


def _node_of(machine: Machine) -> Node:
    assert machine.host is not None, "it runs"
    return machine.host.node


def _extends_causality(order: Sequence[Dot], operations: Mapping[Dot, Operation]) -> bool:
    """Whether no word stands before a word that its author had seen.

    Args:
        operations: by name, in an order in which causes are first.
    """
    place = {dot: number for number, dot in enumerate(order)}
    bounds: dict[Member, list[tuple[int, int]]] = {}  # (n, place of the last word up to there)
    for operation in operations.values():
        dot = operation.dot
        past = [Cause(dot.node, dot.incarnation, dot.n - 1), *operation.causes]
        least = max(_last_place(bounds.get(Member(c.node, c.incarnation), []), c.n) for c in past)
        if dot in place and place[dot] < least:
            return False
        bounds.setdefault(dot.member, []).append((dot.n, max(least, place.get(dot, -1))))
    return True


def _last_place(told: list[tuple[int, int]], n: int) -> int:
    index = bisect_right(told, n, key=lambda entry: entry[0])
    return told[index - 1][1] if index else -1
