"""What who coordinates may decree in others' names, and no follower takes."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from net import Dot, LineageEntered, NodeId, Order, PeerChanged, PeerState, Ruled
from racer.core.judging.trail import STEADY_TICKS
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.limits import (
    CLOCK_SHARED_MS,
    DRIVEN_MS,
    LEASED_FROM_NS,
    LONG_SAID_NS,
    MILLISECOND,
    PASSED_OVER_NS,
    REVIEW_CLOCK_NS,
    WITNESSED_NS,
)
from racer.play.review.evidence import Misruling
from racer.play.room.messages import (
    Choice,
    Disqualification,
    Grid,
    Hosted,
    Lease,
    Lie,
    LobbyEntry,
    Ready,
    Removal,
    RemovalVote,
    Return,
    Said,
    Seat,
    Setup,
    Unseat,
    Witnessed,
)
from racer.play.room.polls import removals_due
from racer.play.room.referee import next_grid
from racer.play.room.room_state import RoomState
from tests.play.company import FakeView
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, SETUP, Log, racing
from tests.play.test_review import SECOND, Follower
from tests.play.test_review_of_lobbies import after_a_race

# --- the chat of who was put out ------------------------------------------------------------------


def put_out(here: Follower) -> Removal:
    here.hear(ADA, RemovalVote(CLEO, on=True))
    here.hear(BEN, RemovalVote(CLEO, on=True))
    return Removal(CLEO, (Dot(ADA, 1, here.said - 1), Dot(BEN, 1, here.said)))


def people() -> Follower:
    here = Follower(racing(ADA, BEN, CLEO), here=frozenset((ADA, BEN, CLEO)))
    for node in (ADA, BEN, CLEO):
        here.hear(node, LobbyEntry("x", bot=False))
    return here


def test_who_was_put_out_says_nothing_by_who_leads() -> None:
    here = people()
    here.log.append(put_out(here))
    here.hear(CLEO, Said("still here"))
    place = Order(Dot(CLEO, 1, here.said))
    assert here.refuses(place) is Misruling.REMOVED
    here.hear(BEN, Said("are you?"))
    assert here.refuses(Order(Dot(BEN, 1, here.said))) is None


def test_nor_by_a_decree_right_behind_that_which_puts_it_out() -> None:
    here = people()
    removal = put_out(here)
    here.hear(CLEO, Said("still here"))
    place = Order(Dot(CLEO, 1, here.said))
    assert here.refuses(place, removal) is None, "it had its turn before"
    assert here.refuses(removal, place) is Misruling.REMOVED
    assert here.log.room.removed == {}


def test_of_two_who_are_put_out_by_each_others_votes_one_goes_and_its_vote_with_it() -> None:
    here = people()
    put_out(here)
    here.hear(ADA, RemovalVote(BEN, on=True))
    here.hear(CLEO, RemovalVote(BEN, on=True))
    gone = []
    for _ in range(3):
        due = removals_due(here.log.room, here.facts, here.here, here.race_ns)
        for k in range(len(due)):
            assert here.refuses(*due[: k + 1]) is None
        here.log.extend(due)
        gone += [each.node for each in due]
    assert gone == [BEN]


# --- testimonies ----------------------------------------------------------------------------------


def told_at(*at_ns: int) -> tuple[Follower, Disqualification]:
    """Return who heard these testify against Cleo at these times, and what they amount to."""
    here, dots = Follower(), []
    for node, ns in zip((ADA, BEN), at_ns, strict=True):
        here.hear(node, Witnessed(here.race_id, CLEO, Lie.LEAP), ns)
        dots.append(Dot(node, 1, here.said))
    return here, Disqualification(here.race_id, CLEO, Lie.LEAP, tuple(dots))


def test_nobody_is_put_out_by_a_sum_of_errors_over_minutes() -> None:
    here, errors = told_at(SECOND, 2 * WITNESSED_NS + PASSED_OVER_NS + SECOND)
    assert here.refuses(errors) is Misruling.UNFOUNDED


def test_testimonies_of_one_time_count_however_late_they_come_and_whatever_clocks_say() -> None:
    apart_ns = 2 * WITNESSED_NS - SECOND  # one lies behind its clock who decrees, one ahead of it
    here, due = told_at(SECOND, SECOND + apart_ns)
    assert here.refuses(due) is None
    here.race_ns += 60 * WITNESSED_NS
    assert here.refuses(due) is None
    here.hear(BEN, Witnessed(here.race_id, CLEO, Lie.LEAP), apart_ns + PASSED_OVER_NS)
    assert here.refuses(due) is None, "it saw it again since"


# --- what is raced next ---------------------------------------------------------------------------


def chosen(here: Follower, laps: int, *, mode: Mode | None = None) -> Setup:
    setup = here.log.room.setup
    assert setup is not None
    return replace(setup, race=replace(setup.race, laps=laps, mode=mode or setup.race.mode))


def lobby() -> Follower:
    """Return who has been in the second lobby of a room with Ada and Cleo for long."""
    here = after_a_race(ADA, BEN, CLEO)
    here.here = frozenset((ADA, BEN, CLEO))
    return here


def wishes(here: Follower, node: NodeId, laps: int, ago_ns: int) -> None:
    wanted = chosen(here, laps).race
    here.hear(node, Choice(here.log.room.lobby, wanted, ("laps",)), here.race_ns - ago_ns)


def test_no_setting_becomes_what_nobody_voted_for() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS)
    wishes(here, CLEO, 5, LONG_SAID_NS)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    assert here.refuses(chosen(here, 5)) is None
    assert here.refuses(chosen(here, 9)) is None, "for which most are each counts in its own way"


def test_who_votes_anew_may_have_voted_for_something_else_before() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS - 1000)
    assert here.refuses(chosen(here, 99)) is None
    here.race_ns += SECOND
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED


def test_of_whom_one_has_not_met_for_long_a_vote_may_have_been_another() -> None:
    for known in ((BEN, CLEO), (ADA, CLEO)):
        here = lobby()
        wishes(here, BEN, 9, LONG_SAID_NS)
        here.here = frozenset(known)
        assert here.refuses(chosen(here, 99)) is None, "who decrees, or the voter, is not here"
    here = lobby()
    wishes(here, BEN, 9, here.race_ns)
    here.since_ns = here.race_ns - LONG_SAID_NS + SECOND
    assert here.refuses(chosen(here, 99)) is None, "all have just met again"


def test_how_long_one_has_met_goes_by_ones_own_clock() -> None:
    """Who comes from another part of the room takes over its clock, which may lie minutes ahead."""
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS)
    here.now_ns = LONG_SAID_NS - 1
    assert here.refuses(chosen(here, 99)) is None
    here.now_ns += 1
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED


def test_what_they_wished_who_say_two_things_in_one_place_is_not_known_to_all() -> None:
    here = lobby()
    wishes(here, BEN, 9, LONG_SAID_NS)
    here.convicted = (DAN,)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    here.convicted = (CLEO,)
    assert here.refuses(chosen(here, 99)) is None


def test_who_only_watches_chooses_nothing_unless_it_is_the_host() -> None:
    here = lobby()
    wishes(here, DAN, 99, LONG_SAID_NS)
    assert here.refuses(chosen(here, 99)) is Misruling.UNFOUNDED
    log = Log()
    log.extend([SETUP, Hosted(DAN), Seat(BEN, 1)])
    hosted = Follower(log, here=frozenset((ADA, BEN, DAN)), race_ns=10 * LONG_SAID_NS)
    wishes(hosted, DAN, 99, LONG_SAID_NS)
    assert hosted.refuses(chosen(hosted, 99)) is None


def test_who_was_just_put_out_may_have_chosen_before() -> None:
    here = lobby()
    wishes(here, CLEO, 99, LONG_SAID_NS)
    here.log.append(put_out(here))
    assert here.refuses(chosen(here, 99)) is None
    here.log.append(Unseat(BEN))
    wishes(here, BEN, 98, LONG_SAID_NS)
    assert here.refuses(chosen(here, 98)) is Misruling.UNFOUNDED


def test_each_setting_and_a_circuit_with_its_text_is_voted_for_by_itself() -> None:
    here = lobby()
    text, other = bytes([1]) * 16, bytes([2]) * 16
    wanted = RaceSetup("imola", 9, content=text)
    choice = Choice(here.log.room.lobby, wanted, ("laps", "track"))
    here.hear(BEN, choice, here.race_ns - LONG_SAID_NS)
    race = chosen(here, 9).race
    assert here.refuses(chosen(here, 9)) is None
    assert here.refuses(chosen(here, 9, mode=Mode.TRIAL)) is Misruling.UNFOUNDED
    for content, why in ((text, None), (other, Misruling.UNFOUNDED)):
        setup = replace(chosen(here, 9), race=replace(race, track="imola", content=content))
        assert here.refuses(setup) is why


def test_since_when_one_has_met_begins_anew_with_each_absence_and_each_history() -> None:
    state, node = RoomState(ADA, "Ada"), FakeView(ADA)
    node.states[BEN], node.commits[BEN] = PeerState.ALIVE, 5
    state.on_event(PeerChanged(BEN, 1, "Ben", PeerState.ALIVE, False))
    state.on_tick(node, 500, 1)
    state.on_tick(node, 900, 2)
    assert state.roster.met_ns == {ADA: 1, BEN: 1}
    node.states[BEN] = PeerState.DOWN
    state.on_tick(node, 901, 3)
    assert state.roster.met_ns == {ADA: 1}
    node.states[BEN] = PeerState.ALIVE
    state.on_tick(node, 902, 4)
    assert state.roster.met_ns == {ADA: 1, BEN: 4}
    state.on_event(LineageEntered(b"lineage1"))
    assert state.roster.met_ns == {}
    state.on_tick(node, 903, 5)
    assert state.roster.met_ns == {ADA: 5, BEN: 5}


# --- grids ----------------------------------------------------------------------------------------


def ready(order: GridOrder = GridOrder.TURN) -> Follower:
    """Return who has been in the second lobby for long, where all are ready."""
    here = lobby()
    setup = here.log.room.setup
    assert setup is not None
    here.log.append(replace(setup, race=replace(setup.race, grid=order)))
    for node in (ADA, BEN, CLEO):
        here.hear(node, Ready(here.log.room.lobby, on=True), here.race_ns - LONG_SAID_NS)
    return here


def grid(here: Follower, *cars: int, kinds: tuple[int, ...] = (), qualifying: bool = False) -> Grid:
    return Grid(cars, here.race_ns // 1000, kinds, qualifying)


@pytest.mark.parametrize("order", [GridOrder.TURN, GridOrder.DRAW, GridOrder.REVERSE])
def test_cars_stand_on_the_grid_as_was_decreed_that_they_would(order: GridOrder) -> None:
    here = ready(order)
    right = next_grid(here.log.room, [1, 2, 3])[0]
    for cars in permutations((1, 2, 3)):
        refused = here.refuses(grid(here, *cars))
        assert refused is (None if cars == right else Misruling.OUT_OF_ORDER)
    assert here.refuses(grid(here, *right, right[-1])) is Misruling.OUT_OF_ORDER, "each once"
    two = next_grid(here.log.room, [1, 3])[0]
    assert here.refuses(grid(here, *two)) is None, "who is here each sees in its own way"
    assert here.refuses(grid(here, *two[::-1])) is Misruling.OUT_OF_ORDER


def test_nobody_drives_for_the_grid_or_does_without_but_as_was_decreed() -> None:
    here = ready()
    assert here.refuses(grid(here, 2, 3, 1, qualifying=True)) is Misruling.OUT_OF_ORDER
    here = ready(GridOrder.QUALIFYING)
    cars = next_grid(here.log.room, [1, 2, 3])[0]
    assert here.refuses(grid(here, *cars)) is Misruling.OUT_OF_ORDER
    assert here.refuses(grid(here, *cars, qualifying=True)) is None


def test_a_grid_that_begins_no_race_is_nobodys_concern() -> None:
    here = ready()
    assert here.refuses(grid(here, 4, 3, 2, 1)) is None, "nobody has number 4"
    assert here.refuses(put_out(here), grid(here, 2, 3, 1)) is None
    assert Follower(racing(ADA, BEN)).refuses(Grid((2, 1), 0)) is None, "the race is on"
    assert Follower(Log()).refuses(Grid((1,), 0)) is None


def test_who_is_put_out_leaves_the_order_of_the_others() -> None:
    here = ready(GridOrder.REVERSE)
    removal = put_out(here)
    right = next_grid(here.log.room, [1, 2])[0]
    assert here.refuses(removal, grid(here, *right)) is None
    assert here.refuses(removal, grid(here, *right[::-1])) is Misruling.OUT_OF_ORDER


def test_nobody_drives_another_kind_of_car_than_it_asked_for() -> None:
    here = ready()
    here.hear(BEN, LobbyEntry("ben", bot=False, car=1), here.race_ns - LONG_SAID_NS)
    assert here.refuses(grid(here, 2, 3, 1, kinds=(1, 0, 0))) is None
    assert here.refuses(grid(here, 2, 3, 1, kinds=(1,))) is None, "of those not told it is 0"
    assert here.refuses(grid(here, 3, 1)) is None, "who does not race has none"
    for kinds in ((), (0, 0, 0), (1, 1, 0), (1, 0, 1)):
        assert here.refuses(grid(here, 2, 3, 1, kinds=kinds)) is Misruling.UNFOUNDED


def test_who_chose_a_car_of_late_may_be_given_the_one_before() -> None:
    here = ready()
    here.hear(BEN, LobbyEntry("ben", bot=False, car=1), here.race_ns - LONG_SAID_NS + SECOND)
    assert here.refuses(grid(here, 2, 3, 1)) is None
    here.race_ns += SECOND
    assert here.refuses(grid(here, 2, 3, 1)) is Misruling.UNFOUNDED
    here.convicted = (BEN,)
    assert here.refuses(grid(here, 2, 3, 1)) is None, "its word need not have come to all"
    here.convicted = (CLEO,)
    assert here.refuses(grid(here, 2, 3, 1)) is Misruling.UNFOUNDED


def test_who_never_told_us_of_a_car_may_have_told_who_decrees() -> None:
    here = ready()
    here.log.append(Seat(DAN, 4))
    assert here.refuses(grid(here, 2, 3, 4, 1, kinds=(0, 0, 1, 0))) is None


# --- cars -----------------------------------------------------------------------------------------


def started(after_ns: int) -> Follower:
    """Return who has seen no car for two seconds yet, so long after the green light."""
    here = Follower(racing(ADA, BEN, CLEO), here=frozenset((ADA, BEN, CLEO)))
    here.drives_on = lambda _number: False
    here.race_ns = GREEN_NS + after_ns
    return here


def test_nobody_loses_its_car_before_anybody_can_have_seen_it_driven() -> None:
    tells_ns = LEASED_FROM_NS - REVIEW_CLOCK_NS  # from here on it is seen who drives
    assert tells_ns >= DRIVEN_MS * MILLISECOND + STEADY_TICKS * SECOND // TICK_HZ
    here = started(tells_ns - 1)
    lease = Lease(here.race_id, 3, 1, ADA)
    assert here.judge(lease) is Ruled.WAITS, "our clock may be another's yet"
    assert here.refuses(lease) is Misruling.EARLY
    assert started(tells_ns).refuses(lease) is None


def test_who_has_its_car_back_or_was_put_out_is_given_another_driver_at_any_time() -> None:
    here = started(0)
    here.log.append(Lease(here.race_id, 3, 1, ADA))
    back = Lease(here.race_id, 3, 2, CLEO)
    assert here.refuses(back) is Misruling.EARLY
    here.hear(CLEO, Return(here.race_id, 1))
    assert here.refuses(back) is None
    here = started(0)
    here.log.append(put_out(here))
    assert here.refuses(Lease(here.race_id, 3, 1, ADA)) is None


def test_whose_clock_may_be_another_is_not_named_for_cars_that_it_gives_early() -> None:
    here = started(0)
    lease = Lease(here.race_id, 3, 1, ADA)
    here.since_ns = here.race_ns - CLOCK_SHARED_MS * MILLISECOND + 1
    assert here.refuses(lease) is None, "two parts of the room have just met"
    here.since_ns -= 1
    assert here.refuses(lease) is Misruling.EARLY
    here.now_ns = here.race_ns - 1
    assert here.refuses(lease) is None, "by its own clock"
    here.now_ns = None
    here.here = frozenset((BEN, CLEO))
    assert here.refuses(lease) is None
