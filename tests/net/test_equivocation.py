"""What a store does about an author that says two things in one place."""

from __future__ import annotations

from msgspec.structs import replace

from net.cluster.causal.anti_entropy import batches
from net.cluster.causal.equivocation import convicted_by
from net.cluster.causal.operations import OperationStore
from net.cluster.causal.signing import signed_bytes
from net.cluster.log import DecreeLog
from net.limits import CONVICTED_MAX, OPERATIONS_HELD_AGAINST
from net.wire.decrees import Convict, Equivocation, FoundLineage, Noop
from net.wire.messages import Operation
from tests.net.guarded import A, B
from tests.net.test_checkpoint import decree_checkpoint, log_of
from tests.net.test_operations import ROOM, say, store


def halves(before: int = 0) -> tuple[list[Operation], Operation, Operation]:
    """Return what one author says to all, and then to some and to others in the same place."""
    one, other = store(1), store(1)
    said = [say(each, f"line {n}")[0] for n in range(before) for each in (one, other)]
    return said[::2], say(one, "yes")[0], say(other, "no")[0]


def convict_found(at: OperationStore) -> list[Equivocation]:
    """Convict as a node does whom its store has found to lie; return the proofs."""
    return [proof for proof in at.convictions.take_found() if at.convict(proof)]


def proof_against(number: int) -> Equivocation:
    """Return the proof against an author that said yes and no at once."""
    one, other, witness = store(number), store(number), store(9)
    for each in (*say(one, "yes"), *say(other, "no")):
        witness.on_operations([each])
    (proof,) = witness.convictions.take_found()
    return proof


def signed_by(number: int, proof: Equivocation) -> Equivocation:
    """Return a proof as an author would make it up against another, with a key of its own."""
    signing = store(number)._signing
    one, other = (signing.sign(signed_bytes(proof.dot, said, ROOM)) for said in proof.said)
    return replace(proof, key=signing.key, signatures=(one, other))


def compare(one: OperationStore, other: OperationStore) -> None:
    """Let two compare what they hold, as often as it takes, and tell each other of proofs."""
    for _ in range(40):
        for asking, asked, bringer in ((one, other, A.node), (other, one, B.node)):
            for digest in asking.digests():
                for batch in batches(asked.missing_for(digest)):
                    asking.on_operations(batch.operations, bringer)
            for proof in convict_found(asking):
                asked.convict(proof)


def test_nothing_of_that_life_counts_and_what_others_said_does() -> None:
    bob, eve = store(2), store(3)
    (before,), yes, no = halves(before=1)
    (answer,) = say(eve, "hello")
    bob.on_operations([before, answer, yes])
    assert bob.on_operations([no]) == []
    assert len(convict_found(bob)) == 1
    assert bob.beyond() == (answer,)
    assert bob.counters.equivocated == 1
    assert bob.on_operations([before, yes, no]) == [], "none of it is taken again"
    assert bob.convictions.take_found() == []


def test_an_answer_to_what_does_not_count_is_delivered() -> None:
    one, other, bob, eve = store(1), store(1), store(2), store(3)
    yes, no = say(one, "yes"), say(other, "no")
    bob.on_operations([*yes, *say(one, "I mean it")])
    (answer,) = say(bob, "I have heard both")
    assert eve.on_operations([*no, answer]) == no, "it waits for the second"
    eve.on_operations(yes)
    convict_found(eve)
    assert eve.beyond() == (answer,)


def test_two_who_heard_different_things_find_out_and_hold_the_same() -> None:
    bob, eve = store(2), store(3)
    before, yes, no = halves(before=3 * OPERATIONS_HELD_AGAINST)
    bob.on_operations([*before, yes])
    eve.on_operations([*before, no])
    assert bob.vector_hash() != eve.vector_hash(), "though they hold as many"
    compare(bob, eve)
    assert bob.beyond() == eve.beyond() == ()
    assert bob.vector_hash() == eve.vector_hash()
    assert yes.dot.member in bob.convictions
    assert yes.dot.member in eve.convictions


def test_a_contradiction_is_found_however_long_ago_it_was() -> None:
    one, other, bob, eve = store(1), store(1), store(2), store(3)
    bob.on_operations(say(one, "yes"))
    eve.on_operations(say(other, "no"))
    for n in range(5 * OPERATIONS_HELD_AGAINST):
        bob.on_operations(say(one, f"line {n}"))
        eve.on_operations(say(other, f"line {n}"))
    compare(bob, eve)
    assert bob.vector_hash() == eve.vector_hash()
    assert len(bob) == len(eve) == 0


def test_nothing_is_proved_by_what_its_author_did_not_sign_nor_by_one_thing_signed_twice() -> None:
    bob = store(2)
    _, yes, no = halves()
    bob.on_operations([yes, replace(no, signature=bytes(64)), yes])
    assert bob.convictions.take_found() == []
    assert bob.counters.forged == 1


def test_a_proof_that_anybody_could_have_made_convicts_nobody() -> None:
    bob, proof = store(2), proof_against(1)
    low, high = proof.said
    forged = (
        replace(proof, signatures=(proof.signatures[0], bytes(64))),
        replace(proof, said=(low, low), signatures=(proof.signatures[0],) * 2),
        replace(proof, said=(high, low), signatures=proof.signatures[::-1]),
        replace(proof, dot=proof_against(3).dot),
        replace(proof, key=proof_against(3).key),
        signed_by(3, proof),
    )
    assert not any(bob.convict(each) for each in forged)
    assert bob.convict(proof)
    assert not bob.convict(proof), "once is enough"


def test_a_stranger_proves_nothing() -> None:
    bob = store(2, admits=lambda life: False)
    _, yes, no = halves()
    bob.on_operations([yes, no], B.node)
    assert bob.convictions.take_found() == []
    assert not bob.convict(proof_against(1))


def test_what_a_checkpoint_holds_stays() -> None:
    bob = store(2)
    _, yes, no = halves()
    bob.on_operations([yes])
    checkpoint = decree_checkpoint(log_of(4), bob)
    bob.begin_from(checkpoint, None)
    bob.on_operations([no])
    assert len(convict_found(bob)) == 1
    assert bob.clock.of(yes.dot.member) == 1


def test_who_joins_later_reads_off_the_log_and_its_checkpoint_who_is_out() -> None:
    proof, log = proof_against(1), DecreeLog()
    found = FoundLineage(b"lineage1", bytes(8), 0, (B,))
    for what in (found, Convict(replace(proof, signatures=(bytes(64),) * 2)), Convict(proof)):
        log.append(1, what)
    bob = store(2, admits=lambda life: False)
    assert bob.follow(log) == [proof]
    assert bob.convictions.undecreed() == []
    assert bob.follow(DecreeLog()) == []
    assert bob.convictions.undecreed() == [proof], "another history does not tell it"


def test_who_is_convicted_is_handed_on_up_to_a_bound_and_the_newest_first() -> None:
    proofs = [
        replace(proof_against(1), dot=replace(proof_against(1).dot, incarnation=life))
        for life in range(1, CONVICTED_MAX + 3)
    ]
    log = DecreeLog()
    for proof in proofs[2:]:
        log.append(1, Convict(proof))
    decrees = log.entries(0, log.head)
    named = convicted_by(proofs[:2], decrees, lambda proof: True)
    assert named == tuple(proofs[-CONVICTED_MAX:])
    assert convicted_by(named, decrees, lambda proof: True) == named
    assert convicted_by((), decrees, lambda proof: False) == ()


def test_a_program_is_told_nothing_of_a_decree_whose_proof_does_not_hold() -> None:
    bob, log = store(2), DecreeLog()
    proof = proof_against(1)
    for what in (Convict(replace(proof, signatures=(bytes(64),) * 2)), Convict(proof), Noop()):
        log.append(1, what)
    told = [bob.convictions.as_counts(decree) for decree in log.entries(0, log.head)]
    assert [decree.what for decree in told] == [Noop(), Convict(proof), Noop()]
    assert [decree.index for decree in told] == [0, 1, 2]


def test_who_comes_again_believes_what_is_proved_of_a_life_of_its_own_that_it_does_not_know() -> (
    None
):
    again = store(1, incarnation=2, admits=lambda life: False)
    assert again.convict(proof_against(1))
    assert not again.convict(proof_against(3))
