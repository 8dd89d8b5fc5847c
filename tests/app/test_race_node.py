"""A node with a session on it, on the loopback: what it tells comes typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from net import Dot, Leave, Report
from net.runtime.disk.profile import Profile
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import DEFAULT
from racer.app.evening import NAME
from racer.app.greeting import greet
from racer.app.options import Shared
from racer.app.race_node import RaceNode, RecordKeeping
from racer.app.record_store import FOLDER, RecordStore
from racer.core.rules.race_setup import RaceSetup
from racer.play.records.record_book import SaveRecord
from racer.play.reports import ChatSeen, Joined
from racer.play.room.lap_record import make_record
from racer.play.room.messages import Setup
from racer.play.session import Player
from tests.play.laps import signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from racer.app.race_node import Told

PLAYER = Player(
    race="alone",
    name="ada",
    bot=True,
    setup=Setup(RaceSetup(DEFAULT, 1, circuit_ids()[DEFAULT]), 2),
)
SHARED = Shared(name="ada", interface="127.0.0.1")


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    profile = Profile.open(tmp_path)
    yield profile
    profile.close()


def test_a_node_tells_what_its_session_reports_until_it_is_told_to_leave(profile: Profile) -> None:
    told: list[Told] = []

    def tell(what: Told) -> None:
        told.append(what)
        if isinstance(what, Joined):
            service.post(Leave())

    node = RaceNode(profile, PLAYER, None, tell)
    service = node.open(greet(profile, PLAYER.race, SHARED))
    service.post(Report(Trouble("peer", "nobody there")))
    service.run()
    assert told[0] == Trouble("peer", "nobody there")
    assert Joined("alone", profile.identity.node_id, "ada") in told
    assert node.session.placard["track"] == DEFAULT


def test_a_record_goes_to_the_store_and_is_told_to_nobody(profile: Profile) -> None:
    store = RecordStore(profile.directory)
    told: list[Told] = []
    service = RaceNode(profile, PLAYER, RecordKeeping(store, True), told.append).open(
        greet(profile, PLAYER.race, SHARED)
    )
    record = make_record((circuit_ids()[DEFAULT], 0), 31_240, "ada", b"a recording", signer(3))
    service.post(Report(SaveRecord(record, b"a recording")))
    service.post(Leave())
    service.run()
    store.close()
    assert len(list((profile.directory / FOLDER).iterdir())) == 1
    assert not any(isinstance(what, SaveRecord) for what in told)


def test_lines_that_are_not_kept_are_told_once_and_counted(profile: Profile) -> None:
    (profile.directory / NAME).mkdir()
    told: list[Told] = []

    def tell(what: Told) -> None:
        told.append(what)
        if isinstance(what, Trouble):
            service.post(Leave())

    node = RaceNode(profile, PLAYER, None, tell)
    service = node.open(greet(profile, PLAYER.race, SHARED))
    me = profile.identity.node_id
    for n in range(2):
        service.post(Report(ChatSeen(n, me, "hello", Dot(me, 1, n + 1), None, n)))
    service.run()
    node.close()
    (trouble,) = [each for each in told if isinstance(each, Trouble)]
    assert trouble.part == "evening"
    assert node.counters(service).faults["evening.dropped"] == 2


def test_what_no_session_reports_ends_the_node_by_name(profile: Profile) -> None:
    service = RaceNode(profile, PLAYER, None, lambda _: None).open(
        greet(profile, PLAYER.race, SHARED)
    )
    service.post(Report("nonsense"))
    with pytest.raises(TypeError, match="nonsense"):
        service.run()
