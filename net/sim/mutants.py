"""Mutants: each breaks one protection of the protocol, to show that the checks would see it.

Within a context, functions and methods of the real classes are replaced in this process, or some
words of their text are. Each says which invariants would see the breaking itself; what counts is
that its consequences are seen, so those are switched off.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import net.node.lineage.consensus
from net.cluster.causal.operations import OperationStore
from net.cluster.failure_detector import AGE_MAX, FailureDetector
from net.cluster.replication import Leadership, follow_append
from net.cluster.voter import Voter
from net.limits import DOWN_NS, EVIDENCE_AGE_UNIT_NS
from net.node.lineage.revival import Revival
from net.node.node import Node
from net.node.program import Delivered
from net.node.replica import Replica
from net.security.replay_window import ReplayWindow
from net.sim.disk import Disk
from net.sim.machine import Machine
from net.sim.world import World
from net.wire.messages import Append, Suspicion

if TYPE_CHECKING:
    from net.cluster.actions import Send
    from net.cluster.checkpoint import KeptCheckpoint
    from net.ids import Member, NodeId
    from net.node.program import Event, Persist
    from net.wire.messages import Operation


class NotThereError(LookupError):
    """What a mutant would change is not in the code any more."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of a function, and what stands there instead.

    The function stays the object that it is: whoever holds it, by whatever name, runs the others.
    """

    function: Any  # or a property, a classmethod
    words: str  # once in its text
    instead: str


def edited(edits: Sequence[Edit]) -> dict[FunctionType, CodeType]:
    """Return the functions that these edits change, each with the code that it would have.

    Raises:
        NotThereError: one does not hold such words, or more than once.
    """
    texts: dict[FunctionType, str] = {}
    for edit in edits:
        function = _function_of(edit.function)
        text = texts.get(function) or textwrap.dedent(inspect.getsource(function))
        if text.count(edit.words) != 1:
            raise NotThereError(f"{function.__qualname__} has not once: {edit.words}")
        texts[function] = text.replace(edit.words, edit.instead)
    return {function: _compile_like(function, text) for function, text in texts.items()}


def _compile_like(function: FunctionType, text: str) -> CodeType:
    """Return the code of a function with another text."""
    flags = function.__code__.co_flags & _FUTURE
    whole = compile(text, f"mutant of {function.__qualname__}", "exec", flags, dont_inherit=True)
    (code,) = (
        const
        for const in whole.co_consts
        if isinstance(const, CodeType) and const.co_name == function.__name__
    )
    return code


_FUTURE: Final = 0x1000000  # `from __future__ import annotations`, as flags have it


def _function_of(found: Any) -> FunctionType:
    if isinstance(found, property):
        found = found.fget
    function = inspect.unwrap(getattr(found, "__func__", found))
    assert isinstance(function, FunctionType), "a mutant edits functions"
    return function


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protection and what stands in its place."""

    tells: str
    patches: tuple[tuple[Any, str, object], ...] = ()  # where, name, instead
    blind: frozenset[int] = frozenset()  # would see the breaking, not its consequences
    edits: tuple[Edit, ...] = ()


@contextmanager
def broken(mutant: Mutant) -> Iterator[Mutant]:
    """Run without a protection.

    Raises:
        NotThereError: what it would change is not there.
    """
    changed = edited(mutant.edits)
    with ExitStack() as stack:
        for where, attribute, instead in mutant.patches:
            stack.enter_context(patch.object(where, attribute, instead))
        for function, code in changed.items():
            stack.callback(setattr, function, "__code__", function.__code__)
            function.__code__ = code
        yield mutant


# --- fencing --------------------------------------------------------------------------------------


def _follow_anybody(voter: Voter, sender: NodeId, append: Append, now_ns: int) -> list[Send]:
    voter.promised, voter.promised_to = min(voter.promised, append.epoch), None
    voter._given = voter.promised  # nor does it notice
    return follow_append(voter, sender, append, now_ns)


def _never_deposed_by_epochs(leadership: Leadership, now_ns: int) -> bool:
    return not leadership._voter.is_member


# --- membership by incarnation --------------------------------------------------------------------


def _same_incarnation(machine: Machine, now_ns: int) -> int:
    return 1


# --- disks ----------------------------------------------------------------------------------------


def _kept_in_memory(voter: Voter) -> int:
    return voter.log.head


def _settled_in_memory(voter: Voter) -> int:
    return voter.log.commit


_really_kept_by = Leadership._kept_by


def _own_kept_in_memory(leadership: Leadership, member: Member) -> int:
    voter = leadership._voter
    return voter.log.head if member == voter.me else _really_kept_by(leadership, member)


def _always_sure(revival: Revival) -> bool:
    return True


def _next_number(disk: Disk, now_ns: int) -> int:
    disk.reserve(disk.reserved + 1, now_ns)
    return disk.reserved + (0 if disk.takes(now_ns) else 1)


# --- drain before timers --------------------------------------------------------------------------


def _timers_first(world: World, machine: Machine) -> None:
    world.run_timers(machine)
    world.drain(machine)


def _forgive_no_pause(node: Node, paused_ns: int, now_ns: int) -> None:
    pass


# --- first-hand evidence --------------------------------------------------------------------------


def _believe_hearsay(
    detector: FailureDetector, reporter: NodeId, suspicions: Sequence[Suspicion], now_ns: int
) -> None:
    for suspicion in suspicions:
        watch = detector._watches.get(suspicion.node)
        if watch is not None and suspicion.age * EVIDENCE_AGE_UNIT_NS < DOWN_NS:
            watch.evidence_ns = now_ns


def _pass_on_hearsay(detector: FailureDetector, now_ns: int) -> tuple[Suspicion, ...]:
    return tuple(
        Suspicion(
            node,
            watch.incarnation,
            min(max(now_ns - watch.evidence_ns, 0) // EVIDENCE_AGE_UNIT_NS, AGE_MAX),
        )
        for node, watch in sorted(detector._watches.items())
        if watch.lives
    )


# --- the opening decree ---------------------------------------------------------------------------


def _always_true(leadership: Leadership) -> bool:
    return True


# --- the replay window, causal delivery ----------------------------------------------------------


def _always_fresh(window: ReplayWindow, counter: int) -> bool:
    return True


def _ready_without_causes(store: OperationStore, operation: Operation) -> bool:
    return operation.dot.n == store.clock.of(operation.dot.member) + 1


def _notice_no_gap(store: OperationStore, operation: Operation) -> None:
    pass


# --- checkpoints ----------------------------------------------------------------------------------


def _tell_nothing_beyond(
    replica: Replica, checkpoint: KeptCheckpoint | None, floor: KeptCheckpoint | None
) -> list[Send | Persist | Event]:
    told = _BEGIN_FROM(replica, checkpoint, floor)
    return [each for each in told if not isinstance(each, Delivered)]


_BEGIN_FROM: Final = Replica.begin_from

MUTANTS: Final[Mapping[str, Mutant]] = {
    "fencing": Mutant(
        "appends of epochs below the promise are taken, and depose nobody",
        (
            (net.node.lineage.consensus, "follow_append", _follow_anybody),
            (Leadership, "deposed", _never_deposed_by_epochs),
        ),
        frozenset({20}),
    ),
    "incarnations": Mutant(
        "a process that starts again leads the same life: it votes, and has forgotten its promises",
        ((Machine, "next_incarnation", _same_incarnation),),
        frozenset({6}),
    ),
    "acknowledged": Mutant(
        "a member says that its disk has what is in its memory",
        ((Voter, "kept", property(_kept_in_memory)),),
    ),
    "counted": Mutant(
        "a coordinator counts its own disk before that has a decree",
        (
            (Leadership, "_kept_by", _own_kept_in_memory),
            (Voter, "settled", property(_settled_in_memory)),
        ),
    ),
    "revival": Mutant(
        "whoever is back first goes on from what it kept, and waits for nobody",
        ((Revival, "is_sure", _always_sure),),
    ),
    "lives": Mutant(
        "a life is numbered by the disk alone, also where that takes nothing",
        ((Disk, "begin_life", _next_number),),
    ),
    "drain": Mutant(
        "after a pause, which it forgives nobody, timers run before the socket is drained",
        ((World, "turn", _timers_first), (Node, "_forgive_pause", _forgive_no_pause)),
    ),
    "evidence": Mutant(
        "what others say that they heard counts, and is passed on, as heard oneself",
        (
            (FailureDetector, "on_evidence", _believe_hearsay),
            (FailureDetector, "suspicions", _pass_on_hearsay),
        ),
    ),
    "opening": Mutant(
        "a coordinator decides before a decree of its own epoch is committed",
        (
            (Leadership, "is_open", property(_always_true)),
            (Leadership, "is_settled", property(_always_true)),
        ),
        frozenset({23}),
    ),
    "replay": Mutant(
        "a datagram counts as often as it comes",
        ((ReplayWindow, "is_fresh", _always_fresh),),
    ),
    "beyond": Mutant(
        "a program that begins from a fold is not told the operations beyond it",
        ((Replica, "begin_from", _tell_nothing_beyond),),
    ),
    "causality": Mutant(
        "operations are delivered before those that their author had seen",
        (
            (OperationStore, "_is_ready", _ready_without_causes),
            (OperationStore, "_check_causes", _notice_no_gap),
        ),
    ),
}
