from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from net import (
    Committed,
    Decree,
    LineageEntered,
    NodeId,
    Order,
    PeerChanged,
    PeerState,
    Propose,
    Publish,
    Rule,
    SetIdle,
    StateReceived,
    Synced,
)
from racer.core.physics.car import Controls
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import TICK_HZ
from racer.play.limits import LINGER_NS, LOST_NS
from racer.play.reports import (
    ChatSeen,
    CoordinatorSeen,
    FinishSeen,
    Joined,
    LapSeen,
    PeerSeen,
    PhaseEntered,
    PickupSeen,
    ResultsSeen,
    Resumed,
)
from racer.play.room.messages import Grant, ResultRow, Results, Said, Setup, encode
from racer.play.view import Drive, Phase, Start
from tests.play.company import PERSON, SECOND, Company, phase_is, player, run, view_of
from tests.play.rooms import ADA, BEN, CLEO

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from tests.play.company import Meet

pytestmark = pytest.mark.sim

# --- a race -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def raced(kart: Track, kart_line: RacingLine) -> Company:
    """Two bots that met, raced a lap and parted; one spectates nothing."""
    setup = Setup(RaceSetup("dockyard", 1), 2)
    company = Company(
        {"dockyard": kart},
        {"dockyard": kart_line},
        {
            ADA: player(name="ada", setup=setup, say=("hi from ada",), skill=0.9),
            BEN: player(name="ben", setup=setup, say=("hi from ben",), skill=0.2),
        },
    )
    run(company, lambda: all(seat.left for seat in company.seats.values()), 90.0)
    return company


@pytest.mark.parametrize("node", [ADA, BEN])
def test_everything_of_a_race_is_reported_once_and_in_order(raced: Company, node: NodeId) -> None:
    seat = raced.seats[node]
    reports = [r for r in seat.reports if not isinstance(r, PeerSeen | CoordinatorSeen)]
    assert len(reports) == len({repr(report) for report in reports})
    phases = [r.phase for r in reports if isinstance(r, PhaseEntered)]
    assert phases == ["lobby", "countdown", "racing", "finished"]
    kinds = [type(report) for report in reports if not isinstance(report, PickupSeen)]
    assert kinds[:1] == [Joined]
    assert kinds.count(ChatSeen) == 2
    assert kinds.count(LapSeen) == kinds.count(FinishSeen) == 2
    assert kinds.count(ResultsSeen) == 3
    assert Resumed not in kinds


def test_all_are_told_the_same_results_chat_and_canisters(raced: Company) -> None:
    one, other = raced.seats[ADA], raced.seats[BEN]
    for kind in (ChatSeen, LapSeen, FinishSeen, PickupSeen):
        assert one.told(kind) == other.told(kind)
    results = one.told(ResultsSeen)
    assert results == other.told(ResultsSeen)
    official = results[-1]
    assert isinstance(official, ResultsSeen)
    assert official.official
    assert official.digest
    assert [(row.place, row.node, row.name) for row in official.table] == [
        (1, ADA, "ada"),
        (2, BEN, "ben"),
    ]
    assert [r.official for r in results if isinstance(r, ResultsSeen)] == [False, False, True]
    finishes = {f.node: f.ms for f in one.told(FinishSeen) if isinstance(f, FinishSeen)}
    assert {row.node: row.ms for row in official.table} == finishes


def test_cars_are_published_from_the_grid_to_the_end_each_tick_once(raced: Company) -> None:
    ticks = [c.tick for c in raced.seats[ADA].commands if isinstance(c, Publish)]
    assert ticks == list(range(ticks[0], ticks[-1] + 1))
    assert len(ticks) > 15 * TICK_HZ


def test_a_room_is_idle_but_for_its_race(raced: Company) -> None:
    told = [c for c in raced.seats[BEN].commands if isinstance(c, SetIdle)]
    assert [idle for idle, _ in groupby(c.idle for c in told)] == [True, False, True]


def test_only_who_decides_proposes(raced: Company) -> None:
    assert any(isinstance(c, Propose) for c in raced.seats[ADA].commands)
    assert not any(isinstance(c, Propose) for c in raced.seats[BEN].commands)


# --- leaving ----------------------------------------------------------------------------------


def finished(meet: Meet, **changes: object) -> Company:
    """Return a company whose bot has its results, while its peer's are on their way."""
    setup = Setup(RaceSetup("dockyard", 1), 1)
    company = meet({ADA: player(setup=setup, **changes), CLEO: player(name="cleo", bot=False)})
    company.seats[ADA].node.behind[CLEO] = 1
    run(company, phase_is(company, Phase.RACING))
    race = company.seats[ADA].session._state.room.race
    assert race is not None
    rows = tuple(ResultRow(node, number, 0, None, None) for number, node in race.cars.items())
    company.commit(Rule(encode(Results(race.id, rows))))
    company.tick()
    assert view_of(company).phase is Phase.FINISHED
    return company


def test_a_bot_stays_until_all_whom_it_hears_have_the_results(meet: Meet) -> None:
    company = finished(meet)
    seat = company.seats[ADA]
    behind = len(company.decrees) - 1
    for seat.node.behind[CLEO] in (0, behind):
        company.tick()
        assert not seat.left
    seat.node.behind[CLEO] = behind + 1
    company.tick()
    assert seat.left


def test_a_bot_does_not_wait_for_those_who_left(meet: Meet) -> None:
    company = finished(meet)
    lose(company, CLEO, PeerState.LEFT)
    company.tick()
    assert company.seats[ADA].left


def test_a_bot_waits_a_moment_for_those_it_lost(meet: Meet) -> None:
    """A link that fails at the very end would leave somebody with results of its own (seed 59)."""
    company = finished(meet)
    lose(company, CLEO, PeerState.DOWN)
    company.tick(LOST_NS // SECOND * TICK_HZ - 5)
    assert not company.seats[ADA].left
    company.tick(10)
    assert company.seats[ADA].left


def lose(company: Company, node: NodeId, state: PeerState) -> None:
    company.seats[ADA].node.states[node] = state
    company.tell(ADA, PeerChanged(node, 1, "cleo", state))


def test_a_bot_does_not_wait_for_ever(meet: Meet) -> None:
    company = finished(meet)
    seat = company.seats[ADA]
    company.tick(LINGER_NS // SECOND * TICK_HZ - 5)
    assert not seat.left
    company.tick(10)
    assert seat.left


def test_a_bot_that_waits_takes_no_part_in_the_next_race(meet: Meet) -> None:
    """All others may be bots that stay: their next race begins sooner than it gives up waiting."""
    company = finished(meet)
    seat = company.seats[ADA]
    seat.node.behind[CLEO], before = 0, len(company.decrees)
    run(company, lambda: seat.left)
    assert len(company.decrees) > before + 1
    assert seat.told(LapSeen) == []


def test_a_bot_that_stays_and_a_person_do_not_leave(meet: Meet) -> None:
    company = finished(meet, stays=True)
    company.seats[ADA].node.behind.clear()
    company.tick(5)
    assert not any(seat.left for seat in company.seats.values())


# --- another lineage --------------------------------------------------------------------------


def replace_what(decree: Decree, what: Rule) -> Decree:
    return Decree(decree.epoch, decree.index, decree.previous, what)


def enter(company: Company, node: NodeId, decrees: list[Decree]) -> None:
    """Take a node into a lineage that has these decrees."""
    company.tell(node, LineageEntered(b"lineage2"))
    for decree in decrees:
        company.tell(node, Committed(decree, b"lineage2"))


def test_a_line_that_a_merge_puts_elsewhere_is_told_again_with_where_it_was(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON)})
    for text in ("one", "two"):
        company.submit(ADA, encode(Said(text)))
        company.tick(2)
    seat = company.seats[ADA]
    one, two = (decree for decree in company.decrees if isinstance(decree.what, Order))
    others = [decree for decree in company.decrees if not isinstance(decree.what, Order)]
    enter(company, ADA, [*others, two, one])
    company.tick(2)
    told = [r for r in seat.told(ChatSeen) if isinstance(r, ChatSeen)]
    assert [(r.text, r.index, r.was) for r in told] == [
        ("one", 0, None),
        ("two", 1, None),
        ("two", 0, 1),
        ("one", 1, 0),
    ]
    assert [line.text for line in view_of(company).chat] == ["two", "one"]


def test_a_grant_that_a_merge_changes_or_takes_back_is_told_again(meet: Meet) -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 9), 1))})
    run(company, phase_is(company, Phase.RACING))
    company.seats[ADA].node.decides = False
    race = company.seats[ADA].session._state.room.race
    assert race is not None
    shared = list(company.decrees)
    for pickup in (0, 1):
        company.commit(Rule(encode(Grant(race.id, pickup, 0, BEN, 1_000))))
    company.tick(2)
    other = replace_what(company.decrees[-1], Rule(encode(Grant(race.id, 0, 0, CLEO, 900))))
    enter(company, ADA, [*shared, other])
    company.tick(2)
    enter(company, ADA, list(company.decrees))
    company.tick(2)
    told = [r for r in company.seats[ADA].told(PickupSeen) if isinstance(r, PickupSeen)]
    assert [(r.id, r.node) for r in told] == [
        (0, BEN),
        (1, BEN),
        (1, None),
        (0, CLEO),
        (0, BEN),
        (1, BEN),
    ]


def test_a_car_drives_on_when_its_race_is_in_the_other_lineage_too(meet: Meet) -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 1), 1))})
    run(company, phase_is(company, Phase.RACING))
    company.tick(120)
    before = view_of(company).my_car
    enter(company, ADA, list(company.decrees))
    company.tick()
    after = view_of(company).my_car
    assert before is not None
    assert after is not None
    assert after.speed_ms == pytest.approx(before.speed_ms, abs=1.0)
    assert after.speed_ms > 10.0
    assert company.seats[ADA].told(Resumed) == []


def test_a_lineage_without_the_race_takes_the_cars_off_the_track(meet: Meet) -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 1), 1))})
    run(company, phase_is(company, Phase.RACING))
    company.seats[ADA].node.decides = False
    enter(company, ADA, [])
    company.tick()
    assert view_of(company).phase is Phase.LOBBY
    assert view_of(company).cars == ()
    assert view_of(company).my_car is None


def test_one_who_comes_back_gets_into_its_car_and_says_so(meet: Meet) -> None:
    setup = Setup(RaceSetup("dockyard", 1), 1)
    company = meet({ADA: player(setup=setup)})
    run(company, phase_is(company, Phase.RACING))
    company.tick(300)
    car = view_of(company).my_car
    state = [c for c in company.seats[ADA].commands if isinstance(c, Publish)][-1]
    again = meet({ADA: player(setup=setup)})
    again.seats[ADA].node.decides = False
    again.now_ns = company.now_ns
    again.tell(ADA, StateReceived(ADA, ADA, 1, 0, state.tick, state.payload))
    for said in company.operations:
        again.submit(said.dot.node, said.body)
    enter(again, ADA, list(company.decrees))
    again.tell(ADA, Synced((BEN,), 345))
    again.tick()
    assert again.seats[ADA].told(Resumed) == [Resumed(1, (BEN,), 345)]
    back = view_of(again).my_car
    assert car is not None
    assert back is not None
    assert (back.pose.x, back.pose.y) == pytest.approx((car.pose.x, car.pose.y), abs=1.0)
    assert back.ghost


def test_nobody_takes_the_car_before_it_is_synced(meet: Meet) -> None:
    company = meet({ADA: player(setup=Setup(RaceSetup("dockyard", 1), 1))})
    company.seats[ADA].node.synced = False
    run(company, phase_is(company, Phase.RACING))
    assert view_of(company).my_car is None
    company.seats[ADA].node.synced = True
    company.tick()
    assert view_of(company).my_car is not None


# --- what is shown ----------------------------------------------------------------------------


def test_the_view_of_a_race_has_all_that_a_window_shows(meet: Meet) -> None:
    setup = Setup(RaceSetup("dockyard", 1), 2)
    company = meet({ADA: player(setup=setup), BEN: player(name="ben", setup=setup)})
    company.tick(2)
    lobby = view_of(company)
    assert (lobby.race, lobby.setup, lobby.players) == ("friday", setup.race, 2)
    assert (lobby.green_ns, lobby.cars, lobby.results) == (None, (), ())
    run(company, phase_is(company, Phase.COUNTDOWN))
    company.tick(2)
    grid = view_of(company)
    assert grid.green_ns is not None
    assert grid.green_ns > grid.now_ns
    assert [(car.number, car.lap, car.mine) for car in grid.cars] == [(1, 0, True), (2, 0, False)]
    assert grid.taken == (False,) * len(grid.taken)
    run(company, phase_is(company, Phase.RACING))
    company.tick(10 * TICK_HZ)
    race = view_of(company)
    assert sorted(car.place for car in race.cars) == [1, 2]
    assert all(car.lap == 1 and car.speed_ms > 5.0 for car in race.cars)
    assert (race.official, race.digest, race.results, race.closes_ns) == (False, "", (), None)
    assert race.coordinator == ADA
    assert race.coordinator_name == "ada"
    assert race.tick == race.now_ns * TICK_HZ // SECOND
    first = next(car for car in race.cars if car.place == 1)
    assert first.last_ms is None
    run(company, lambda: view_of(company).closes_ns is not None)
    end = view_of(company)
    assert [row.place for row in end.results] == [1, 2]
    assert end.results[0].ms is not None
    assert not end.official
    run(company, lambda: view_of(company).official)
    assert view_of(company).digest


def test_a_driver_who_faces_backwards_is_told(meet: Meet) -> None:
    company = meet({ADA: player(bot=False, setup=PERSON)})
    session = company.seats[ADA].session
    company.tick(2)
    session.intend(Start())
    run(company, phase_is(company, Phase.RACING))
    session.intend(Drive(Controls(throttle=1.0)))
    company.tick(90)
    assert not view_of(company).wrong_way
    assert session._driving.local_race is not None
    own_car = session._driving.local_race.own_car
    assert own_car is not None
    back = replace(
        own_car.frame.car, heading=math.remainder(own_car.frame.car.heading + math.pi, math.tau)
    )
    own_car.frame = replace(own_car.frame, car=replace(back, vx=-back.vx, vy=-back.vy))
    company.tick(30)
    assert not view_of(company).wrong_way, "it may be a spin"
    company.tick(50)
    assert view_of(company).wrong_way


def test_nobody_composes_a_view_that_nobody_sees(meet: Meet) -> None:
    company = meet({ADA: player(setup=PERSON, seen=False)})
    company.tick(3)
    assert company.seats[ADA].session.view is None
