"""Who is not in the race yet is told whom it waits for, and why."""

from __future__ import annotations

from random import Random

import pytest

from net import PeerChanged, PeerState, Report, Synced, Waiting, WaitReason
from racer.play.reports import WaitingSeen
from racer.play.session import Session
from racer.play.show.waiting import with_nearby
from tests.play.company import FakeView, player
from tests.play.rooms import ADA, BEN

LISTED = Waiting(WaitReason.UNANSWERED, BEN, ("192.168.1.7", 40000))
NOBODY = WaitingSeen("fridey", "nobody", None, None, "no race named fridey here")


@pytest.fixture
def session() -> Session:
    return Session(player(), ADA, {}, {}, Random(1))


@pytest.fixture
def node() -> FakeView:
    return FakeView(ADA, synced=False)


def told(session: Session, node: FakeView, waiting: Waiting) -> WaitingSeen:
    """Return what a session reports of a wait."""
    (report,) = session.on_event(waiting, node, 0)
    assert isinstance(report, Report)
    assert isinstance(report.what, WaitingSeen)
    return report.what


def shown(session: Session, node: FakeView) -> str:
    session.on_tick(node, 1)
    assert session.view is not None
    return session.view.waiting


def test_who_is_listed_and_mute_is_named_with_its_address(session: Session, node: FakeView) -> None:
    session.on_event(PeerChanged(BEN, 1, "Sam", PeerState.DOWN), node, 0)
    seen = told(session, node, LISTED)
    words = "friday: Sam is listed at 192.168.1.7 but has not answered"
    assert seen == WaitingSeen("friday", "unanswered", BEN, "192.168.1.7", words)
    assert shown(session, node) == words


@pytest.mark.parametrize("reason", WaitReason)
def test_every_wait_has_its_words(session: Session, node: FakeView, reason: WaitReason) -> None:
    words = told(session, node, Waiting(reason, BEN)).text
    assert "friday" in words
    assert shown(session, node) == words


@pytest.mark.parametrize("reason", WaitReason)
def test_a_wait_that_no_waiting_ends_is_told_apart(
    session: Session, node: FakeView, reason: WaitReason
) -> None:
    told(session, node, Waiting(reason, BEN))
    session.on_tick(node, 1)
    assert session.view is not None
    assert session.view.barred is (
        reason.value in {"passphrase", "locked", "unlocked", "incompatible"}
    )
    session.on_event(Synced((), 0), node, 1)
    session.on_tick(node, 2)
    assert not session.view.barred


def test_once_in_the_race_nothing_is_shown_in_its_place(session: Session, node: FakeView) -> None:
    told(session, node, LISTED)
    session.on_event(Synced((), 0), node, 1)
    assert shown(session, node) == ""


def test_a_race_that_is_left_for_a_while_stays_in_sight(session: Session, node: FakeView) -> None:
    """At a merge one may wait too: the words stand beside the race, and not in its place."""
    session.on_event(Synced((), 0), node, 0)
    words = told(session, node, LISTED).text
    assert shown(session, node) == ""
    assert session.view is not None
    assert [notice.text for notice in session.view.notices] == [words]


def test_what_is_nearby_is_told_where_nobody_is() -> None:
    seen = with_nearby(NOBODY, ["friday", "sunday"], closed=False)
    assert seen.text == "no race named fridey here; races here: friday, sunday"
    assert seen.races == ("friday", "sunday")
    assert (
        with_nearby(NOBODY, [], closed=False).text == "no race named fridey here; races here: none"
    )


def test_a_race_behind_another_passphrase_is_told_as_such() -> None:
    seen = with_nearby(NOBODY, ["fridey"], closed=True)
    assert seen.text == "fridey is here, but not with this passphrase (--passphrase-file)"


def test_what_is_nearby_matters_to_nobody_who_waits_for_somebody() -> None:
    seen = WaitingSeen("friday", "gathering", BEN, None, "friday: Sam waits for it too")
    assert with_nearby(seen, ["sunday"], closed=False) == seen
