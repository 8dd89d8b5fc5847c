from __future__ import annotations

from random import Random

from net.cluster.actions import Send
from net.cluster.blocks import content_digest
from net.cluster.content import ContentArrived, ContentOutcome, Contents
from net.ids import Digest, NodeId
from net.limits import (
    BLOCK_BYTES,
    CONTENT_BYTES_MAX,
    CONTENT_GIVE_UP_NS,
    CONTENTS_HELD_BYTES_MAX,
    CONTENTS_WANTED_MAX,
    SECOND,
    TICK_NS,
)
from net.wire.messages import ContentOffer, ContentQuery, Piece, PieceRequest

NODES = tuple(bytes([k]) * 16 for k in range(1, 6))
A, B, C, D, E = NODES
LARGE = Random(1).randbytes(60_500)


class Mesh:
    """Nodes that share content; messages take a tick and may be lost or spoilt."""

    def __init__(self, loss: float = 0.0) -> None:
        self.now_ns = 0
        self.nodes = {node: Contents(Random(node)) for node in NODES}
        self.gone: set[NodeId] = set()
        self.liars: set[NodeId] = set()
        self.arrived: dict[NodeId, list[bytes]] = {node: [] for node in NODES}
        self.sent: list[tuple[NodeId, Send]] = []
        self._under_way: list[tuple[NodeId, Send]] = []
        self._rng = Random(7)
        self._loss = loss

    def want(self, node: NodeId, content: bytes, size_max: int = CONTENT_BYTES_MAX) -> Digest:
        digest = content_digest(content)
        self._perform(node, self.nodes[node].want(digest, size_max))
        return digest

    def run(self, seconds: float) -> None:
        end_ns = self.now_ns + int(seconds * SECOND)
        while self.now_ns < end_ns:
            self.now_ns += TICK_NS
            arriving, self._under_way = self._under_way, []
            for sender, send in arriving:
                self._deliver(sender, send)
            for node, contents in self.nodes.items():
                others = [other for other in NODES if other != node and other not in self.gone]
                self._perform(node, contents.on_tick(lambda others=others: others, self.now_ns))  # type: ignore[misc]

    def _deliver(self, sender: NodeId, send: Send) -> None:
        message = send.message
        assert isinstance(message, ContentQuery | ContentOffer | PieceRequest | Piece)
        if send.to in self.gone or sender in self.gone or self._rng.random() < self._loss:
            return
        if sender in self.liars and isinstance(message, Piece):
            message = Piece(message.digest, message.number, bytes(len(message.data)))
        self._perform(send.to, self.nodes[send.to].on_message(sender, message, self.now_ns))

    def _perform(self, node: NodeId, outcomes: list[ContentOutcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, ContentArrived):
                assert content_digest(outcome.content) == outcome.digest
                self.arrived[node].append(outcome.content)
            else:
                self.sent.append((node, outcome))
                self._under_way.append((node, outcome))


def test_content_comes_from_all_who_have_it() -> None:
    mesh = Mesh()
    for node in (A, B, C):
        mesh.nodes[node].share(LARGE)
    mesh.want(D, LARGE)
    mesh.run(0.5)
    assert mesh.arrived[D] == [LARGE]
    givers = {node for node, send in mesh.sent if isinstance(send.message, Piece)}
    assert givers == {A, B, C}


def test_what_has_arrived_is_shared_on() -> None:
    mesh = Mesh()
    mesh.nodes[A].share(LARGE)
    mesh.want(B, LARGE)
    mesh.run(0.5)
    mesh.gone.add(A)
    mesh.want(C, LARGE)
    mesh.run(0.5)
    assert mesh.arrived[C] == [LARGE]


def test_content_comes_through_loss() -> None:
    mesh = Mesh(loss=0.3)
    mesh.nodes[A].share(LARGE)
    mesh.nodes[B].share(LARGE)
    for node in (C, D, E):
        mesh.want(node, LARGE)
    mesh.run(4.0)
    assert [mesh.arrived[node] for node in (C, D, E)] == [[LARGE]] * 3


def test_a_source_that_lies_is_found_and_left() -> None:
    mesh = Mesh()
    mesh.liars = {A, B}
    for node in (A, B, C):
        mesh.nodes[node].share(LARGE)
    mesh.want(D, LARGE)
    mesh.run(2.0)
    assert mesh.arrived[D] == [LARGE]


def test_where_all_lie_nothing_arrives_and_it_ends() -> None:
    mesh = Mesh()
    mesh.liars = {A}
    mesh.nodes[A].share(LARGE)
    digest = mesh.want(D, LARGE)
    mesh.run(3 * CONTENT_GIVE_UP_NS / SECOND)
    assert mesh.arrived[D] == []
    assert mesh.nodes[D].progress(digest) is None
    pieces = sum(isinstance(send.message, Piece) for _, send in mesh.sent)
    assert pieces < 2 * len(LARGE) / BLOCK_BYTES + 2


def test_a_source_that_was_wrong_once_gives_it_when_it_is_wanted_again() -> None:
    mesh = Mesh()
    mesh.liars = {A}
    mesh.nodes[A].share(LARGE)
    mesh.want(D, LARGE)
    mesh.run(1.0)
    assert mesh.arrived[D] == []
    mesh.liars.clear()
    mesh.run(CONTENT_GIVE_UP_NS / SECOND)
    mesh.want(D, LARGE)
    mesh.run(0.5)
    assert mesh.arrived[D] == [LARGE]


def test_when_a_source_goes_the_others_give_the_rest() -> None:
    mesh = Mesh()
    mesh.nodes[A].share(LARGE)
    mesh.nodes[B].share(LARGE)
    digest = mesh.want(D, LARGE)
    mesh.run(0.1)
    share = mesh.nodes[D].progress(digest)
    assert share is not None
    assert 0.0 < share < 1.0
    mesh.gone.add(A)
    mesh.run(4.0)
    assert mesh.arrived[D] == [LARGE]
    assert mesh.nodes[D].progress(digest) == 1.0


def test_who_comes_later_may_have_it() -> None:
    mesh = Mesh()
    mesh.gone.add(A)
    mesh.nodes[A].share(LARGE)
    mesh.want(D, LARGE)
    mesh.run(2.0)
    assert mesh.arrived[D] == []
    mesh.gone.clear()
    mesh.run(1.0)
    assert mesh.arrived[D] == [LARGE]


def test_what_nobody_has_is_given_up_and_may_be_wanted_again() -> None:
    mesh = Mesh()
    digest = mesh.want(D, LARGE)
    assert mesh.nodes[D].progress(digest) == 0.0
    mesh.run(CONTENT_GIVE_UP_NS / SECOND + 0.1)
    assert mesh.nodes[D].progress(digest) is None
    mesh.nodes[A].share(LARGE)
    mesh.want(D, LARGE)
    mesh.run(0.5)
    assert mesh.arrived[D] == [LARGE]


def test_content_that_is_larger_than_wanted_is_not_fetched() -> None:
    mesh = Mesh()
    mesh.nodes[A].share(LARGE)
    mesh.want(D, LARGE, size_max=1000)
    mesh.run(1.0)
    assert not any(isinstance(send.message, PieceRequest) for _, send in mesh.sent)


def test_what_we_hold_arrives_at_once() -> None:
    mesh = Mesh()
    mesh.nodes[A].share(LARGE)
    mesh.want(A, LARGE)
    assert mesh.arrived[A] == [LARGE]


def test_pieces_that_nobody_asked_for_change_nothing() -> None:
    contents = Contents(Random(1))
    digest = content_digest(LARGE)
    for message in (
        Piece(digest, 0, LARGE[:1000]),
        ContentOffer(digest, 5),
        PieceRequest(digest, (0,)),
    ):
        assert contents.on_message(A, message, 0) == []
    contents.share(LARGE)
    assert contents.on_message(A, PieceRequest(digest, (10_000,)), 0) == []


def test_what_is_held_and_wanted_has_bounds() -> None:
    contents = Contents(Random(1))
    parts = [bytes([k]) * 3_900_000 for k in range(CONTENTS_HELD_BYTES_MAX // 3_900_000 + 2)]
    for part in parts:
        contents.share(part)
    assert contents.progress(content_digest(parts[0])) is None
    assert contents.progress(content_digest(parts[-1])) == 1.0
    for k in range(CONTENTS_WANTED_MAX):
        assert contents.has_room(bytes([k]) * 16)
        contents.want(bytes([k]) * 16, 1000)
    assert not contents.has_room(b"another" + bytes(9))
    assert contents.has_room(bytes(16)), "what is sought already takes no more room"
