"""What a follower holds a coordinator to in a lobby: what was asked for, and when it opens."""

from __future__ import annotations

from dataclasses import replace

from net import NodeId
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import RESULTS_SHOWN_NS, REVIEW_CLOCK_NS
from racer.play.review.evidence import Misruling
from racer.play.room.messages import (
    Choice,
    Fetching,
    Grid,
    LobbyEntry,
    LobbyOpened,
    Ready,
    ResultRow,
    Results,
    Seat,
    Setup,
)
from tests.play.rooms import ADA, BEN, CLEO, GREEN_NS, SETUP, Log, racing
from tests.play.test_review import Follower

TEXT = bytes(16)  # the digest of a circuit
CLOSED_NS = GREEN_NS + 60_000_000_000


def after_a_race(*nodes: NodeId, bots: bool = False) -> Follower:
    """Return a follower in the second lobby of a room, whose drivers it knows."""
    log = racing(*nodes)
    race = log.room.race
    assert race is not None
    rows = tuple(ResultRow(node, number, 0, None, None) for number, node in race.cars.items())
    log.append(Results(race.id, rows, CLOSED_NS // 1000))
    log.append(LobbyOpened())
    here = Follower(log, race_ns=CLOSED_NS + RESULTS_SHOWN_NS)
    for node in nodes:
        here.hear(node, LobbyEntry("somebody", bot=bots))
    return here


def test_what_is_raced_next_changes_where_somebody_voted_on_it() -> None:
    here = after_a_race(ADA, BEN)
    now = here.log.room.setup
    assert now is not None
    changed = replace(now, race=replace(now.race, laps=7))
    assert here.refuses(now) is None
    assert here.refuses(changed) is Misruling.UNFOUNDED
    here.hear(BEN, Choice(here.log.room.lobby, replace(now.race, laps=9), ("laps",)))
    assert here.refuses(changed) is None, "its newest vote need not be the one that counted"
    elsewhere = replace(now, race=replace(now.race, mode=Mode.ELIMINATION))
    assert here.refuses(elsewhere) is Misruling.UNFOUNDED
    assert here.refuses(replace(now, players=now.players + 1)) is Misruling.UNFOUNDED


def test_a_room_is_set_up_by_who_founds_it() -> None:
    assert Follower(Log()).refuses(SETUP) is None


def test_a_circuit_that_somebody_lacks_may_be_replaced_without_a_vote() -> None:
    log = Log()
    log.extend([Setup(RaceSetup("imola", 3, content=TEXT), 2), Seat(BEN, 1)])
    here = Follower(log)
    other = Setup(RaceSetup("dockyard", 2), 2)
    assert here.refuses(other) is Misruling.UNFOUNDED
    here.hear(BEN, Fetching(TEXT, 1))
    assert here.refuses(other) is None
    mode = replace(other, race=replace(other.race, mode=Mode.ELIMINATION))
    assert here.refuses(mode) is Misruling.UNFOUNDED


def test_people_who_have_raced_race_again_when_one_of_them_asks() -> None:
    here = after_a_race(ADA, BEN)
    grid = Grid((2, 1), here.race_ns // 1000)
    assert here.refuses(grid) is Misruling.UNFOUNDED
    here.hear(BEN, Ready(here.log.room.lobby, on=True))
    assert here.refuses(grid) is None


def test_bots_and_whom_one_does_not_know_race_without_being_asked() -> None:
    bots = after_a_race(ADA, BEN, bots=True)
    assert bots.refuses(Grid((2, 1), bots.race_ns // 1000)) is None
    mixed = after_a_race(ADA, BEN)
    mixed.log.append(Seat(CLEO, 3))
    assert mixed.refuses(Grid((2, 1), mixed.race_ns // 1000)) is None


def test_results_stand_for_a_while_before_the_lobby_opens() -> None:
    log = racing(ADA, BEN)
    race = log.room.race
    assert race is not None
    rows = tuple(ResultRow(node, number, 0, None, None) for number, node in race.cars.items())
    log.append(Results(race.id, rows, CLOSED_NS // 1000))
    here = Follower(log, race_ns=CLOSED_NS + RESULTS_SHOWN_NS - REVIEW_CLOCK_NS)
    assert here.refuses(LobbyOpened()) is None, "clocks differ"
    here.race_ns -= 1
    assert here.refuses(LobbyOpened()) is Misruling.TOO_SOON
