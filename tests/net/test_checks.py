"""Whatever signatures a peer has us check are on its account (ADR 62)."""

from __future__ import annotations

from typing import Final, get_args

import pytest
from msgspec import inspect
from msgspec.structs import replace

from net.errors import UnreadReason
from net.ids import Dot
from net.limits import CHECKS_BURST, CHECKS_PER_S, FORGERIES_BURST, SECOND, UNREADABLE_TOLD_NS
from net.node.counters import Implausible
from net.node.frame_reader import UnreadNews
from net.node.lineage.mandate import fault_of
from net.node.outgoing.quota import Checks, is_signed
from net.node.peers import Peers
from net.wire.decrees import Equivocation
from net.wire.messages import (
    Accusation,
    Ballot,
    Elected,
    HandOver,
    Keyframe,
    Message,
    Prepare,
    Probe,
    Promise,
    StreamState,
)
from tests.net.guarded import LINEAGE, OTHER, A, B, C, E, log_of, vote_for, voter

LIAR, KEY, SIGNED = b"l" * 16, bytes(32), bytes(64)
VOTE = Ballot(LINEAGE, 1, A, B, KEY, SIGNED)
HANDED = HandOver(LINEAGE, 1, A, B, KEY, SIGNED)
PROOF = Equivocation(Dot(A.node, 1, 1), KEY, (bytes(32), b"\1" * 32), (SIGNED, SIGNED))
SIGNED_MESSAGES: Final[tuple[Message, ...]] = (
    Accusation(PROOF),
    Elected((VOTE,)),
    HANDED,
    Keyframe(A.node, 1, 0, StreamState(1, b""), KEY, SIGNED),
    Promise(VOTE, 0, 0),
    Prepare(LINEAGE, 1, A, HANDED),
)
ELSEWHERE: Final = {"Operations", "Append", "Fetched"}
"""Operations are on their authors' account; what decrees prove is read in the log."""


def checks_of(holds: bool = True) -> Checks:
    return Checks(lambda _key, _data, _signature: holds, UnreadNews(Peers()))


def bring(checks: Checks, message: Message, made: int, now_ns: int = 0) -> bool:
    """Bring a message that costs some checks. Returns whether it was looked at."""
    taken = checks.may_bring(LIAR, message, now_ns)
    for _ in range(made if taken else 0):
        checks.verify(KEY, b"", SIGNED)
    checks.charge(LIAR, now_ns)
    return taken


def is_signed_type(known: inspect.Type) -> bool:
    """Whether a signature stands anywhere in what a type tells."""
    match known:
        case inspect.StructType(fields=fields):
            names = {field.name for field in fields}
            return not names.isdisjoint({"signature", "signatures"}) or any(
                is_signed_type(field.type) for field in fields
            )
        case inspect.UnionType(types=types):
            return any(map(is_signed_type, types))
        case inspect.TupleType(item_types=types):
            return any(map(is_signed_type, types))
        case inspect.VarTupleType(item_type=item):
            return is_signed_type(item)
        case _:
            return False


def test_whatever_holds_a_signature_is_on_somebodys_account() -> None:
    kinds = {each.__name__ for each in get_args(Message) if is_signed_type(inspect.type_info(each))}
    assert kinds == {type(each).__name__ for each in SIGNED_MESSAGES} | ELSEWHERE
    assert all(is_signed(each) for each in SIGNED_MESSAGES)
    assert not is_signed(Prepare(LINEAGE, 1, A, None))
    assert not is_signed(Probe())


@pytest.mark.parametrize("message", SIGNED_MESSAGES)
def test_who_brings_forgeries_has_us_check_no_more_for_a_while(message: Message) -> None:
    checks = checks_of(holds=False)
    brought = sum(bring(checks, message, made=1) for _ in range(3 * FORGERIES_BURST))
    assert brought == checks.counters.forged == FORGERIES_BURST + 1
    assert checks.counters.unread == 3 * FORGERIES_BURST - brought
    assert checks.may_bring(LIAR, Probe(), 0), "what costs no check is heard"
    assert bring(checks, message, made=1, now_ns=SECOND)


def test_a_peer_has_us_check_so_much_a_second_though_all_of_it_holds() -> None:
    checks, message = checks_of(), SIGNED_MESSAGES[1]
    brought = sum(bring(checks, message, made=6) for _ in range(CHECKS_BURST))
    assert CHECKS_BURST <= 6 * brought < CHECKS_BURST + 12
    later = sum(bring(checks, message, made=6, now_ns=SECOND) for _ in range(CHECKS_BURST))
    assert CHECKS_PER_S - 12 < 6 * later < CHECKS_PER_S + 12
    assert checks.counters.forged == 0


def test_what_is_known_costs_nothing_however_often_it_comes() -> None:
    checks = checks_of()
    assert all(bring(checks, SIGNED_MESSAGES[0], made=0) for _ in range(2 * CHECKS_BURST))


def test_it_is_told_who_brings_forgeries_and_then_that_it_is_not_looked_at() -> None:
    checks, message = checks_of(holds=False), SIGNED_MESSAGES[0]
    checks.may_bring(LIAR, message, 0)
    checks.verify(KEY, b"", SIGNED)
    (told,) = checks.charge(LIAR, 0)
    assert (told.node, told.fault, told.count) == (LIAR, UnreadReason.FORGED, 1)
    for _ in range(2 * FORGERIES_BURST):
        bring(checks, message, made=1)
    assert not checks.may_bring(LIAR, message, 0)
    (told,) = checks.charge(LIAR, UNREADABLE_TOLD_NS)
    assert (told.node, told.fault) == (LIAR, UnreadReason.TOO_MUCH)


def test_votes_that_cannot_count_are_not_checked_and_others_once() -> None:
    member = voter(B, log_of())
    checked: list[bytes] = []
    holds = member.signet._verify

    def verify(key: bytes, data: bytes, signature: bytes) -> bool:
        checked.append(data)
        return holds(key, data, signature)

    member.signet._verify = verify
    for known in (vote_for(A, 5, A), vote_for(A, 5, C)):
        assert member.take_vote(known)
    checked.clear()
    idle = (
        vote_for(A, 5, A),
        vote_for(A, 4, C),
        vote_for(C, 5, C),
        vote_for(A, 9, C, lineage=OTHER),
        vote_for(A, 9, E),
    )
    assert fault_of(member, Elected(idle)) is None
    assert not checked
    assert fault_of(member, Elected((*idle, vote_for(A, 6, C)))) is None
    assert len(checked) == 1
    forged = replace(vote_for(A, 6, C), signature=bytes(64))
    assert fault_of(member, Elected((*idle[:5], forged))) is Implausible.VOTE
