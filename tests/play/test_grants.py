from __future__ import annotations

from random import Random

import pytest

from net import NodeId, Operation
from racer.play.limits import CLAIM_WINDOW_NS, MILLISECOND, SECOND
from racer.play.room.car_facts import Claimed
from racer.play.room.facts import Facts
from racer.play.room.messages import Claim, Fact, Grant
from racer.play.room.referee import grants_due
from racer.play.room.room import RESPAWN_MS
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, Log, operation, racing
from tests.play.whistle import due, facts_of, here, race_of


def claim(
    log: Log, node: NodeId, race_ms: int, generation: int = 0, pickup: int = 0
) -> tuple[NodeId, Fact]:
    return (node, Claim(log.race_id, pickup, generation, race_ms))


def ripe_ns(race_ms: int) -> int:
    return GREEN_NS + race_ms * MILLISECOND + CLAIM_WINDOW_NS


def test_a_claim_waits_for_a_nearer_one_from_its_touch_on() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(claim(log, ADA, 5_000))
    assert due(log, facts, here(ADA, BEN), ripe_ns(5_000) - 1) == []
    assert due(log, facts, here(ADA, BEN), ripe_ns(5_000)) == [Grant(log.race_id, 0, 0, ADA, 5_000)]


@pytest.mark.parametrize("first", [ADA, BEN])
def test_a_canister_goes_to_the_earliest_touch_not_the_earliest_claim(first: NodeId) -> None:
    log = racing(ADA, BEN)
    second = BEN if first == ADA else ADA
    for order in ([first, second], [second, first]):
        touches = {first: 4_999, second: 5_000}
        facts = facts_of(*(claim(log, node, touches[node]) for node in order))
        assert due(log, facts, here(ADA, BEN), ripe_ns(5_000)) == [
            Grant(log.race_id, 0, 0, first, 4_999)
        ]


def test_equal_touches_are_drawn_by_lot_and_neither_node_always_wins() -> None:
    winners: list[NodeId] = []
    for pickup in range(8):
        for generation in range(8):
            log = racing(ADA, BEN)
            race = race_of(log)
            race.grants[pickup] = [Grant(race.id, pickup, g, ADA, 0) for g in range(generation)]
            told = [claim(log, node, 90_000, generation, pickup) for node in (BEN, ADA)]
            found = [facts_of(*order).cars.claims(race.id) for order in (told, told[::-1])]
            one, other = (grants_due(race, claims, 10**15) for claims in found)
            assert one == other
            winners.append(one[0].node)
    assert 16 <= winners.count(ADA) <= 48


def test_who_does_not_race_or_claims_another_appearance_gets_nothing() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(claim(log, CLEO, 1), claim(log, ADA, 5_000, generation=1))
    assert due(log, facts, here(ADA, BEN), 10**15 // 10**4) == []


def test_a_touch_before_the_canister_is_back_gets_nothing() -> None:
    log = racing(ADA, BEN)
    log.append(Grant(log.race_id, 0, 0, ADA, 5_000))
    early = claim(log, BEN, 4_999 + RESPAWN_MS, generation=1)
    late = claim(log, ADA, 5_000 + RESPAWN_MS, generation=1)
    now_ns = ripe_ns(5_000 + RESPAWN_MS)
    assert due(log, facts_of(early), here(ADA, BEN), now_ns) == []
    assert due(log, facts_of(early, late), here(ADA, BEN), now_ns) == [
        Grant(log.race_id, 0, 1, ADA, 5_000 + RESPAWN_MS)
    ]


def test_each_canister_is_judged_by_itself() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(claim(log, BEN, 5_000, pickup=1), claim(log, ADA, 4_000, pickup=0))
    grants = due(log, facts, here(ADA, BEN), ripe_ns(5_000))
    assert grants == [
        Grant(log.race_id, 0, 0, ADA, 4_000),
        Grant(log.race_id, 1, 0, BEN, 5_000),
    ]


def test_no_claims_no_grants() -> None:
    assert grants_due(race_of(racing(ADA)), list[Claimed](), 10**12) == []


# --- any course of things ---------------------------------------------------------------------


def deal(rng: Random, log: Log) -> list[tuple[int, Operation]]:
    """Return claims and laps with the race clock at which the coordinator has each."""
    nodes, counts = [ADA, BEN, CLEO, DAN], dict.fromkeys((ADA, BEN, CLEO, DAN), 0)
    dealt: list[tuple[int, Operation]] = []
    for race_ms in sorted(rng.randrange(60_000) for _ in range(200)):
        node = rng.choice(nodes)
        counts[node] += 1
        generation = max(0, race_ms // 11_000 + rng.choice((-1, 0, 0, 0, 1)))
        fact = Claim(log.race_id, rng.randrange(2), generation, race_ms)
        arrives_ns = GREEN_NS + (race_ms + rng.randrange(200)) * MILLISECOND
        dealt.append((arrives_ns, operation(node, counts[node], fact)))
    return sorted(dealt, key=lambda entry: entry[0])


@pytest.mark.sim
@pytest.mark.parametrize("seed", range(25))
def test_every_decision_counts_and_none_is_made_twice_under_any_coordinator(seed: int) -> None:
    """Each tick another node coordinates, which has the log and the facts and no other memory."""
    rng, log = Random(seed), racing(ADA, BEN, CLEO)
    dealt, facts, granted = deal(rng, log), Facts(), set[tuple[int, int]]()
    now_ns = GREEN_NS
    while now_ns < GREEN_NS + 70 * SECOND:
        now_ns += rng.randrange(1, 300) * MILLISECOND
        while dealt and dealt[0][0] <= now_ns:
            facts.add(dealt.pop(0)[1])
        for ruling in due(log, facts, here(ADA, BEN, CLEO), now_ns):
            assert isinstance(ruling, Grant)
            assert log.append(ruling) == ruling
            assert (ruling.pickup, ruling.generation) not in granted
            granted.add((ruling.pickup, ruling.generation))
            assert ruling.node != DAN
        assert due(log, facts, here(ADA, BEN, CLEO), now_ns) == []
    assert len(granted) > 4
