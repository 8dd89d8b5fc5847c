"""What people vote for comes about, and nothing by one alone (ADR 51)."""

from __future__ import annotations

import pytest

from net import NodeId, Order
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import (
    COUNTDOWN_NS,
    READY_WAIT_NS,
    REMOVAL_VOTES_KEPT,
    REMOVED_MAX,
    SECOND,
    UNSEAT_NS,
    VOTE_NS,
)
from racer.play.room.messages import (
    Choice,
    Fact,
    Grid,
    Hosted,
    LobbyEntry,
    Ready,
    Removal,
    RemovalVote,
    Said,
    Seat,
    Setup,
    StartWish,
    Unseat,
)
from racer.play.room.polls import removal_polls, start_ns
from racer.play.room.referee import Attendance, Referee
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, SETUP, Log, operation, racing
from tests.play.whistle import LONG_AGO, due, facts_of, here

PEOPLE = (ADA, BEN, CLEO)
ENTERED = tuple((node, LobbyEntry("x", False)) for node in (*PEOPLE, DAN))
ALL_HERE = here(*PEOPLE, DAN)
RING = RaceSetup("harbour-ring", 5)
LENGTHS = {"dockyard": 1000.0}


def lobby(*nodes: NodeId, host: NodeId | None = None) -> Log:
    log = Log()
    log.append(Setup(RaceSetup("dockyard", 2), 0))
    log.extend([] if host is None else [Hosted(host)])
    log.extend(Seat(node, number) for number, node in enumerate(nodes, start=1))
    return log


def removed(
    log: Log, *told: tuple[NodeId, Fact], at_ns: int = 0
) -> dict[NodeId, tuple[NodeId, ...]]:
    """Return who is removed as things stand, and by whom."""
    found = due(log, facts_of(*ENTERED, *told), ALL_HERE, at_ns)
    return {r.node: tuple(v.node for v in r.votes) for r in found if isinstance(r, Removal)}


# --- the next race ----------------------------------------------------------------------------


def choice(log: Log, *told: tuple[NodeId, RaceSetup, tuple[str, ...]]) -> RaceSetup | None:
    """Return what is decreed of the next race after these votes."""
    votes = [(node, Choice(log.room.lobby, race, about)) for node, race, about in told]
    found = due(log, facts_of(*ENTERED, *votes), ALL_HERE, 0)
    return next((each.race for each in found if isinstance(each, Setup)), None)


def test_circuit_and_laps_are_voted_for_each_by_itself() -> None:
    log = lobby(*PEOPLE)
    assert choice(log, (ADA, RING, ("track",))) == RaceSetup("harbour-ring", 2)
    assert choice(log, (ADA, RING, ("track",)), (BEN, RaceSetup("dockyard", 7), ("laps",))) == (
        RaceSetup("harbour-ring", 7)
    )


def test_most_votes_win_whoever_pressed_last_and_of_equals_the_newest() -> None:
    log = lobby(*PEOPLE)
    three, five = RaceSetup("dockyard", 3), RaceSetup("dockyard", 5)
    votes = [(node, race, ("laps",)) for node, race in ((ADA, three), (BEN, three), (CLEO, five))]
    assert choice(log, *votes) == three
    assert choice(log, votes[0], votes[2]) == five, "equal times go by name"
    assert choice(log, *votes, (ADA, five, ("laps",))) == five, "one may vote anew"


def test_who_is_not_here_has_no_vote_and_a_bot_none_beside_people() -> None:
    log = lobby(ADA, BEN, DAN)
    bot = (DAN, LobbyEntry("x", True))
    votes = [(node, Choice(log.room.lobby, RING)) for node in (BEN, DAN)]
    found = due(log, facts_of(ENTERED[0], ENTERED[1], bot, *votes), here(ADA, DAN), 0)
    assert not any(isinstance(each, Setup) for each in found)


def test_where_a_host_is_here_its_word_alone_counts_and_without_it_votes_do() -> None:
    log = lobby(*PEOPLE, host=ADA)
    votes = [(node, RING, ("track",)) for node in (BEN, CLEO)]
    assert choice(log, *votes) is None
    assert choice(log, *votes, (ADA, RaceSetup("dockyard", 9), ("laps",))) == (
        RaceSetup("dockyard", 9)
    )
    told = facts_of(*ENTERED, *((n, Choice(log.room.lobby, race, a)) for n, race, a in votes))
    setups = [each for each in due(log, told, here(BEN, CLEO), 0) if isinstance(each, Setup)]
    assert [each.race.track for each in setups] == ["harbour-ring"]


def test_a_room_has_the_host_that_it_was_founded_with_or_none() -> None:
    founded = Referee(SETUP, LENGTHS.get, host=ADA)
    log = Log()
    log.extend(
        each
        for each in due(log, facts_of(), ALL_HERE, 0, founded)
        if isinstance(each, Setup | Hosted)
    )
    assert log.room.host == ADA
    later = lobby(ADA)
    assert later.append(Hosted(BEN)) is None
    assert later.room.host is None


# --- the start --------------------------------------------------------------------------------


def test_a_race_starts_when_all_people_here_are_ready() -> None:
    log = lobby(ADA, BEN)
    ada, ben = ((node, Ready(log.room.lobby, on=True)) for node in (ADA, BEN))
    assert due(log, facts_of(*ENTERED[:2], ada), here(ADA, BEN), 0) == []
    assert due(log, facts_of(*ENTERED[:2], ada, ben), here(ADA, BEN), 0) == [
        Grid((1, 2), COUNTDOWN_NS // 1000)
    ]
    not_yet = (ADA, Ready(log.room.lobby, on=False))
    assert due(log, facts_of(*ENTERED[:2], ada, ben, not_yet), here(ADA, BEN), 0) == []
    gone = Attendance({BEN: LONG_AGO}, {ADA: 0})
    assert due(log, facts_of(*ENTERED[:2], ben), gone, 0) == [], "a link may flicker"
    log.append(Unseat(ADA))
    found = due(log, facts_of(*ENTERED[:2], ben), gone, UNSEAT_NS + 1)
    assert [each.cars for each in found if isinstance(each, Grid)] == [(2,)]


def test_half_of_them_ready_wait_so_long_for_the_others_and_not_for_ever() -> None:
    log = lobby(*PEOPLE, DAN)
    ready = [(node, Ready(log.room.lobby, on=True)) for node in (ADA, BEN)]
    assert start_ns(log.room, facts_of(*ENTERED, ready[0]), ALL_HERE.here_ns) is None
    facts = facts_of(*ENTERED, *ready, race_us=7)
    assert due(log, facts, ALL_HERE, 7000 + READY_WAIT_NS - 1) == []
    assert due(log, facts, ALL_HERE, 7000 + READY_WAIT_NS) != []


def test_a_vote_counts_in_its_lobby_alone() -> None:
    yesterday, today = Log(b"yesterday"), lobby(ADA)
    yesterday.append(SETUP)
    old = yesterday.room.lobby
    told: list[tuple[NodeId, Fact]] = [(ADA, StartWish(old)), (ADA, Choice(old, RING))]
    assert due(today, facts_of(ENTERED[0], *told), here(ADA), 0) == []


def test_a_host_starts_when_it_likes_and_nobody_else_does() -> None:
    log = lobby(ADA, BEN, host=ADA)
    facts = [facts_of(*ENTERED[:2], (node, StartWish(log.room.lobby))) for node in (ADA, BEN)]
    assert [due(log, each, here(ADA, BEN), 0) != [] for each in facts] == [True, False]


# --- out of the room --------------------------------------------------------------------------


@pytest.mark.parametrize("log", [lobby(*PEOPLE, DAN), racing(*PEOPLE, DAN)])
def test_three_fifths_of_the_people_here_remove_one_in_every_phase(log: Log) -> None:
    votes = [(node, RemovalVote(DAN, on=True)) for node in PEOPLE]
    at_ns = GREEN_NS + SECOND
    late = [facts_of(*ENTERED, *votes[:k], race_us=at_ns // 1000) for k in (2, 3)]
    assert not any(isinstance(each, Removal) for each in due(log, late[0], ALL_HERE, at_ns))
    (removal,) = (r for r in due(log, late[1], ALL_HERE, at_ns) if isinstance(r, Removal))
    assert (removal.node, [dot.node for dot in removal.votes]) == (DAN, [ADA, BEN, CLEO])


def test_one_alone_removes_nobody_not_even_the_coordinator() -> None:
    alone = lobby(ADA, DAN)
    told = facts_of(*ENTERED[:1], (DAN, LobbyEntry("x", True)), (ADA, RemovalVote(DAN, on=True)))
    assert due(alone, told, here(ADA, DAN), 0) == []
    assert alone.append(Removal(DAN, (operation(ADA, 9, b"").dot,))) is None
    assert (
        alone.append(Removal(DAN, (operation(ADA, 9, b"").dot, operation(ADA, 8, b"").dot))) is None
    )
    assert alone.room.removed == {}


def test_a_host_removes_by_its_word() -> None:
    assert removed(lobby(*PEOPLE, DAN, host=ADA), (ADA, RemovalVote(DAN, on=True))) == {DAN: (ADA,)}
    assert removed(lobby(*PEOPLE, DAN, host=ADA), (BEN, RemovalVote(DAN, on=True))) == {}


def test_nobody_is_asked_about_whom_one_makes_up() -> None:
    made_up = [(ADA, RemovalVote(n.to_bytes(16, "big"), on=True)) for n in range(1000, 1009)]
    facts = facts_of(*ENTERED, (BEN, RemovalVote(DAN, on=True)), *made_up)
    assert list(removal_polls(lobby(*PEOPLE).room, facts, ALL_HERE.here_ns, 0)) == [DAN]
    kept = facts.votes.kept(())
    assert [vote.dot.node for vote in kept].count(ADA) == REMOVAL_VOTES_KEPT
    assert len(kept) == REMOVAL_VOTES_KEPT + 1, "and Ben's"


def test_votes_lapse_are_taken_back_and_do_not_count_for_ones_own_stay() -> None:
    log = lobby(*PEOPLE)
    votes = [(node, RemovalVote(CLEO, on=True)) for node in (ADA, BEN)]
    assert removed(log, *votes, at_ns=VOTE_NS - 1) == {CLEO: (ADA, BEN)}
    assert removed(log, *votes, at_ns=VOTE_NS) == {}
    assert removed(log, *votes, (BEN, RemovalVote(CLEO, on=False))) == {}
    polls = removal_polls(
        log.room, facts_of(*ENTERED, (CLEO, RemovalVote(CLEO, on=True))), ALL_HERE.here_ns, 0
    )
    assert polls == {}


def test_who_was_removed_gets_no_seat_no_say_and_no_line_any_more() -> None:
    log = lobby(*PEOPLE)
    log.append(Removal(CLEO, tuple(operation(node, 9, b"").dot for node in (ADA, BEN))))
    assert (log.room.removed, CLEO in log.room.seats) == ({CLEO: (ADA, BEN)}, False)
    assert log.append(Seat(CLEO, 3)) is None
    told = facts_of(*ENTERED[:3], (CLEO, Said("hello")), (CLEO, Choice(log.room.lobby, RING)))
    found = due(log, told, here(*PEOPLE), 0)
    assert not any(isinstance(each, Order | Seat | Setup) for each in found)


def test_a_room_remembers_only_so_many_of_the_removed() -> None:
    log = lobby(ADA, BEN)
    votes = tuple(operation(node, 9, b"").dot for node in (ADA, BEN))
    log.extend(Removal(k.to_bytes(16, "big"), votes) for k in range(100, 101 + REMOVED_MAX))
    assert len(log.room.removed) == REMOVED_MAX
    assert (100).to_bytes(16, "big") not in log.room.removed
