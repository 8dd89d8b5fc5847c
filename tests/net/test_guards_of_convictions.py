"""What convicts nobody, and what is not forgotten of who was convicted (ADR 63)."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from net.cluster.actions import Send
from net.cluster.causal.accusations import Accusations
from net.cluster.causal.admitted_authors import AdmittedAuthors
from net.cluster.causal.equivocation import (
    Convictions,
    contradiction,
    convicted_by,
    next_chain,
)
from net.cluster.causal.signing import is_authentic, said_by
from net.cluster.checkpoint import (
    GENESIS,
    Author,
    Authors,
    CheckpointContent,
    keep,
    read_checkpoint,
)
from net.cluster.failure_detector import FailureDetector, Health
from net.cluster.log import DecreeLog
from net.errors import WireError
from net.ids import Dot, Member
from net.limits import ACCUSE_AGAIN_NS, CONVICTED_MAX, SECOND, TURNED_AWAY_TOLD
from net.node.counters import NodeCounters
from net.node.liveness import Liveness
from net.node.peers import Peer, Peers
from net.node.program import PeerChanged, PeerState
from net.wire.decrees import Convict, Equivocation
from net.wire.messages import Accusation, Operation
from tests.net.guarded import A, B, C
from tests.net.healths import ON_TIME
from tests.net.test_checkpoint import cut_log, decree_checkpoint, log_of
from tests.net.test_equivocation import convict_found, halves, proof_against
from tests.net.test_operations import ROOM, say, signature, store, verify


def all_hold(_proof: Equivocation) -> bool:
    return True


def unheard(_life: Member) -> bool:
    return False


def of_life(node: int, life: int = 1, n: int = 1) -> Equivocation:
    """Return what would be a proof against a life, if its signatures held."""
    return replace(proof_against(1), dot=Dot(bytes([node]) * 16, life, n))


# --- what is signed -----------------------------------------------------------------------------


def signed_over(operation: Operation, *what: object) -> Operation:
    return replace(operation, signature=signature(operation.key, msgspec.msgpack.encode(what)))


def test_nothing_of_a_word_is_changed_by_who_passes_it_on() -> None:
    ada, eve = store(1), store(3)
    eve.on_operations(say(ada, "one"))
    (answer,) = say(eve, "two")
    assert answer.causes
    dot, said = answer.dot, said_by(answer)
    forged = (
        replace(answer, causes=()),
        replace(answer, race_us=1),
        replace(answer, body=b"three"),
        replace(answer, dot=replace(dot, n=2)),
        replace(answer, dot=replace(dot, incarnation=2)),
        signed_over(answer, ROOM, dot, said),
        signed_over(answer, "racer operation 1", ROOM, dot, said),
        signed_over(answer, "racer operation 2", b"elsewhere", dot, said),
    )
    assert not any(is_authentic(each, ROOM, verify) for each in forged)
    assert is_authentic(signed_over(answer, "racer operation 2", ROOM, dot, said), ROOM, verify)


def test_what_an_author_says_twice_in_two_places_contradicts_nothing() -> None:
    """Else whoever passes its words on makes two of a place by moving one there."""
    ada, bob = store(1), store(2)
    (one,), (two,) = say(ada, "yes"), say(ada, "no")
    moved = replace(two, dot=one.dot)
    bob.on_operations([one, moved])
    assert convict_found(bob) == []
    assert bob.counters.forged == 1


def test_one_thing_that_is_signed_twice_is_one() -> None:
    _, yes, no = halves()
    again = replace(yes, signature=bytes(64))
    assert next_chain(GENESIS, yes) == next_chain(GENESIS, again) != next_chain(GENESIS, no)
    assert contradiction(yes, again) is None
    assert contradiction(yes, no) == contradiction(no, yes) is not None


# --- finding it ---------------------------------------------------------------------------------


def test_two_halves_that_wait_for_what_was_before_contradict_each_other_too() -> None:
    bob = store(2)
    _, yes, no = halves(before=1)
    bob.on_operations([yes])
    assert not bob.clock.of(yes.dot.member), "it waits"
    bob.on_operations([no])
    assert len(convict_found(bob)) == 1


def test_who_holds_another_half_than_a_checkpoint_does_not_cover_it_and_keeps_none_of_its_own() -> (
    None
):
    bob, eve = store(2), store(3)
    _, yes, no = halves()
    bob.on_operations([yes])
    eve.on_operations([no])
    made = decree_checkpoint(log_of(4), bob)
    authors = made.content.authors
    assert bob.covers(Authors(authors))
    assert not eve.covers(Authors(authors))
    eve.begin_from(made, None)
    assert eve.kept == 0
    bob.begin_from(made, None)
    assert bob.kept == 1
    assert bob.vector_hash() == eve.vector_hash()


def test_of_who_is_convicted_counts_what_was_folded_and_just_that() -> None:
    one, bob, eve = store(1), store(2), store(3)
    yes = say(one, "yes")
    bob.on_operations(yes)
    made = decree_checkpoint(log_of(4), bob)
    for each in (bob, eve):
        each.begin_from(made, made)
    bob.on_operations(say(one, "and more"))
    proof = proof_against(1)
    assert bob.convict(proof)
    assert eve.convict(proof)
    assert bob.vector_hash() == eve.vector_hash()


def test_what_was_said_before_its_author_was_forgotten_comes_too_late() -> None:
    ada, bob, log = store(1), store(2), log_of(4)
    made = keep(replace(decree_checkpoint(log).content, forgotten_us=100))
    bob.begin_from(made, made)
    assert bob.on_operations(say(ada, "long ago", at=100)) == []
    assert bob.counters.late == 1
    assert len(bob.on_operations(say(store(4), "just now", at=101))) == 1


# --- who is convicted ---------------------------------------------------------------------------


def test_of_each_life_the_proof_that_came_first_stays() -> None:
    first, second = of_life(1, n=1), of_life(1, n=2)
    log = DecreeLog()
    log.append(1, Convict(second))
    assert convicted_by((first,), log.entries(0, 1), all_hold) == (first,)


def test_a_node_remembers_so_many_proofs_and_who_was_first_comes_in_again() -> None:
    convictions = Convictions(all_hold, unheard)
    count = CONVICTED_MAX + 1
    assert all(convictions.add(of_life(node)) for node in range(1, count + 1))
    assert len(convictions.undecreed()) == len(convictions.nodes) == CONVICTED_MAX
    assert bytes([1]) * 16 not in convictions.nodes
    assert bytes([count]) * 16 in convictions.nodes


def test_who_may_come_in_again_as_others_are_convicted_is_told_once() -> None:
    convictions = Convictions(all_hold, unheard)
    for node in range(1, CONVICTED_MAX + 1):
        convictions.add(of_life(node))
    assert convictions.take_forgotten() == []
    convictions.add(of_life(2, life=2))
    convictions.add(of_life(100))
    assert convictions.take_forgotten() == [bytes([1]) * 16], "the other is out for its next life"
    assert convictions.take_forgotten() == []


def made_up(count: int) -> DecreeLog:
    """Return a log that convicts keys of which nobody has ever heard."""
    log = DecreeLog()
    for key in range(10, 10 + count):
        log.append(1, Convict(proof_against(key)))
    return log


def test_no_decrees_against_made_up_keys_let_in_again_whom_one_has_heard_to_lie() -> None:
    bob, (_, yes, no) = store(2), halves()
    for each in (yes, no):
        bob.on_operations([each])
    (real,) = convict_found(bob)
    log = made_up(3 * CONVICTED_MAX)
    bob.follow(log)
    assert real.dot.node in bob.convictions.nodes
    assert len(bob.convictions.nodes) == 1 + CONVICTED_MAX


def test_whoever_leads_next_decrees_whom_it_heard_anew_and_nobody_without_end() -> None:
    bob, (_, yes, no) = store(2), halves()
    for each in (yes, no):
        bob.on_operations([each])
    (real,) = convict_found(bob)
    log = made_up(3 * CONVICTED_MAX)
    for _ in range(3):
        bob.follow(log)
    assert bob.convictions.undecreed() == [real]
    log.append(1, Convict(real))
    bob.follow(log)
    assert bob.convictions.undecreed() == [], "each decree would take another's place"


def test_a_proof_that_comes_again_is_checked_once_whether_it_holds_or_not() -> None:
    checked: list[Equivocation] = []

    def proves(proof: Equivocation) -> bool:
        checked.append(proof)
        return proof.dot.n == 1

    convictions, log = Convictions(proves, unheard), DecreeLog()
    for what in (of_life(1), of_life(2, n=2)) * 2:
        log.append(1, Convict(what))
        convictions.add(what)
        convictions.as_counts(log.entry(log.head - 1))
        convictions.follow(log)
    assert checked == [of_life(1), of_life(2, n=2)]
    for life in range(2, 2 + 2 * CONVICTED_MAX):
        assert convictions.proves(of_life(3, life))
    assert not convictions.proves(of_life(2, n=2))
    assert len(checked) == 3 + 2 * CONVICTED_MAX, "but not without end"


def test_whatever_counts_is_told_anew_when_somebody_is_convicted_and_once() -> None:
    convictions = Convictions(all_hold, unheard)
    convictions.add(of_life(1))
    convictions.add(of_life(1))
    assert (convictions.take_news(), convictions.take_news()) == (True, False)


def test_who_begins_at_a_checkpoint_knows_whom_it_names() -> None:
    proof, log = proof_against(1), cut_log(6, 4)
    assert log.checkpoint is not None
    content = replace(log.checkpoint.content, convicted=(proof,))
    begun = log_of(4)
    made = keep(content)
    begun.append(1, made.decree)
    begun.commit_to(begun.head)
    begun.begin_at(made, 4)
    bob = store(2, admits=lambda life: False)
    assert bob.follow(begun) == [proof]
    assert bob.convictions.undecreed() == []
    assert bob.follow(cut_log(7, 4)) == []
    assert bob.convictions.undecreed() == [proof], "that one names nobody"


def test_what_is_decreed_cuts_off_what_is_here() -> None:
    bob, log = store(2), DecreeLog()
    _, yes, _ = halves()
    bob.on_operations([yes])
    log.append(1, Convict(proof_against(1)))
    bob.follow(log)
    assert bob.beyond() == ()
    assert bob.counters.equivocated == 1


def test_who_wrote_what_a_checkpoint_holds_may_write_on() -> None:
    ada, admitted = store(1), AdmittedAuthors()
    say(ada, "before")
    log = log_of(4)
    log.begin_at(decree_checkpoint(log, ada), 4)
    admitted.follow(log)
    assert ada.writes_as in admitted


def test_who_is_convicted_is_gone_at_once() -> None:
    peers = Peers()
    detector = FailureDetector(A.node, ON_TIME)
    for each in (B, C):
        peers.put(Peer(each.node, each.incarnation, "", Health.ALIVE))
        detector.on_heard(each.node, each.incarnation, SECOND)
    peers.convicted = {B.node}
    liveness = Liveness(detector, peers, NodeCounters())
    gone = [each for each in liveness.on_tick(SECOND) if isinstance(each, PeerChanged)]
    assert [(each.node, each.state) for each in gone] == [(B.node, PeerState.LEFT)]


# --- telling it ---------------------------------------------------------------------------------


def accusing() -> tuple[Accusations, Equivocation]:
    convictions, proof = Convictions(all_hold, unheard), of_life(1)
    convictions.add(proof)
    return Accusations(convictions), proof


def test_who_coordinates_is_told_until_its_log_has_it_now_and_then() -> None:
    accusations, proof = accusing()
    told = [Send(B.node, Accusation(proof))]
    assert accusations.on_tick(None, SECOND) == []
    assert accusations.on_tick(B.node, SECOND) == told
    assert accusations.on_tick(B.node, SECOND + ACCUSE_AGAIN_NS - 1) == []
    assert accusations.on_tick(B.node, SECOND + ACCUSE_AGAIN_NS) == told


def test_who_comes_again_is_told_why_it_is_out_some_times_and_others_are_not() -> None:
    accusations, proof = accusing()
    liar = proof.dot.node
    told = [Send(liar, Accusation(proof))]
    assert accusations.turn_away(B.node) == []
    assert accusations.turn_away(liar) == told
    later = [accusations.on_tick(None, k * ACCUSE_AGAIN_NS) for k in range(1, 9)]
    assert later == [told] * TURNED_AWAY_TOLD + [[]] * (8 - TURNED_AWAY_TOLD)


# --- checkpoints --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["out of order", "twice", "of nothing"])
def test_a_checkpoint_with_authors_out_of_order_or_of_nothing_is_none(fault: str) -> None:
    content = decree_checkpoint(log_of(4)).content
    one, other = (Author(bytes([k]) * 16, 1, 1, 1, GENESIS) for k in (1, 2))
    right = keep(replace(content, authors=(one, other)))
    assert read_checkpoint(right.packed) == right
    wrong: CheckpointContent
    match fault:
        case "out of order":
            wrong = replace(content, authors=(other, one))
        case "twice":
            wrong = replace(content, authors=(one, one))
        case _:
            wrong = replace(content, base=replace(content.base, index=0, found_at=0))
    with pytest.raises(WireError, match="out of order, or of nothing"):
        read_checkpoint(keep(wrong).packed)
