"""What the room waits for, as one who follows sees it, and where it cannot say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from net import (
    Delivered,
    Dot,
    Folded,
    LineageEntered,
    NodeId,
    PeerChanged,
    PeerState,
    content_digest,
)
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import (
    CHAT_PLACED_BURST,
    CLAIM_WINDOW_NS,
    DUES_LOOK_NS,
    LEASED_FROM_NS,
    MILLISECOND,
    OWED_NS,
    SECOND,
    SETTLE_NS,
)
from racer.play.review.debts import Debt, Owed
from racer.play.review.dues import Outlook, dues_of
from racer.play.review.evidence import Misruling
from racer.play.review.overseer import Overseer
from racer.play.room.chat_lines import Line
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Claim,
    Fetching,
    Hosted,
    Lease,
    LobbyEntry,
    Return,
    Said,
    Seat,
    Setup,
    StartWish,
)
from racer.play.room.referee import Attendance, close_ns
from racer.play.room.room_state import RoomState
from tests.play.company import FakeView
from tests.play.rooms import (
    ADA,
    BEN,
    CLEO,
    DAN,
    GREEN_NS,
    Log,
    NoCars,
    operation,
    racing,
)
from tests.play.test_debts import raced
from tests.play.test_referee import entered, lobby
from tests.play.whistle import LENGTH_M, LONG_AGO, facts_of, here

NOW = GREEN_NS + 30 * SECOND
CONTENT = content_digest(b"a circuit")


def outlook(log: Log, facts: Facts, presence: Attendance, race_ns: int) -> Outlook:
    """Return what one holds who sees nothing of the cars."""
    facts.cars.follow(log.room.race)
    return Outlook(
        room=log.room,
        facts=facts,
        presence=presence,
        length_of=lambda _: LENGTH_M,
        knows=lambda _author, _fact: False,
        drives_on=lambda _number: False,
        race_ns=race_ns,
    )


def owed(seen: Outlook, coordinator: NodeId | None = BEN) -> set[Owed]:
    return {debt.what for debt in dues_of(seen, coordinator, ())}


# --- the start ----------------------------------------------------------------------------------


def test_a_race_is_due_once_enough_have_settled() -> None:
    seen = outlook(lobby(ADA, BEN), entered(ADA, BEN), here(ADA, BEN, since_ns=0), SETTLE_NS)
    assert owed(seen) == set()
    assert owed(replace(seen, race_ns=SETTLE_NS + 1)) == {Owed.START}
    assert owed(replace(seen, race_ns=SETTLE_NS + 1, length_of=lambda _: None)) == set()


def test_a_race_is_due_that_people_asked_for_and_not_by_one_who_is_not_ready() -> None:
    log = lobby(ADA, BEN, players=0)
    people = [(node, LobbyEntry("x", False)) for node in (ADA, BEN)]
    one = facts_of(*people, (ADA, StartWish(log.room.lobby)))
    both = facts_of(*people, *((node, StartWish(log.room.lobby)) for node in (ADA, BEN)))
    assert owed(outlook(log, one, here(ADA, BEN), 0)) == set()
    assert owed(outlook(log, both, here(ADA, BEN), 0)) == {Owed.START}


def test_no_race_is_due_while_somebody_with_a_number_is_away() -> None:
    log, facts = lobby(ADA, BEN, CLEO), entered(ADA, BEN, CLEO)
    away = Attendance({ADA: LONG_AGO, BEN: LONG_AGO}, {CLEO: 0})
    assert owed(outlook(log, facts, away, 10 * SECOND)) == set(), "who leads may hear it"


@pytest.mark.parametrize("fetcher", [ADA, DAN])
def test_no_race_is_due_while_its_circuit_is_on_its_way_to_who_races_or_leads(
    fetcher: NodeId,
) -> None:
    log = Log()
    log.append(Setup(RaceSetup("dockyard", 2, content=CONTENT), 2))
    for number, node in enumerate((ADA, BEN), start=1):
        log.append(Seat(node, number))
    facts = entered(ADA, BEN)
    facts.add(operation(fetcher, 2, Fetching(CONTENT, 1), 0))
    assert owed(outlook(log, facts, here(ADA, BEN, DAN), SECOND), DAN) == set()
    facts.add(operation(fetcher, 3, Fetching(CONTENT, 4), 0))
    assert owed(outlook(log, facts, here(ADA, BEN, DAN), SECOND), DAN) == {Owed.START}


def test_no_race_is_due_where_a_hosts_word_may_be_on_its_way() -> None:
    log, facts = Log(), entered(ADA, BEN)
    log.append(Setup(RaceSetup("dockyard", 2), 2))
    log.extend([Hosted(DAN), Seat(ADA, 1), Seat(BEN, 2)])
    assert owed(outlook(log, facts, here(ADA, BEN), SECOND)) == set()
    assert owed(outlook(log, facts, here(ADA, BEN, DAN), SECOND)) == {Owed.START}


# --- drivers ------------------------------------------------------------------------------------


def test_a_driver_is_due_for_a_car_whose_own_is_gone() -> None:
    log, facts = racing(ADA, BEN, CLEO), entered(ADA, BEN, CLEO)
    gone = Attendance(dict.fromkeys((ADA, BEN), LONG_AGO), {CLEO: GREEN_NS})
    seen = outlook(log, facts, gone, GREEN_NS + LEASED_FROM_NS)
    assert dues_of(seen, BEN, ()) == {Debt(Owed.DRIVER, log.race_id, CLEO, (3, 1))}
    assert owed(replace(seen, race_ns=seen.race_ns - 1)) == set(), "not in the first seconds"
    assert owed(replace(seen, presence=replace(gone, left={CLEO}))) == set(), "it left"
    assert owed(replace(seen, drives_on=lambda number: number == 3)) == set(), "it is seen"
    assert owed(replace(seen, length_of=lambda _: None)) == set(), "it may have finished"


def test_a_car_is_due_to_its_driver_who_is_back_though_another_is_seen_to_drive_it() -> None:
    log = racing(ADA, BEN, CLEO)
    log.append(Lease(log.race_id, 3, 1, ADA))
    facts = entered(ADA, BEN, CLEO)
    facts.add(operation(CLEO, 2, Return(log.race_id, 1), 0))
    seen = outlook(log, facts, here(ADA, BEN, CLEO), NOW)
    assert owed(replace(seen, drives_on=lambda _: True)) == {Owed.DRIVER}
    log.append(Lease(log.race_id, 3, 2, CLEO))
    facts.cars.follow(log.room.race)
    assert owed(seen) == set()


# --- canisters ----------------------------------------------------------------------------------


def test_a_canister_is_due_to_who_was_seen_there_and_by_nobody_elses_word() -> None:
    log, claim = racing(ADA, BEN), Claim(racing(ADA, BEN).race_id, 2, 0, 5_000)
    facts = facts_of((ADA, claim))
    ripe_ns = GREEN_NS + 5_000 * MILLISECOND + CLAIM_WINDOW_NS
    seen = outlook(log, facts, here(ADA, BEN), ripe_ns)
    assert owed(seen) == set()
    seen = replace(seen, knows=lambda author, fact: (author, fact) == (ADA, claim))
    assert dues_of(seen, BEN, ()) == {Debt(Owed.CANISTER, log.race_id, ADA, (2, 0))}
    assert owed(replace(seen, race_ns=ripe_ns - 1)) == set()
    facts.cars.refuse(ADA, claim)
    assert owed(seen) == set()


def test_of_a_race_that_has_closed_its_results_alone_are_due() -> None:
    log = racing(ADA, BEN)
    facts, race = raced(log, ADA, BEN), log.room.race
    assert race is not None
    claim = Claim(log.race_id, 2, 0, 5_000)
    facts.add(operation(ADA, 9, claim, 0))
    seen = outlook(log, facts, here(ADA, BEN), 0)
    seen = replace(seen, knows=lambda _a, _f: True, race_ns=close_ns(race, facts, LENGTH_M) or 0)
    assert owed(replace(seen, race_ns=seen.race_ns - 1)) == {Owed.CANISTER}
    assert owed(seen) == {Owed.RESULTS}


# --- places in the chat -------------------------------------------------------------------------


def delivered(node: NodeId, n: int) -> Delivered:
    return Delivered(operation(node, n, Said("x")))


def state_with(*lines: tuple[NodeId, int]) -> RoomState:
    state = RoomState(CLEO, "cleo")
    for node, n in lines:
        state.on_event(delivered(node, n))
    return state


def test_of_each_author_the_first_line_is_due_that_has_no_place() -> None:
    state = state_with((ADA, 1), (ADA, 2), (BEN, 1))
    assert [(dot.node, dot.n) for dot in state.owed_lines()] == [(ADA, 1), (BEN, 1)]
    state.convict(BEN)
    assert [dot.node for dot in state.owed_lines()] == [ADA]
    state.room.removed[ADA] = (BEN,)
    assert state.owed_lines() == []


def test_of_whom_too_many_lines_wait_none_is_due_until_none_waits() -> None:
    state = state_with(*((ADA, n) for n in range(1, CHAT_PLACED_BURST + 2)))
    lines = list(state.facts.chat.all)
    assert state.owed_lines() == []
    state.facts.chat.pass_over(lines[:-1])
    assert state.owed_lines() == [], "it may be one of those that get none"
    state.facts.chat.pass_over(lines)
    assert state.owed_lines() == []
    state.on_event(delivered(ADA, 99))
    assert [dot.n for dot in state.owed_lines()] == [99]


def test_a_line_is_due_only_where_it_has_come_since_the_checkpoint_or_history_began() -> None:
    for began in (LineageEntered(b"lineage2"), Folded(0, b"")):
        state = state_with((ADA, 1))
        assert state.owed_lines()
        state.on_event(began)
        state.facts.chat.add(Line(Dot(ADA, 1, 1), "x"))
        assert state.owed_lines() == []


# --- who is told of -----------------------------------------------------------------------------


def looking(state: RoomState, view: FakeView, seconds: float, by: NodeId | None) -> bool:
    """Whether somebody is shunned after so many seconds of looking."""
    overseer, shunned = Overseer(lambda _: LENGTH_M, NoCars()), frozenset[NodeId]()
    for k in range(round(seconds * SECOND / DUES_LOOK_NS)):
        now_ns = k * DUES_LOOK_NS
        state.roster.on_tick(view, now_ns, now_ns)
        shunned = overseer.debtors(state, by, view, now_ns)
    assert (overseer.take_found() == [(by, Misruling.NOT_PLACED)]) == bool(shunned)
    return bool(shunned)


LATE_S = OWED_NS / SECOND + 1


def room_with_a_line() -> tuple[RoomState, FakeView]:
    state, view = state_with((DAN, 1)), FakeView(CLEO)
    view.commits[CLEO] = 4
    for node in (ADA, BEN):
        view.commits[node], view.states[node] = 4, PeerState.ALIVE
        state.on_event(PeerChanged(node, 1, "x", PeerState.ALIVE))
    return state, view


def test_who_leads_and_leaves_a_line_out_is_shunned() -> None:
    assert looking(*room_with_a_line(), LATE_S, ADA)
    assert not looking(*room_with_a_line(), LATE_S - 2, ADA)


def test_nobody_is_shunned_where_nobody_leads_or_we_do() -> None:
    for by in (None, CLEO, DAN):
        assert not looking(*room_with_a_line(), LATE_S, by)


def test_nobody_is_shunned_while_we_are_none_of_the_room() -> None:
    state, view = room_with_a_line()
    view.synced = False
    assert not looking(state, view, LATE_S, ADA)


def test_nobody_is_shunned_while_most_know_decrees_that_we_do_not() -> None:
    state, view = room_with_a_line()
    view.commits[CLEO] = 3
    assert not looking(state, view, LATE_S, ADA)
    view.commits[BEN] = 3
    assert looking(state, view, LATE_S, ADA), "what it alone says is no excuse"
