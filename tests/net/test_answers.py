from __future__ import annotations

from random import Random

from net.cluster.blocks import content_digest
from net.cluster.content import Contents
from net.limits import (
    ANSWER_BYTES_BURST,
    ANSWER_BYTES_PER_S,
    BLOCK_BYTES,
    PEERS_MAX,
    SECOND,
    TICK_NS,
)
from net.node.counters import NodeCounters
from net.node.outgoing.outbox import Outbox
from net.node.outgoing.quota import Quota
from net.node.outgoing.relaying import Relaying
from net.node.peers import Peers
from net.wire.codec import CODEC
from net.wire.messages import Piece, PieceRequest
from net.wire.versions import OURS

ADA, BEN = b"a" * 16, b"b" * 16


def test_who_asks_for_too_much_is_answered_at_a_bounded_pace_and_nobody_else_waits() -> None:
    answers, got, now_ns = Quota(ANSWER_BYTES_BURST, ANSWER_BYTES_PER_S), 0, 0
    while now_ns < 10 * SECOND:
        got += sum(1000 for _ in range(640) if answers.may_take(ADA, 1000, now_ns))
        assert answers.may_take(BEN, 1000, now_ns)
        now_ns += TICK_NS
    assert got <= ANSWER_BYTES_BURST + 10 * ANSWER_BYTES_PER_S
    assert got >= 9 * ANSWER_BYTES_PER_S


def test_any_number_of_peers_may_ask_in_bounded_memory() -> None:
    answers = Quota(ANSWER_BYTES_BURST, ANSWER_BYTES_PER_S)
    assert all(answers.may_take(bytes([n % 256, n // 256]) * 8, 1, n) for n in range(9 * PEERS_MAX))


def test_a_block_is_given_once_for_a_request_however_often_it_names_it() -> None:
    contents = Contents(Random(1))
    content = bytes(3 * BLOCK_BYTES + 1)
    contents.share(content)
    digest = content_digest(content)
    request = PieceRequest(digest, (*[0] * 20, 3, *[4] * 5))
    sent = [each.message for each in contents.on_message(ADA, request, 0)]  # type: ignore[union-attr]
    assert [each.number for each in sent if isinstance(each, Piece)] == [0, 3]


def test_answers_beyond_the_allowance_are_dropped_and_counted_and_our_own_words_never() -> None:
    counters = NodeCounters()
    outbox = Outbox(CODEC, Peers(OURS), counters, Relaying(ADA, lambda node: node, counters))
    piece = Piece(bytes(16), 0, bytes(BLOCK_BYTES))
    with outbox.answering(ADA, 0):
        for _ in range(640):
            outbox.put(ADA, piece)
            outbox.put(BEN, piece)
    asked = sum(len(frame) for node, frame in outbox.take() if node == ADA)
    assert asked <= 1.2 * ANSWER_BYTES_BURST
    assert counters.overasked >= 400
    with outbox.answering(ADA, 0):
        with outbox.answering(BEN, 0):  # a frame of Ben's that Ada passed on, inside hers
            outbox.put(BEN, piece)
        outbox.put(ADA, piece)
    assert [node for node, _ in outbox.take()] == [BEN]
    before = counters.overasked
    for _ in range(640):
        outbox.put(ADA, piece)
    assert counters.overasked == before
    assert sum(len(frame) for _, frame in outbox.take()) >= 640 * BLOCK_BYTES
