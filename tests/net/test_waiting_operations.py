"""A member that floods us with what never becomes ready harms itself alone (issue 18, row 2)."""

from __future__ import annotations

from functools import partial
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import Signing
from net.cluster.causal.waiting_operations import WaitingOperations
from net.ids import Dot, Member
from net.limits import OPERATIONS_WAITING_MAX
from net.security.identity import node_id_of
from net.wire.messages import Operation
from tests.net.test_operations import ROOM, anybody, say, signature, store, verify


def test_a_flood_of_one_author_crowds_out_nobody_else() -> None:
    eve, ada, bob = store(1), store(2), store(3)
    known, asked, (answer,) = say(ada, "hello"), say(ada, "who?"), say(ada, "me")
    flood = [say(eve, str(k))[0] for k in range(3 * OPERATIONS_WAITING_MAX)]
    bob.on_operations([*known, answer])  # which waits for "who?"
    for k in range(2, len(flood), 16):
        bob.on_operations(flood[k : k + 16])
    assert bob.on_operations(asked) == [*asked, answer]
    assert bob.counters.flooded >= len(flood) - OPERATIONS_WAITING_MAX - 16


def test_a_flood_of_made_up_authors_crowds_out_nobody_else() -> None:
    ada, eve = store(1), Member(node_id_of(bytes([3]) * 32), 1)
    bob = store(2, admits=lambda life: life == ada.writes_as)
    known, asked = say(ada, "hello"), say(ada, "who?")
    waiting = [say(ada, str(k))[0] for k in range(9)]
    bob.on_operations([*known, *waiting], eve.node)
    for k in range(2 * OPERATIONS_WAITING_MAX):
        bob.on_operations([second_of(k)], eve.node)
    assert bob.on_operations(asked) == [*asked, *waiting]


def second_of(k: int) -> Operation:
    """Return the second operation of one of many authors, whose first nobody has."""
    key = (b"\xee" + k.to_bytes(3)) * 8
    me, sign = Member(node_id_of(key), 1), partial(signature, key)
    author = OperationStore(me, Signing(key, sign, verify, ROOM), anybody)
    say(author, "never sent")
    return say(author, "sent")[0]


def test_whoever_was_crowded_out_is_delivered_when_it_is_sent_again() -> None:
    ada, bob = store(1), store(2)
    written = [say(ada, str(k))[0] for k in range(2 * OPERATIONS_WAITING_MAX)]
    bob.on_operations(written[1:])
    for _ in range(3):
        for k in range(0, len(written), 64):
            bob.on_operations(written[k : k + 64])
    assert len(bob) == len(written)


def test_a_long_history_is_restored_whatever_waits() -> None:
    ada, bob = store(1), store(2)
    written = [say(ada, str(k))[0] for k in range(2 * OPERATIONS_WAITING_MAX)]
    assert bob.restore(written[::-1]) == written


def made_up(node: int, n: int) -> Operation:
    return Operation(Dot(bytes([node]) * 16, 1, n), 0, (), b"x", b"", b"")


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_what_waits_is_bounded_and_its_notes_with_it(seed: int) -> None:
    rng, waiting = Random(seed), WaitingOperations()
    for _ in range(3000):
        node, n = rng.randrange(9), rng.randrange(2, 2000)
        operation = made_up(node, n)
        if operation.dot not in waiting:
            waiting.add(operation, (bytes([node % 4]) * 16, node < 3))
        while (due := waiting.next_due()) is not None:
            waiting.block(due, Dot(due.dot.node, 1, due.dot.n - 1))
        waiting.make_room()
        if rng.random() < 0.3:
            waiting.release(Dot(bytes([node]) * 16, 1, rng.randrange(2000)))
    sizes = [len(waiting), len(waiting._crowd_of), sum(map(len, waiting._crowds.values()))]
    assert set(sizes) == {len(waiting)}
    assert len(waiting) <= OPERATIONS_WAITING_MAX
    assert sum(map(len, waiting._blocked.values())) == len(waiting._obstacle_of) <= len(waiting)
