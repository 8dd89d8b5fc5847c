from __future__ import annotations

from net import Dot, NodeId, Order, Rule
from racer.core.rules.grid_order import GridOrder
from racer.core.rules.modes import QUALIFYING_LAPS, Mode
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import CARS, GRID_MAX, SPEED_MAX
from racer.play.limits import (
    ABANDONED_NS,
    CLOSE_NS,
    COUNTDOWN_NS,
    IDLE_M_S,
    IDLE_NS,
    RESULTS_SETTLE_NS,
    RESULTS_SHOWN_NS,
    RULINGS_AT_ONCE_MAX,
    SECOND,
    SETTLE_NS,
    UNSEAT_NS,
)
from racer.play.room.facts import Facts
from racer.play.room.messages import (
    Choice,
    Claim,
    EndWish,
    Fact,
    Grid,
    LapTime,
    LobbyEntry,
    LobbyOpened,
    ResultRow,
    Results,
    Said,
    Seat,
    Setup,
    StartWish,
    Unseat,
    decode_ruling,
)
from racer.play.room.polls import end_poll
from racer.play.room.referee import Attendance, close_ns, idle_ns
from tests.play.rooms import ADA, BEN, CLEO, DAN, GREEN_NS, SETUP, Log, operation, racing
from tests.play.whistle import LENGTH_M, LONG_AGO, REFEREE, due, facts_of, here, race_of


def entered(*nodes: NodeId, bot: bool = False) -> Facts:
    return facts_of(*((node, LobbyEntry("x", bot)) for node in nodes))


def lobby(*seated: NodeId, players: int = 2) -> Log:
    log = Log()
    log.append(Setup(RaceSetup("dockyard", 2), players))
    log.extend(Seat(node, number) for number, node in enumerate(seated, start=1))
    return log


# --- lobby ------------------------------------------------------------------------------------


def test_a_room_without_a_setup_gets_the_coordinators() -> None:
    log = Log()
    assert due(log, entered(ADA), here(ADA), 0) == [SETUP]
    log.append(SETUP)
    assert SETUP not in due(log, entered(ADA), here(ADA), 0)


def test_those_who_entered_and_are_here_are_seated_each_on_its_own_number() -> None:
    facts = entered(CLEO, ADA, BEN)
    assert due(lobby(), facts, here(ADA, CLEO, DAN), 0) == [Seat(ADA, 1), Seat(CLEO, 2)]
    assert due(lobby(BEN), facts, here(ADA, BEN), 0)[0] == Seat(ADA, 2)


def test_nobody_is_seated_where_no_number_is_left() -> None:
    crowd = [bytes([k]) * 16 for k in range(10, 10 + GRID_MAX + 3)]
    seats = due(lobby(), entered(*crowd), here(*crowd), 0)
    assert [seat.number for seat in seats if isinstance(seat, Seat)] == list(range(1, GRID_MAX + 1))
    log = lobby(*crowd[:GRID_MAX])
    assert due(log, entered(*crowd), here(*crowd[GRID_MAX:]), 0) == [
        Unseat(node) for node in crowd[:GRID_MAX]
    ]


def test_the_seat_of_one_who_is_gone_is_kept_for_a_while() -> None:
    gone_ns = 50 * SECOND
    presence = Attendance({ADA: LONG_AGO}, {BEN: gone_ns})
    log, facts = lobby(ADA, BEN), entered(ADA, BEN)
    assert due(log, facts, presence, gone_ns + UNSEAT_NS) == []
    assert due(log, facts, presence, gone_ns + UNSEAT_NS + 1) == [Unseat(BEN)]


def test_a_race_starts_by_itself_when_enough_have_settled() -> None:
    log, facts = lobby(ADA, BEN), entered(ADA, BEN)
    presence = Attendance({ADA: 0, BEN: SECOND}, {})
    assert due(log, facts, presence, SECOND + SETTLE_NS) == []
    now_ns = SECOND + SETTLE_NS + 1
    assert due(log, facts, presence, now_ns) == [Grid((1, 2), (now_ns + COUNTDOWN_NS) // 1000)]


def test_no_race_starts_by_itself_with_too_few_or_where_people_decide() -> None:
    assert due(lobby(ADA, BEN, players=3), entered(ADA, BEN), here(ADA, BEN), 0) == []
    assert due(lobby(ADA, BEN, players=0), entered(ADA, BEN), here(ADA, BEN), 0) == []
    one_away = Attendance({ADA: LONG_AGO}, {BEN: 0})
    assert due(lobby(ADA, BEN), entered(ADA, BEN), one_away, UNSEAT_NS) == []


def test_a_wish_starts_the_race_with_whoever_is_here() -> None:
    log = lobby(ADA, BEN, CLEO, players=0)
    facts = facts_of((ADA, LobbyEntry("x", False)), (ADA, StartWish(log.room.lobby)))
    presence = Attendance({ADA: 0, CLEO: 0}, {BEN: 0})
    assert due(log, facts, presence, 0) == [Grid((1, 3), COUNTDOWN_NS // 1000)]


def test_the_grid_tells_what_kinds_of_car_stand_on_it() -> None:
    log = lobby(ADA, BEN, CLEO, players=0)
    facts = facts_of(
        (ADA, LobbyEntry("x", False, 1)),
        (CLEO, LobbyEntry("x", False, 2)),
        (CLEO, LobbyEntry("x", False, 1)),
        (ADA, StartWish(log.room.lobby)),
        (CLEO, StartWish(log.room.lobby)),
    )
    (grid,) = due(log, facts, Attendance({ADA: 0, CLEO: 0}, {BEN: 0}), 0)
    assert grid == Grid((1, 3), COUNTDOWN_NS // 1000, (1, 1))
    assert log.append(grid) == grid
    assert [race_of(log).spec_of(number) for number in (1, 3)] == [CARS[1], CARS[1]]


def test_a_wish_of_another_evening_does_not_start_the_race() -> None:
    yesterday, today = Log(b"yesterday"), Log(b"today")
    for log in (yesterday, today):
        log.extend([Setup(RaceSetup("dockyard", 2), 0), Seat(ADA, 1)])
    facts = facts_of((ADA, LobbyEntry("x", False)), (ADA, StartWish(yesterday.room.lobby)))
    assert due(yesterday, facts, here(ADA), 0) != []
    assert due(today, facts, here(ADA), 0) == []


def test_newcomers_are_seated_before_a_wish_is_heeded() -> None:
    log = lobby(ADA)
    facts = facts_of(
        (ADA, LobbyEntry("x", False)),
        (BEN, LobbyEntry("x", True)),
        (ADA, StartWish(log.room.lobby)),
    )
    assert due(log, facts, here(ADA, BEN), 0) == [Seat(BEN, 2)]
    log.append(Seat(BEN, 2))
    assert due(log, facts, here(ADA, BEN), 0) == [Grid((1, 2), COUNTDOWN_NS // 1000)]


def after_a_race(*nodes: NodeId) -> Log:
    log = racing(*nodes)
    log.append(Results(log.race_id, REFEREE._build_results(race_of(log), Facts(), {}, 0).rows))
    log.append(LobbyOpened())
    return log


def test_later_rounds_start_by_themselves_for_bots_alone() -> None:
    log = after_a_race(ADA, BEN)
    late_ns = 100 * SECOND
    assert due(log, entered(ADA, BEN, bot=True), here(ADA, BEN), late_ns) != []
    mixed = facts_of((ADA, LobbyEntry("x", True)), (BEN, LobbyEntry("x", False)))
    assert due(log, mixed, here(ADA, BEN), late_ns) == []


def test_the_front_of_the_grid_moves_on_with_the_rounds() -> None:
    log = after_a_race(ADA, BEN, CLEO)
    grid = due(log, entered(ADA, BEN, CLEO, bot=True), here(ADA, BEN, CLEO), 100 * SECOND)
    assert [each.cars for each in grid if isinstance(each, Grid)] == [(2, 3, 1)]


def test_a_choice_becomes_the_setup_once() -> None:
    log = lobby(ADA, players=0)
    facts = facts_of(
        (ADA, LobbyEntry("x", False)),
        (ADA, Choice(log.room.lobby, RaceSetup("harbour-ring", 5))),
        race_us=7,
    )
    (setup,) = due(log, facts, here(ADA), 0)
    assert setup == Setup(RaceSetup("harbour-ring", 5), 0, operation(ADA, 2, b"").dot)
    assert isinstance(setup, Setup)
    log.append(setup)
    assert due(log, facts, here(ADA), 0) == []


def test_a_circuit_that_the_coordinator_does_not_have_is_not_chosen() -> None:
    log = lobby(ADA, players=0)
    facts = facts_of(
        (ADA, LobbyEntry("x", False)), (ADA, Choice(log.room.lobby, RaceSetup("monza", 5)))
    )
    assert due(log, facts, here(ADA), 0) == []


# --- chat -------------------------------------------------------------------------------------


def test_every_line_is_ordered_once_in_any_phase() -> None:
    facts = facts_of((BEN, Said("one")), (ADA, Said("two")))
    orders = [Order(operation(BEN, 1, b"").dot), Order(operation(ADA, 1, b"").dot)]
    for log in (Log(), lobby(ADA), racing(ADA), after_a_race(ADA)):
        lines = facts.chat.unplaced(log.room)
        found = REFEREE.due(log.room, facts, here(ADA), {}, GREEN_NS, lines)
        assert found[: len(orders)] == orders
        log.extend(orders)
        assert facts.chat.unplaced(log.room) == []


def test_no_batch_is_over_the_bound_and_none_is_forgotten() -> None:
    crowd = [bytes([k]) * 16 for k in range(1, 41)]
    facts = facts_of(*((node, Said("hello")) for node in crowd))
    log = racing(ADA)
    for _ in range(3):
        lines = facts.chat.unplaced(log.room)
        batch = REFEREE.due(log.room, facts, here(ADA), {}, GREEN_NS, lines)
        assert len(batch) <= RULINGS_AT_ONCE_MAX
        log.extend(batch)
    assert sorted(log.room.chat) == sorted(facts.lines)


def test_lines_hold_up_nothing_else() -> None:
    log, facts = lobby(ADA), facts_of((BEN, LobbyEntry("ben", False)))
    lines = [Dot(ADA, 1, n) for n in range(1, 200)]
    batch = REFEREE.due(log.room, facts, here(ADA, BEN), {}, 0, lines)
    (ruling,) = [each for each in batch if isinstance(each, Rule)]
    assert decode_ruling(ruling.body) == Seat(BEN, 2)
    assert batch[:-1] == [Order(dot) for dot in lines[: RULINGS_AT_ONCE_MAX - 1]]


# --- the end of a race ------------------------------------------------------------------------


def laps(log: Log, node: NodeId, *race_ms: int) -> list[tuple[NodeId, Fact]]:
    times = [0, *race_ms]
    return [
        (node, LapTime(log.race_id, n, times[n], times[n] - times[n - 1]))
        for n in range(1, len(times))
    ]


def results_at(log: Log, facts: Facts, race_ns: int, presence: Attendance | None = None) -> Results:
    found = due(log, facts, presence or here(ADA, BEN), race_ns)
    assert len(found) == 1
    assert isinstance(found[0], Results)
    return found[0]


def test_a_race_closes_a_while_after_the_first_finish() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(*laps(log, ADA, 30_000, 60_000), *laps(log, BEN, 40_000))
    closes_ns = GREEN_NS + 75 * SECOND + CLOSE_NS
    assert close_ns(race_of(log), facts, LENGTH_M) == closes_ns
    assert due(log, facts, here(ADA, BEN), closes_ns - 1) == []
    rows = results_at(log, facts, closes_ns).rows
    assert [(row.node, row.number, row.laps, row.ms) for row in rows] == [
        (ADA, 1, 2, 60_000),
        (BEN, 2, 1, None),
    ]


def test_a_race_closes_soon_when_all_have_finished() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(*laps(log, ADA, 30_000, 60_000), *laps(log, BEN, 33_000, 66_000))
    closes_ns = GREEN_NS + 66 * SECOND + RESULTS_SETTLE_NS
    assert due(log, facts, here(ADA, BEN), closes_ns - 1) == []
    rows = results_at(log, facts, closes_ns).rows
    assert [(row.node, row.ms) for row in rows] == [(ADA, 60_000), (BEN, 66_000)]


def test_a_race_closes_soon_when_all_have_crossed_the_line_after_the_winner() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(*laps(log, ADA, 30_000, 60_000), *laps(log, BEN, 61_000))
    closes_ns = GREEN_NS + 61 * SECOND + RESULTS_SETTLE_NS
    assert due(log, facts, here(ADA, BEN), closes_ns - 1) == []
    assert due(log, facts, Attendance({ADA: LONG_AGO}, {BEN: LONG_AGO}), closes_ns - 1) == []
    rows = results_at(log, facts, closes_ns).rows
    assert [(row.node, row.laps, row.ms) for row in rows] == [(ADA, 2, 60_000), (BEN, 1, 61_000)]


def test_nobody_holds_a_race_open_with_a_finish_in_the_future() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(*laps(log, ADA, 30_000, 60_000), *laps(log, BEN, 33_000, 2**32 - 1))
    assert close_ns(race_of(log), facts, LENGTH_M) == GREEN_NS + 75 * SECOND + CLOSE_NS


def test_nobody_closes_a_race_with_laps_faster_than_any_car() -> None:
    log = racing(ADA, BEN)
    least_ms = int(1000 * LENGTH_M / SPEED_MAX)
    facts = facts_of(*laps(log, BEN, 1, 2))
    assert close_ns(race_of(log), facts, LENGTH_M) is None
    assert due(log, facts, here(ADA, BEN), GREEN_NS + 60 * SECOND) == []
    facts = facts_of(*laps(log, BEN, least_ms, 2 * least_ms))
    assert close_ns(race_of(log), facts, LENGTH_M) is not None


def test_a_race_in_which_no_car_crosses_the_line_closes_by_itself() -> None:
    log = racing(ADA, BEN)
    closes_ns = GREEN_NS + round(LENGTH_M / IDLE_M_S) * SECOND + IDLE_NS
    assert idle_ns(race_of(log), Facts(), LENGTH_M) == closes_ns
    assert due(log, Facts(), here(ADA, BEN), closes_ns - 1) == []
    assert [row.ms for row in results_at(log, Facts(), closes_ns).rows] == [None, None]
    lapped = facts_of(*laps(log, BEN, 50_000))
    assert due(log, lapped, here(ADA, BEN), closes_ns) == []
    assert results_at(log, lapped, closes_ns + 50 * SECOND).rows[0].node == BEN


def test_results_that_nobody_finished_stand_as_long_as_any() -> None:
    log = racing(ADA, BEN)
    closed_ns = GREEN_NS + round(LENGTH_M / IDLE_M_S) * SECOND + IDLE_NS
    log.append(results_at(log, Facts(), closed_ns))
    assert due(log, Facts(), here(ADA, BEN), closed_ns + RESULTS_SHOWN_NS) == []
    assert due(log, Facts(), here(ADA, BEN), closed_ns + RESULTS_SHOWN_NS + 1) == [LobbyOpened()]


def test_most_people_who_are_here_may_end_a_race_and_bots_have_no_say() -> None:
    log = racing(ADA, BEN, CLEO, DAN)
    people = [(node, LobbyEntry("x", node == DAN)) for node in (ADA, BEN, CLEO, DAN)]
    ends = [(node, EndWish(log.race_id)) for node in (DAN, ADA, BEN)]
    all_here = here(ADA, BEN, CLEO, DAN)
    at_ns = GREEN_NS + SECOND
    assert due(log, facts_of(*people, *ends[:2]), all_here, at_ns) == []
    poll = end_poll(race_of(log), facts_of(*people, *ends[:2]), all_here.here_ns)
    assert (poll.voters, poll.needed) == ((ADA,), 2)
    assert len(results_at(log, facts_of(*people, *ends), at_ns, all_here).rows) == 4
    alone = here(ADA, DAN)
    assert len(results_at(log, facts_of(*people, *ends[:2]), at_ns, alone).rows) == 4


def test_where_only_bots_race_nobody_can_end_it() -> None:
    log = racing(ADA, BEN)
    told = [(node, LobbyEntry("x", True)) for node in (ADA, BEN)]
    ends = [(node, EndWish(log.race_id)) for node in (ADA, BEN)]
    assert due(log, facts_of(*told, *ends), here(ADA, BEN), GREEN_NS + SECOND) == []


def test_a_race_that_nobody_drives_closes_after_a_while() -> None:
    log = racing(ADA, BEN)
    gone_ns = GREEN_NS + 20 * SECOND
    left = frozenset((ADA, BEN))
    presence = Attendance({CLEO: 0}, {ADA: gone_ns, BEN: gone_ns - SECOND}, left)
    assert due(log, Facts(), presence, gone_ns + ABANDONED_NS) == []
    assert len(results_at(log, Facts(), gone_ns + ABANDONED_NS + 1, presence).rows) == 2
    back = Attendance({CLEO: 0, BEN: gone_ns}, {ADA: gone_ns}, left)
    assert due(log, Facts(), back, gone_ns + ABANDONED_NS + 1) == []


def test_a_coordinator_that_never_saw_the_drivers_waits_from_the_green_light() -> None:
    log = racing(ADA, BEN)
    presence = here(CLEO)
    assert due(log, Facts(), presence, GREEN_NS + ABANDONED_NS) == []
    assert results_at(log, Facts(), GREEN_NS + ABANDONED_NS + 1, presence).race == log.race_id


def test_the_lobby_follows_when_the_results_have_been_seen() -> None:
    log = racing(ADA, BEN)
    facts = facts_of(*laps(log, ADA, 30_000, 60_000), *laps(log, BEN, 33_000, 66_000))
    closed_ns = GREEN_NS + 66 * SECOND + RESULTS_SETTLE_NS
    log.append(results_at(log, facts, closed_ns))
    assert due(log, facts, here(ADA, BEN), closed_ns + RESULTS_SHOWN_NS) == []
    assert due(log, facts, here(ADA, BEN), closed_ns + RESULTS_SHOWN_NS + 1) == [LobbyOpened()]


def test_nothing_is_due_in_the_countdown() -> None:
    log = racing(ADA, BEN)
    facts = facts_of((CLEO, LobbyEntry("x", False)), (ADA, Claim(log.race_id, 0, 0, 0)))
    assert due(log, facts, here(ADA, BEN, CLEO), GREEN_NS - 1) == []


# --- all of it ---


def test_a_whole_evening_settles_in_every_state() -> None:
    """Whatever is decreed is not decreed again, from the empty room to the second lobby."""
    log, now_ns = Log(), 0
    facts = entered(ADA, BEN, bot=True)
    presence = here(ADA, BEN)
    seen: list[type] = []
    while log.room.round == 0:
        now_ns += SECOND // 2
        race = log.room.race
        if race is not None and now_ns == race.green_ns + 30 * SECOND:
            for node in (ADA, BEN):
                for n, (_, fact) in enumerate(laps(log, node, 14_000, 29_000), start=2):
                    facts.add(operation(node, n, fact))
        rulings = due(log, facts, presence, now_ns)
        for ruling in rulings:
            assert not isinstance(ruling, Order)
            assert log.append(ruling) == ruling
            seen.append(type(ruling))
        assert now_ns < 100 * SECOND
    assert seen == [Setup, Seat, Seat, Grid, Results, LobbyOpened]


# --- modes ------------------------------------------------------------------------------------


def test_a_qualifying_comes_before_the_race_which_follows_by_itself_in_its_order() -> None:
    log = lobby(ADA, BEN, CLEO, players=0)
    log.append(Setup(RaceSetup("dockyard", 5, None, Mode.RACE, GridOrder.QUALIFYING), 0))
    people, all_here = entered(ADA, BEN, CLEO), here(ADA, BEN, CLEO)
    assert due(log, people, all_here, 99 * SECOND) == []
    wished = facts_of((ADA, LobbyEntry("x", False)), (ADA, StartWish(log.room.lobby)))
    (first,) = (g for g in due(log, wished, all_here, 99 * SECOND) if isinstance(g, Grid))
    assert first.qualifying
    log.append(first)
    assert (race_of(log).setup.mode, race_of(log).setup.laps) == (Mode.TRIAL, QUALIFYING_LAPS)
    rows = tuple(ResultRow(node, n, 2, 9, 4) for node, n in ((CLEO, 3), (ADA, 1), (BEN, 2)))
    log.extend([Results(race_of(log).id, rows), LobbyOpened()])
    (second,) = (g for g in due(log, people, all_here, 120 * SECOND) if isinstance(g, Grid))
    assert (second.qualifying, second.cars) == (False, (3, 1, 2))
    log.append(second)
    assert (race_of(log).setup.mode, race_of(log).setup.laps) == (Mode.RACE, 5)
    log.extend([Results(race_of(log).id, rows), LobbyOpened()])
    assert due(log, people, all_here, 200 * SECOND) == [], "each race has its own"


def test_a_qualifying_on_one_circuit_counts_on_no_other() -> None:
    log = lobby(ADA, BEN, players=0)
    log.append(Setup(RaceSetup("dockyard", 5, None, Mode.RACE, GridOrder.QUALIFYING), 0))
    log.append(Grid((1, 2), GREEN_NS // 1000, (), True))
    rows = tuple(ResultRow(node, n, 2, 9, 4) for node, n in ((BEN, 2), (ADA, 1)))
    log.extend([Results(race_of(log).id, rows), LobbyOpened()])
    log.append(Setup(RaceSetup("harbour-ring", 5, None, Mode.RACE, GridOrder.QUALIFYING), 0))
    assert due(log, entered(ADA, BEN), here(ADA, BEN), 99 * SECOND) == []


def test_a_chosen_mode_and_grid_are_set_and_the_last_result_stands_reversed() -> None:
    log = lobby(ADA, BEN, CLEO, players=0)
    choice = Choice(
        log.room.lobby, RaceSetup("dockyard", 2, None, Mode.ELIMINATION, GridOrder.REVERSE)
    )
    facts = facts_of((ADA, LobbyEntry("x", False)), (ADA, choice))
    (setup,) = (s for s in due(log, facts, here(ADA, BEN, CLEO), 0) if isinstance(s, Setup))
    assert setup.race == choice.race
    log.extend([setup, Grid((1, 2, 3), GREEN_NS // 1000)])
    assert (race_of(log).setup.mode, race_of(log).setup.laps) == (Mode.ELIMINATION, 2)
    rows = tuple(ResultRow(node, n, 0, None, None) for node, n in ((BEN, 2), (ADA, 1), (CLEO, 3)))
    log.extend([Results(race_of(log).id, rows), LobbyOpened()])
    again = facts_of((ADA, LobbyEntry("x", False)), (ADA, StartWish(log.room.lobby)))
    (grid,) = (g for g in due(log, again, here(ADA, BEN, CLEO), 99 * SECOND) if isinstance(g, Grid))
    assert grid.cars == (3, 1, 2)
