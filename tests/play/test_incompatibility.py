"""A player is told in plain words with whom it cannot race, and why."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from net import (
    Committed,
    Decree,
    HistoryTooNew,
    LineageEntered,
    Report,
    SpeakVersion,
    Versions,
    VersionsDiffer,
)
from racer.play.reports import HistoryTooNewSeen, IncompatibleSeen, VersionSpoken
from racer.play.session import Session
from racer.play.show.incompatibility import apart_in_brief, why_apart
from tests.play.company import LINEAGE, FakeView, player
from tests.play.rooms import ADA, BEN

N = Versions(3, 3, 2)
NEXT = Versions(3, 4, 2)
AFTER_NEXT = Versions(4, 5, 2)


@pytest.mark.parametrize(
    ("theirs", "ours", "they", "we"),
    [
        (AFTER_NEXT, N, "protocol 4 to 5", "protocol 3"),
        (N, AFTER_NEXT, "protocol 3", "protocol 4 to 5"),
        (replace(N, program=3), N, "physics 3", "physics 2"),
        (replace(AFTER_NEXT, program=3), N, "protocol 4 to 5", "protocol 3"),
        (replace(NEXT, room=4), N, "protocol 4 in its race", "protocol 3"),
        (N, replace(NEXT, room=4), "protocol 3", "protocol 4 in its race"),
        (replace(N, room=3), AFTER_NEXT, "protocol 3", "protocol 4 to 5"),
    ],
)
def test_both_read_what_differs(theirs: Versions, ours: Versions, they: str, we: str) -> None:
    assert why_apart("it", theirs, ours).startswith(f"it runs {they}, this machine {we}: ")
    assert apart_in_brief(theirs, ours) == f"runs {they}, you {we}"


def test_a_session_tells_of_whom_it_cannot_race_with_before_it_is_in_the_room() -> None:
    session = Session(player(), ADA, {}, {}, Random(1))
    event = VersionsDiffer(BEN, "ben", ("10.0.0.7", 7000), AFTER_NEXT, N)
    (told,) = session.on_event(event, FakeView(ADA, synced=False), 0)
    assert isinstance(told, Report)
    assert isinstance(told.what, IncompatibleSeen)
    assert told.what.address == "10.0.0.7:7000"
    assert told.what.text.startswith("ben at 10.0.0.7 runs protocol 4 to 5, this machine ")


def test_a_race_that_newer_code_kept_is_told_to_begin_anew() -> None:
    session = Session(player(), ADA, {}, {}, Random(1))
    (told,) = session.on_event(HistoryTooNew(4), FakeView(ADA, synced=False), 0)
    assert isinstance(told, Report)
    assert isinstance(told.what, HistoryTooNewSeen)
    assert "protocol 4" in told.what.text


def test_what_the_room_speaks_is_told_once() -> None:
    session, view = Session(player(), ADA, {}, {}, Random(1)), FakeView(ADA)
    decree = Committed(Decree(1, 0, bytes(16), SpeakVersion(4)), LINEAGE)
    assert Report(VersionSpoken(4)) in session.on_event(decree, view, 0)
    session.on_event(LineageEntered(b"lineage2"), view, 0)
    assert Report(VersionSpoken(4)) not in session.on_event(decree, view, 0)
