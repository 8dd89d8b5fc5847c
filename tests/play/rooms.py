"""Operations, decrees and logs, made by hand: what a room of nodes would have told a program."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from net import Convict, Decree, Dot, Equivocation, NodeId, Operation, Order, Rule
from racer.core.rules.race_setup import RaceSetup
from racer.play.cars.steward import Steward
from racer.play.cars.witness import CarCounters
from racer.play.review.overseer import Overseer
from racer.play.room.messages import Claim, Fact, Grid, LapTime, RaceId, Ruling, Seat, Setup, encode
from racer.play.room.room import Room

if TYPE_CHECKING:
    from collections.abc import Iterable

ADA, BEN, CLEO, DAN = (bytes([k]) * 16 for k in (1, 2, 3, 4))
SETUP = Setup(RaceSetup("dockyard", 2), 2)
GREEN_NS = 10_000_000_000


def operation(
    node: NodeId, n: int, fact: Fact | bytes, race_us: int = 0, life: int = 1
) -> Operation:
    """Return an operation as the node below would deliver it: its signature was checked there."""
    body = fact if isinstance(fact, bytes) else encode(fact)
    return Operation(Dot(node, life, n), race_us, (), body, bytes(32), bytes(64))


class Log:
    """Appends decrees to a chain and to a room."""

    def __init__(self, salt: bytes = b"") -> None:
        self.room = Room()
        self.decrees: list[Decree] = []
        self._previous = hashlib.blake2b(salt, digest_size=16).digest()

    def append(self, what: Rule | Order | Convict | Ruling) -> Ruling | None:
        """Commit something; returns the ruling, if it counted."""
        rule = what if isinstance(what, Rule | Order | Convict) else Rule(encode(what))
        decree = Decree(1, len(self.decrees), self._previous, rule)
        body = b"".join((self._previous, encode_what(rule)))
        self._previous = hashlib.blake2b(body, digest_size=16).digest()
        self.decrees.append(decree)
        return self.room.apply(decree)

    def extend(self, whats: Iterable[Rule | Order | Convict | Ruling]) -> None:
        for what in whats:
            self.append(what)

    @property
    def race_id(self) -> RaceId:
        assert self.room.race is not None
        return self.room.race.id


def encode_what(what: Rule | Order | Convict) -> bytes:
    return what.body if isinstance(what, Rule) else repr(what).encode()


def convict(node: NodeId, life: int = 1) -> Convict:
    """Return what convicts a node, as it comes to a program: its proof was looked at below."""
    halves = (bytes(31) + b"1", bytes(31) + b"2"), (bytes(64), bytes(64))
    return Convict(Equivocation(Dot(node, life, 1), bytes(32), *halves))


def racing(
    *nodes: NodeId, laps: int = 2, track: str = "dockyard", setup: RaceSetup | None = None
) -> Log:
    """Return a log whose race is on: car k+1 is the k-th node's; green at GREEN_NS."""
    log = Log()
    log.append(Setup(setup or RaceSetup(track, laps), len(nodes)))
    log.extend(Seat(node, number) for number, node in enumerate(nodes, start=1))
    log.append(Grid(tuple(range(1, len(nodes) + 1)), GREEN_NS // 1000))
    return log


class NoCars:
    """Sees no car, and knows for true what it is told to."""

    def __init__(self) -> None:
        self.seen: set[LapTime | Claim] = set()
        self.driven: set[int] = set()

    def knows(self, _author: NodeId, fact: LapTime | Claim) -> bool:
        return fact in self.seen

    def drives_on(self, number: int) -> bool:
        return number in self.driven


def steward_of(node: NodeId) -> Steward:
    """Return a node's steward, that sees no car."""
    return Steward(node, CarCounters(), Overseer(lambda _: None, NoCars()))
