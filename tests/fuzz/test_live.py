"""A race goes on whatever a stranger says, and whatever a member seals that nobody would say."""

from __future__ import annotations

import pytest

from net.security.replay_window import ReplayWindow
from net.sim import Violation
from tests.fuzz.live import GROWTH_BYTES_MAX, weigh
from tests.fuzz.live_race import LiveRace
from tests.fuzz.member import Member
from tests.fuzz.node_state import digest_of, standing_of
from tests.fuzz.stranger import EffectError, Stranger

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def race() -> LiveRace:
    return LiveRace(1)


def test_what_a_stranger_says_changes_nothing_in_a_race(race: LiveRace) -> None:
    stranger = Stranger(race, 1)
    for _ in range(8):
        race.run_slice()
        stranger.feed(512)
    assert stranger.fed.answered > 0, "a first message is answered"
    assert stranger.fed.looks > 0
    assert race.is_on
    assert weigh(stranger) < GROWTH_BYTES_MAX


def test_what_is_authentic_shows_in_what_is_compared(race: LiveRace) -> None:
    _, host = race.hosts[0]
    before = digest_of(host), standing_of(host)
    race.run_slice()
    assert digest_of(host) != before[0]
    assert standing_of(host) != before[1]


def test_a_node_that_takes_replays_is_noticed(
    race: LiveRace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReplayWindow, "is_fresh", lambda _window, _counter: True)
    with pytest.raises((EffectError, Violation)):
        Stranger(race, 1).feed(512)


def test_what_a_member_seals_ends_no_race_of_the_others(race: LiveRace) -> None:
    member = Member(race, 1)
    member.learn()
    for _ in range(6):
        race.run_slice()
        member.feed(256)
    member.leave()
    assert member.said > 1000
    assert race.is_on
