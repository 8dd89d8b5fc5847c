"""Lineages found, joined, ruled, lost, split and merged, in virtual time."""

from random import Random

import pytest

from net.limits import TICK_NS
from tests.net.room import Room


def united(room: Room) -> None:
    room.run_until(room.united, 6000)


def test_three_nodes_started_at_once_end_in_one_lineage() -> None:
    room = Room(3, seed=1)
    united(room)
    assert len(room.coordinators()) == 1


def test_a_decree_reaches_everybody_in_the_same_order() -> None:
    room = Room(4, seed=2)
    united(room)
    for n in range(20):
        room.run_until(lambda n=n: room.propose(b"%d" % n), 500)
    room.run(300)
    assert room.united()
    logs = {tuple(life.committed) for life in room.lives.values()}
    assert len(logs) == 1


def test_a_killed_coordinator_is_replaced_and_nothing_committed_is_lost() -> None:
    room = Room(4, seed=3)
    united(room)
    room.run_until(lambda: room.propose(b"before"), 500)
    room.run(100)
    first = room.coordinators()[0]
    room.kill(first)
    room.run_until(lambda: room.propose(b"after"), 900)
    united(room)
    assert first not in room.coordinators()


def test_two_coordinators_killed_in_a_row_are_replaced() -> None:
    room = Room(6, seed=4)
    united(room)
    for _ in range(2):
        room.kill(room.coordinators()[0])
        room.run_until(lambda: len(room.coordinators()) == 1, 1500)
    united(room)


@pytest.mark.parametrize("coordinator", [True, False])
def test_of_two_nodes_either_goes_on_alone_and_takes_the_other_back(coordinator: bool) -> None:
    room = Room(2, seed=5)
    united(room)
    ruler = room.coordinators()[0]
    gone = ruler if coordinator else next(n for n in room.nodes if n != ruler)
    room.kill(gone)
    room.run_until(lambda: room.propose(b"alone"), 2500)
    room.start(gone)
    united(room)


def test_a_node_restarted_at_once_is_another_member_and_comes_back() -> None:
    room = Room(3, seed=6)
    united(room)
    for node in list(room.nodes):
        room.kill(node)
        room.start(node)
        united(room)


def test_many_who_wait_to_be_members_do_not_wait_a_tick_each() -> None:
    room = Room(16, seed=8)
    united(room)
    room.partition(room.nodes[:8], room.nodes[8:])
    room.run(5000)
    room.heal()
    added: list[int] = []
    while not room.united():
        room.run(1)
        ruler = room.lives[room.coordinators()[0]].consensus
        count = 0 if ruler is None else len(ruler.log.members)
        if count > 8 and count > len(added) + 8:
            added.append(room.now)
    assert added[-1] - added[0] < 6 * TICK_NS, "eight, of which some wait for a heartbeat"


@pytest.mark.sim
def test_two_halves_go_on_and_merge_into_one_lineage() -> None:
    for seed in range(20):
        room = Room(4, seed=seed)
        united(room)
        room.partition(room.nodes[:2], room.nodes[2:])
        room.run(5000)
        assert room.propose(b"in one half")
        room.heal()
        room.run_until(room.united, 3000)


def test_a_fresh_lineage_yields_to_one_that_races() -> None:
    room = Room(3, seed=8)
    room.partition(room.nodes[:1], room.nodes[1:])
    room.run(2000)
    racing = room.lives[room.nodes[2]].consensus
    assert racing is not None
    for node in room.nodes[1:]:
        room.lives[node].idle = False
    room.heal()
    united(room)
    lone = room.lives[room.nodes[0]].consensus
    assert lone is not None
    assert lone.log.lineage == racing.log.lineage


@pytest.mark.sim
@pytest.mark.parametrize("seed", range(12))
def test_under_loss_kills_restarts_and_splits_logs_never_diverge(seed: int) -> None:
    rng = Random(seed)
    room = Room(rng.randint(3, 6), seed=seed, loss=rng.choice([0.0, 0.1, 0.2]))
    room.run(3000)
    for n in range(25):
        match rng.randrange(5):
            case 0 if len(room.lives) > 1:
                room.kill(rng.choice(sorted(room.lives)))
            case 1:
                for node in room.nodes:
                    if node not in room.lives:
                        room.start(node)
            case 2:
                cut = rng.randrange(1, len(room.nodes))
                room.partition(room.nodes[:cut], room.nodes[cut:])
            case 3:
                room.heal()
            case _:
                room.propose(b"%d" % n)
        room.run(rng.randrange(20, 900))
    room.heal()
    room.loss = 0.0
    for node in room.nodes:
        if node not in room.lives:
            room.start(node)
    room.run_until(room.united, 8000)
