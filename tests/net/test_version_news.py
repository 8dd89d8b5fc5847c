"""Who cannot be spoken with is told now and then, not each time."""

from __future__ import annotations

import pytest

from net.cluster.actions import Send
from net.cluster.failure_detector import FailureDetector, Health
from net.limits import PEERS_MAX, SECOND, TELL_AGAIN_NS, TOLD_MAX
from net.node.counters import NodeCounters
from net.node.liveness import Liveness
from net.node.peers import Peer, Peers
from net.node.program import VersionsDiffer
from net.node.version_news import VersionNews
from net.transport.actions import (
    Denied,
    Incompatible,
    Opened,
    PutOff,
    PutOffReason,
    TwinFound,
    TwinPart,
)
from net.wire.messages import Tried
from net.wire.versions import OURS, Versions
from tests.net.healths import ON_TIME

ADA = b"a" * 16
HERE = ("10.0.0.7", 7000)
NEWER = Versions(8, 9)


def found(*, answers: bool = True, theirs: Versions = NEWER, host: str = HERE[0]) -> Incompatible:
    return Incompatible(ADA if answers else None, (host, 7000), theirs, answers)


def test_each_is_told_once_in_ten_seconds_by_whichever_way_it_comes() -> None:
    news = VersionNews(Peers())
    told = VersionsDiffer(ADA, "", HERE, NEWER, OURS)
    assert news.on_incompatible(found(), OURS, 0) == [told]
    for at_ns in range(0, TELL_AGAIN_NS, SECOND):
        assert news.on_incompatible(found(), OURS, at_ns) == []
        assert news.on_incompatible(found(answers=False), OURS, at_ns) == []
        assert news.on_incompatible(found(host="10.1.1.7"), OURS, at_ns) == []  # another card of it
    assert news.on_incompatible(found(), OURS, TELL_AGAIN_NS) == [told]


def test_of_strangers_without_number_few_are_told() -> None:
    news = VersionNews(Peers())
    told = [
        each
        for n in range(1000)
        for each in news.on_incompatible(found(answers=False, host=f"10.0.{n}.1"), OURS, n)
    ]
    assert len(told) == TOLD_MAX


def test_who_is_put_off_is_told_once_in_ten_seconds() -> None:
    news = VersionNews(Peers())
    found = PutOff(ADA, "ada", HERE, PutOffReason.PAST_LIFE)
    assert [news.on_put_off(found, at) for at in (0, SECOND, TELL_AGAIN_NS)] == [
        [found],
        [],
        [found],
    ]


def test_of_a_crowd_one_is_told() -> None:
    news = VersionNews(Peers())
    told = [
        each
        for n in range(9)
        for each in news.on_put_off(PutOff(None, "", (f"10.0.{n}.1", 1), PutOffReason.BUSY), n)
    ]
    assert [each.address for each in told] == [("10.0.0.1", 1)]


def test_what_strangers_make_up_crowds_out_nothing_of_another_kind() -> None:
    news = VersionNews(Peers())
    for n in range(2 * TOLD_MAX):
        host = f"10.0.{n}.1"
        news.on_incompatible(found(answers=False, host=host), OURS, n)
        news.on_put_off(PutOff(None, "", (host, 1), PutOffReason.GUESSES), n)
        news.on_denied(Denied(None, (host, 1), ours=False), n)
    full = PutOff(ADA, "ada", HERE, PutOffReason.FULL)
    assert news.on_put_off(full, SECOND) == [full]
    assert news.on_denied(Denied(ADA, HERE, ours=True), SECOND)
    twin = TwinFound(ADA, HERE, TwinPart.STAYS)
    assert news.on_twin(twin, SECOND) == [twin]
    surplus = PutOff(None, "", ("10.9.9.9", 1), PutOffReason.GUESSES)
    assert news.on_put_off(surplus, SECOND) == []


def test_that_our_word_is_wrong_is_told_once_however_many_addresses_say_so() -> None:
    news = VersionNews(Peers())
    assert news.on_denied(Denied(ADA, ("10.0.0.7", 1), ours=True), 0)
    assert news.on_denied(Denied(ADA, ("fe80::7%2", 1), ours=True), SECOND) == []
    assert news.on_denied(Denied(ADA, ("fe80::7%2", 1), ours=True), TELL_AGAIN_NS)


def test_who_was_a_peer_before_is_told_by_its_name() -> None:
    peers = Peers()
    peers.put(Peer(ADA, 1, "ada", Health.DOWN))
    (told,) = VersionNews(peers).on_incompatible(found(), OURS, 0)
    assert told.name == "ada"


def test_a_wrong_passphrase_at_our_door_is_told_to_all_who_are_here_and_ours_to_nobody() -> None:
    peers = Peers()
    peers.put(Peer(ADA, 1, "ada", Health.ALIVE))
    liveness = Liveness(FailureDetector(ADA, ON_TIME), peers, NodeCounters())
    link_local = ("fe80::7%eth0", 7000)
    told = liveness.tell_of_try(Denied(None, link_local, ours=False))
    assert told == [Send(ADA, Tried("fe80::7", 7000))]
    assert liveness.tell_of_try(Denied(ADA, HERE, ours=True)) == []


@pytest.mark.parametrize("synced", [False, True])
def test_a_wrong_passphrase_is_told_and_never_as_ours_once_we_are_in(synced: bool) -> None:
    liveness = Liveness(FailureDetector(ADA, ON_TIME), Peers(), NodeCounters())
    found = Denied(ADA, HERE, ours=True)
    assert liveness.on_denied(found, synced, 0) == [Denied(ADA, HERE, ours=not synced)]


def test_a_life_beyond_the_table_of_peers_is_no_peer_and_told_of() -> None:
    peers, counters = Peers(), NodeCounters()
    for number in range(PEERS_MAX):
        peers.put(Peer(number.to_bytes(16), 1, "", Health.ALIVE))
    liveness = Liveness(FailureDetector(ADA, ON_TIME), peers, counters)
    sam = b"s" * 16
    for address, told in ((HERE, [PutOff(sam, "sam", HERE, PutOffReason.FULL)]), (None, [])):
        opened = Opened(sam, 1, "sam", b"", address, OURS)
        assert liveness.admit_peer(opened, 0) == told
        assert peers.get(sam) is None
    assert counters.peers_full == 2
