"""Sessions on nodes that are not there: what one submits or decrees, all have at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, TypeAlias, assert_never

from net import (
    Command,
    Committed,
    ContentArrived,
    CoordinatorChanged,
    Counts,
    Decree,
    Delivered,
    Digest,
    Dot,
    Event,
    Exclude,
    Lag,
    Leave,
    NodeId,
    Operation,
    PeerChanged,
    PeerReadout,
    PeerState,
    Propose,
    Publish,
    Readout,
    Report,
    SetIdle,
    Share,
    StateReceived,
    Submit,
    Synced,
    Want,
    content_digest,
)
from racer.core.rules.race_setup import RaceSetup
from racer.play.room.messages import Setup, decode_fact
from racer.play.session import Player, Session
from racer.play.view import Phase, RaceView
from tests.play.rooms import ADA, encode_what

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.records.record_book import RecordBook
    from tests.play.toy_catalog import ToyCatalog

SECOND = 1_000_000_000
TICK_NS = SECOND // 60
LINEAGE = b"lineage1"
PERSON = Setup(RaceSetup("dockyard", 1), 0)  # whose race a person starts


@dataclass
class FakeView:
    """A node as its program sees it, as told."""

    me: NodeId
    incarnation: int = 1
    decides: bool = False
    synced: bool = True
    given: int = 0
    kept: int = 0
    offset_ns: int = 0  # race clock less the node's own
    lags: Lag | None = None
    states: dict[NodeId, PeerState] = field(default_factory=dict)
    commits: dict[NodeId, int] = field(default_factory=dict)
    behind: dict[NodeId, int] = field(default_factory=dict)  # who says so instead

    def race_ns(self, now_ns: int) -> int:
        return now_ns + self.offset_ns

    def state_of(self, node: NodeId) -> PeerState:
        return PeerState.ALIVE if node == self.me else self.states.get(node, PeerState.DOWN)

    def commit_of(self, node: NodeId) -> int:
        return self.behind.get(node, self.commits.get(node, 0))

    def holds(self, dot: Dot) -> bool:
        return True

    def progress(self, digest: Digest) -> float | None:
        return None

    def rtt_ms(self, node: NodeId) -> float | None:
        return 1.25 if node in self.states else None

    def loss(self, node: NodeId) -> float | None:
        return 0.1 if node in self.states else None

    def lag(self, now_ns: int) -> Lag | None:
        return self.lags

    def counters(self) -> Counts:
        return Counts()

    def readout(self, now_ns: int) -> Readout:
        peers = tuple(_peer_readout(node, state) for node, state in sorted(self.states.items()))
        members = (self.me, *sorted(self.states))
        log = {"begins": 0, "commit": 5, "head": 6, "kept": 5, "operations": 3}
        return Readout(
            me=self.me,
            incarnation=1,
            place="synced",
            lineage=LINEAGE,
            coordinator=self.me if self.decides else None,
            epoch=7,
            promised=7,
            election="resting",
            is_member=True,
            members=members,
            clock=((self.me, 2), *((node, 1) for node in sorted(self.states))),
            timeout_scale=1.0,
            peers=peers,
            **log,
        )


def _peer_readout(node: NodeId, state: PeerState) -> PeerReadout:
    return PeerReadout(
        node=node,
        name="",
        incarnation=1,
        health=state.value,
        heard_ms=12,
        rtt_ms=1.25,
        loss=0.1,
        sent_bytes=2000,
        received_bytes=1000,
        version=1,
        lineage=LINEAGE,
        follows=None,
        epoch=7,
        commit=5,
        head=6,
        kept=5,
        is_member=True,
        is_fit=True,
        operations=3,
        is_equal=True,
        doubts=(),
    )


def player(**changes: object) -> Player:
    """Return a bot that opens a room of one lap."""
    wanted: dict[str, object] = {
        "race": "friday",
        "name": "ada",
        "bot": True,
        "setup": Setup(RaceSetup("dockyard", 1), 1),
        "seen": True,
        **changes,
    }
    return Player(**wanted)  # type: ignore[arg-type]


@dataclass
class Seated:
    """One session with its node, and all it ever commanded."""

    session: Session
    node: FakeView
    commands: list[Command] = field(default_factory=list)
    left: bool = False

    @property
    def reports(self) -> list[object]:
        return [command.what for command in self.commands if isinstance(command, Report)]

    def told(self, kind: type) -> list[object]:
        return [report for report in self.reports if type(report) is kind]


class Company:
    """Sessions that hear each other without delay. The first one coordinates.

    Args:
        players: by node.
        record_books: of those who keep records, by node.
        catalogs: of those whose circuits may travel, by node.
    """

    def __init__(
        self,
        tracks: Mapping[str, Track],
        lines: Mapping[str, RacingLine],
        players: Mapping[NodeId, Player],
        record_books: Mapping[NodeId, RecordBook] | None = None,
        catalogs: Mapping[NodeId, ToyCatalog] | None = None,
    ) -> None:
        self.now_ns = 0
        self.seats: dict[NodeId, Seated] = {}
        self.decrees: list[Decree] = []
        self.operations: list[Operation] = []
        self._head = bytes(16)
        self.contents: dict[Digest, bytes] = {}  # that anybody shares
        self._wanting: dict[Digest, list[NodeId]] = {}
        for number, (me, each) in enumerate(players.items()):
            catalog = (catalogs or {}).get(me)
            session = Session(
                each,
                me,
                tracks if catalog is None else catalog,
                lines if catalog is None else catalog.lines,
                Random(number),
                (record_books or {}).get(me),
                catalog,
            )
            self.seats[me] = Seated(session, FakeView(me, decides=number == 0))
        for me in self.seats:
            self.tell(me, CoordinatorChanged(LINEAGE, next(iter(players)), 7))
            for peer, each in players.items():
                if peer != me:
                    self.seats[me].node.states[peer] = PeerState.ALIVE
                    self.tell(me, PeerChanged(peer, 1, each.name, PeerState.ALIVE))
            self.tell(me, Synced((), 0))

    def tell(self, node: NodeId, event: Event) -> None:
        seat = self.seats[node]
        if not seat.left:
            self._perform(node, seat.session.on_event(event, seat.node, self.now_ns))

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_ns += TICK_NS
            for node, seat in self.seats.items():
                if not seat.left:
                    self._perform(node, seat.session.on_tick(seat.node, self.now_ns))

    def commit(self, what: object) -> None:
        """Decree something, for all."""
        decree = Decree(7, len(self.decrees), self._head, what)  # type: ignore[arg-type]
        text = self._head + encode_what(what)  # type: ignore[arg-type]
        self._head = hashlib.blake2b(text, digest_size=16).digest()
        self.decrees.append(decree)
        for node, seat in self.seats.items():
            for peer in self.seats:
                seat.node.commits[peer] = len(self.decrees)
            self.tell(node, Committed(decree, b"lineage1"))

    def submit(self, node: NodeId, body: bytes) -> None:
        """Let a node say something, to all."""
        n = 1 + sum(each.dot.node == node for each in self.operations)
        race_us = self.seats[node].node.race_ns(self.now_ns) // 1000
        said = Operation(Dot(node, 1, n), race_us, (), body, bytes(32), bytes(64))
        self.operations.append(said)
        for each in self.seats:
            self.tell(each, Delivered(said))

    def _perform(self, node: NodeId, commands: list[Command]) -> None:
        seat = self.seats[node]
        for command in commands:
            seat.commands.append(command)
            match command:
                case Submit(body=body):
                    self.submit(node, body)
                case Propose(whats=whats):
                    assert seat.node.decides
                    for what in whats:
                        self.commit(what)
                case Publish(tick=tick, payload=payload, lease=lease, owner=owner):
                    state = StateReceived(owner or node, node, 1, lease, tick, payload)
                    for other in self.seats:
                        if other != node:
                            self.tell(other, state)
                case Leave():
                    seat.left = True
                    self._farewell(node)
                case Share(content=content):
                    self._share(content)
                case Want(digest=digest):
                    self._want(node, digest)
                case SetIdle() | Exclude() | Report():
                    pass
                case _:
                    assert_never(command)

    def _share(self, content: bytes) -> None:
        digest = content_digest(content)
        self.contents[digest] = content
        for node in self._wanting.pop(digest, []):
            self._want(node, digest)

    def _want(self, node: NodeId, digest: Digest) -> None:
        content = self.contents.get(digest)
        if content is None:
            self._wanting.setdefault(digest, []).append(node)
        else:
            self.tell(node, ContentArrived(digest, content))

    def _farewell(self, node: NodeId) -> None:
        for other, seat in self.seats.items():
            if other != node:
                seat.node.states[node] = PeerState.LEFT
                self.tell(other, PeerChanged(node, 1, "who left", PeerState.LEFT))


Meet: TypeAlias = Callable[[Mapping[NodeId, Player]], Company]
"""Brings players together, the first one coordinating."""


def facts(seat: Seated) -> list[object]:
    bodies = [command.body for command in seat.commands if isinstance(command, Submit)]
    return [decode_fact(body) for body in bodies]


def view_of(company: Company, node: NodeId = ADA) -> RaceView:
    view = company.seats[node].session.view
    assert view is not None
    return view


def run(company: Company, done: Callable[[], bool], seconds: float = 60.0) -> None:
    until_ns = company.now_ns + int(seconds * SECOND)
    while not done():
        company.tick()
        assert company.now_ns < until_ns, "it takes too long"


def phase_is(company: Company, phase: Phase, node: NodeId = ADA) -> Callable[[], bool]:
    def is_so() -> bool:
        view = company.seats[node].session.view
        return view is not None and view.phase is phase

    return is_so
