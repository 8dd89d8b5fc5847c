"""The lightest program that contends: nodes talk, claim things, and grant them by decree.

It stands for the race where only the substrate is looked at: no cars, so a seed takes a second. Its
fold holds all that was decreed, so that a checker sees what a checkpoint loses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import msgspec

from net.cluster.checkpoint import HistoryGivenUp
from net.ids import Dot, NodeId
from net.limits import MILLISECOND
from net.node.program import (
    Command,
    Committed,
    Delivered,
    Event,
    Folded,
    LineageEntered,
    NodeView,
    Propose,
    Report,
    Submit,
    Synced,
)
from net.wire.decrees import Decree, Order, Rule
from net.wire.messages import Operation

if TYPE_CHECKING:
    from random import Random

ITEMS: Final = 2  # things to contend for; each is up again, under a new number, once granted
EVERY_NS: Final = 150 * MILLISECOND  # mean between two operations of a node
OPERATIONS_MAX: Final = 60  # of one process
PROPOSALS: Final = 4


@dataclass(frozen=True, slots=True)
class Granted:
    """A node was told that a thing is somebody's."""

    item: int
    number: int  # how often it was granted before
    to: NodeId


@dataclass(frozen=True, slots=True)
class GrantedTwice:
    """A node was told two owners of one thing, within one lineage."""

    item: int
    number: int


class ContestFold(msgspec.Struct, frozen=True, array_like=True):
    """What a contest amounts to."""

    owners: tuple[tuple[int, int, NodeId], ...] = ()  # item, number, whose
    order: tuple[Dot, ...] = ()
    undecided: tuple[Operation, ...] = ()  # claims and words that no decree has answered


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(ContestFold)


def read_fold(fold: bytes) -> ContestFold:
    """Return what some bytes hold; empty ones: nothing."""
    return _DECODER.decode(fold) if fold else ContestFold()


def fold_contest(
    before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]
) -> bytes:
    """Return the fold that goes on from one before."""
    was = read_fold(before)
    owners = {(item, number): to for item, number, to in was.owners}
    order = dict.fromkeys(was.order)
    for decree in decrees:
        match decree.what:
            case Rule(body=body):
                thing, to = _read_grant(body)
                owners.setdefault(thing, to)
            case Order(dot=dot):
                order[dot] = None
            case _:
                pass
    undecided = tuple(
        operation
        for operation in (*was.undecided, *operations)
        if _read_claim(operation) not in {None, *owners}
        or (_is_word(operation) and operation.dot not in order)
    )
    owned = tuple((*thing, owners[thing]) for thing in sorted(owners))
    return _ENCODER.encode(ContestFold(owned, tuple(order), undecided))


@final
class Contestant:
    """Says a word, or claims a thing, now and then; and decides where it may."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self._me = me
        self._rng = rng
        self._next_ns = 0
        self._said = 0
        self.talks = True
        self.synced = False
        self.given_up = 0  # operations of a split that no room holds any more: this was told
        self.operations: list[Operation] = []  # in the order of their delivery
        self.order: list[Dot] = []  # of words, as decreed
        self.owners: dict[tuple[int, int], NodeId] = {}

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case Delivered(operation=operation):
                self.operations.append(operation)
            case LineageEntered():
                self.order.clear()
                self.owners.clear()
                self.synced = False
            case Folded(fold=fold):
                self._begin_from(read_fold(fold))
            case Committed(decree=decree):
                return self._apply_decree(decree.what)
            case Synced():
                self.synced = True
            case HistoryGivenUp(operations=count):
                self.given_up += count
            case _:
                pass
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands: list[Command] = []
        if self.talks and self.synced and now_ns >= self._next_ns and self._said < OPERATIONS_MAX:
            self._next_ns = now_ns + int(self._rng.expovariate(1.0) * EVERY_NS)
            self._said += 1
            commands.append(Submit(self._draw_body()))
        if node.decides and (whats := self._due_decisions()):
            commands.append(Propose(tuple(whats[:PROPOSALS])))
        return commands

    def _begin_from(self, fold: ContestFold) -> None:
        self.order = list(fold.order)
        self.owners = {(item, number): to for item, number, to in fold.owners}
        self.operations = list(fold.undecided)

    def claim(self) -> list[Command]:
        """Return a claim for the thing that is up now, whatever else goes on."""
        return [Submit(self._claim_body(0))]

    def unanswered(self) -> list[tuple[int, int]]:
        """Return things that are claimed, and nobody's yet."""
        claims = (_read_claim(operation) for operation in self.operations)
        return sorted({claim for claim in claims if claim is not None} - self.owners.keys())

    def unordered(self) -> list[Dot]:
        """Return words that no decree has ordered yet, in order of their delivery."""
        ordered = set(self.order)
        return [
            operation.dot
            for operation in self.operations
            if _is_word(operation) and operation.dot not in ordered
        ]

    def _draw_body(self) -> bytes:
        if self._rng.random() < 0.5:
            return f"word {self._said}".encode()
        return self._claim_body(self._rng.randrange(ITEMS))

    def _claim_body(self, item: int) -> bytes:
        number = sum(owned == item for owned, _ in self.owners)
        return f"claim {item} {number}".encode()

    def _due_decisions(self) -> list[Rule | Order]:
        """Return what is to be decided: first claim first, as far as this node was told."""
        whats: list[Rule | Order] = []
        taken = set(self.owners)
        for operation in self.operations:
            claim = _read_claim(operation)
            if claim is not None and claim not in taken:
                taken.add(claim)
                item, number = claim
                body = f"grant {item} {number} {operation.dot.node.hex()}"
                whats.append(Rule(body.encode()))
        whats.extend(Order(dot) for dot in self.unordered())
        return whats

    def _apply_decree(self, what: object) -> list[Command]:
        match what:
            case Rule(body=body):
                thing, to = _read_grant(body)
                if thing in self.owners:
                    return [Report(GrantedTwice(*thing))]
                self.owners[thing] = to
                return [Report(Granted(*thing, self.owners[thing]))]
            case Order(dot=dot):
                self.order.append(dot)
            case _:
                pass
        return []


def _is_word(operation: Operation) -> bool:
    return operation.body.startswith(b"word")


def _read_grant(body: bytes) -> tuple[tuple[int, int], NodeId]:
    _, item, number, to = body.decode().split()
    return (int(item), int(number)), bytes.fromhex(to)


def _read_claim(operation: Operation) -> tuple[int, int] | None:
    if not operation.body.startswith(b"claim"):
        return None
    _, item, number = operation.body.split()
    return int(item), int(number)
