"""From what nodes tell, what happened: lives and their ends, leaderships, elections."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer.app.log_reading import LogError, LogRecord
from racer.app.timeline.elections import elections, in_charge
from racer.app.timeline.history import tell
from racer.app.timeline.story import Ending, Lane, MarkKind, Story
from tests.app.timelines import (
    ADA,
    BEN,
    CLEO,
    ZERO_S,
    an_election,
    coordinates,
    joined,
    log,
    peer,
    record,
)


def lane(story: Story, node: str) -> Lane:
    return next(each for each in story.lanes if each.node == node)


def test_time_begins_with_the_first_line_and_lanes_stand_in_the_order_of_birth() -> None:
    story = tell(an_election())
    assert story.zero_s == ZERO_S
    assert story.to_s == 20.1
    assert [each.node for each in story.lanes] == [ADA, BEN, CLEO]


def test_a_silent_nodes_crash_stands_where_others_last_heard_it() -> None:
    crashed, resumed = lane(tell(an_election()), ADA).lives
    assert crashed.ending is Ending.CRASHED
    assert crashed.to_s == 10.0
    assert resumed.ending is Ending.LEFT
    assert [mark.kind for mark in resumed.marks][:3] == [
        MarkKind.STARTED,
        MarkKind.JOINED,
        MarkKind.RESUMED,
    ]


def test_one_whom_others_saw_leave_has_left() -> None:
    (life,) = lane(tell(an_election()), BEN).lives
    assert (life.ending, life.to_s) == (Ending.LEFT, 20.1)


def test_one_whose_log_just_ends_has_crashed() -> None:
    story = tell([log(ADA, joined(0, ADA)), log(BEN, joined(0, BEN), peer(1, ADA, "alive"))])
    assert [each.lives[0].ending for each in story.lanes] == [Ending.CRASHED, Ending.CRASHED]


def test_a_node_that_was_cut_off_and_heard_again_has_not_crashed_then() -> None:
    story = tell(
        [
            log(ADA, joined(0, ADA), record(9, "results", official=True, digest="d1")),
            log(BEN, joined(0, BEN), peer(2, ADA, "down"), peer(5, ADA, "alive")),
        ]
    )
    (life,) = lane(story, ADA).lives
    assert (life.ending, life.to_s) == (Ending.LEFT, 9)


def test_a_log_that_is_known_to_end_needs_no_guess() -> None:
    known = replace(log(ADA, joined(0, ADA)), ends_s=ZERO_S + 7, ended="open")
    (life,) = tell([known]).lanes[0].lives
    assert (life.ending, life.to_s) == (Ending.OPEN, 7)


def test_a_reign_ends_for_each_node_when_that_node_holds_the_coordinator_for_down() -> None:
    first, second = lane(tell(an_election()), BEN).lives[0].tenures
    assert (first.node, first.epoch) == (ADA, 5)
    assert (first.from_s, first.to_s) == (0.2, 10.35)
    assert (second.node, second.epoch, second.from_s) == (BEN, 9, 10.5)


def test_a_vacant_office_ends_a_reign_and_a_coordinator_that_is_heard_again_goes_on() -> None:
    told = tell(
        [
            log(
                BEN,
                coordinates(0, ADA, 5),
                joined(0, BEN),
                peer(3, ADA, "down"),
                peer(4, ADA, "alive"),
                record(6, "vacant", node=ADA, epoch=5),
                peer(7, ADA, "alive"),
                record(9, "phase", phase="lobby"),
            )
        ]
    )
    spans = [(r.from_s, r.to_s) for r in told.lanes[0].lives[0].tenures]
    assert spans == [(0, 3), (4, 6)]


def test_an_election_tells_who_came_after_whom_and_how_long_nobody_coordinated() -> None:
    first, second = elections(tell(an_election()))
    assert (first.node, first.epoch, first.knew, first.vacant_since_s) == (ADA, 5, 3, None)
    assert (second.node, second.epoch, second.knew) == (BEN, 9, 3)
    assert (second.at_s, second.vacant_since_s) == (10.5, 10.0)


def test_only_who_says_so_itself_coordinates() -> None:
    found = [(tenure.node, tenure.epoch) for tenure in in_charge(tell(an_election()))]
    assert found == [(ADA, 5), (BEN, 9)]


def test_greetings_are_no_verdicts() -> None:
    verdicts = lane(tell(an_election()), CLEO).lives[0].verdicts
    assert [(v.of, v.state) for v in verdicts] == [
        (ADA, "suspect"),
        (ADA, "down"),
        (BEN, "left"),
    ]


def test_phases_begin_with_the_first_who_saw_them_and_never_run_back() -> None:
    def phase(at_s: float, name: str) -> LogRecord:
        return record(at_s, "phase", phase=name)

    story = tell(
        [
            log(ADA, joined(0, ADA), phase(1, "lobby"), phase(2, "countdown"), phase(5, "racing")),
            log(BEN, joined(0, BEN), phase(2.1, "lobby"), phase(4.9, "racing"), phase(5, "lobby")),
        ]
    )
    assert [(phase.name, phase.from_s, phase.to_s) for phase in story.phases] == [
        ("lobby", 1, 2),
        ("countdown", 2, 4.9),
        ("racing", 4.9, 5),
    ]


def test_what_a_node_tells_of_others_is_not_on_its_line() -> None:
    told = log(ADA, joined(0, ADA), record(1, "lap", node=BEN, lap=1, ms=9))
    assert [mark.kind for mark in tell([told]).lanes[0].lives[0].marks] == [MarkKind.JOINED]


def test_a_car_that_is_driven_for_its_owner_stands_on_the_drivers_line() -> None:
    control = record(1, "control", car=BEN, driver=ADA, lease=1)
    back = record(2, "control", car=BEN, driver=BEN, lease=2)
    story = tell([log(ADA, joined(0, ADA), control, back), log(BEN, joined(0, BEN), back)])
    texts = [[mark.text for mark in each.lives[0].marks] for each in story.lanes]
    assert texts == [["joined", "drives for ben"], ["joined", "drives itself"]]


def test_an_event_without_its_field_is_named() -> None:
    with pytest.raises(LogError, match="'epoch' should be a whole number"):
        tell([log(ADA, joined(0, ADA), record(1, "coordinator", node=ADA))])
