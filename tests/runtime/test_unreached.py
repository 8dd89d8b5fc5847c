"""Why somebody is not reached, found out by asking; and what of it goes to strangers' addresses."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest

from net.discovery.sightings import RaceNearby
from net.ids import Address
from net.runtime import interfaces
from net.runtime.browse import ANSWER_NS, Browser, NamedHosts
from net.runtime.interfaces import LOOPBACK, Interface
from net.runtime.reaching import solitude, unreached
from net.runtime.reaching.reachability import (
    HELLO_BYTES,
    TRIES,
    Reachability,
    WhyUnreached,
    ask_all,
)
from net.runtime.reaching.solitude import ALONE_NS, LOOK_NS, Solitude
from net.runtime.reaching.unreached import HEARD_NS, ILLEGIBLE_MAX, Inquiry, Unreached
from net.wire.versions import OURS, Versions
from tests.loopback import refusing_port
from tests.waiting import until

TAG = bytes(8)
SAM = b"the alias of sam"
CABLE: Address = ("10.7.0.2", 4000)
RADIO: Address = ("fe80::7%3", 4000)
ILLEGIBLE_HERE = Unreached((LOOPBACK, 0), (LOOPBACK, 5), WhyUnreached.ILLEGIBLE)
PRICE = TRIES * HELLO_BYTES


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """Whom an inquiry has asked; nobody answers, and nobody waits for it."""
    calls: list[Address] = []

    def ask(wanted: Collection[Reachability], wait_s: float) -> dict[Address, WhyUnreached]:
        calls.extend(call.address for call in wanted)
        return dict.fromkeys((call.address for call in wanted), WhyUnreached.SILENT)

    monkeypatch.setattr(unreached, "ask_all", ask)
    monkeypatch.setattr(unreached, "STEP_S", 0.01)
    monkeypatch.setattr(unreached, "PATIENCE_NS", 0)
    return calls


@pytest.fixture
def inquiry() -> Iterator[Inquiry]:
    with closing(Inquiry(time.monotonic_ns)) as inquiry:
        yield inquiry


def test_who_does_not_answer_is_told_with_an_address_until_it_is_reached(
    asked: list[Address], inquiry: Inquiry
) -> None:
    assert not inquiry.is_open()
    inquiry.note(SAM, TAG, [CABLE], PRICE)
    assert inquiry.is_open()
    until(lambda: inquiry.why(SAM) is not None, "a reason")
    assert not inquiry.is_open()
    assert inquiry.found() == [Unreached(SAM, CABLE, WhyUnreached.SILENT)]
    inquiry.forget(SAM)
    assert inquiry.found() == []
    assert inquiry.why(SAM) is None


def test_no_more_goes_to_whom_an_advert_names_than_it_has_paid_for(
    asked: list[Address], inquiry: Inquiry
) -> None:
    inquiry.note(SAM, TAG, [CABLE, RADIO], PRICE - 1)
    inquiry.note(b"another alias...", TAG, [CABLE, RADIO], PRICE)
    until(lambda: inquiry.why(b"another alias...") is not None, "a reason for the one that paid")
    assert asked == [RADIO]


def test_who_is_on_no_network_of_ours_is_not_asked_and_told_so(
    asked: list[Address], inquiry: Inquiry
) -> None:
    inquiry.note(SAM, TAG, [], 0, elsewhere=CABLE)
    until(lambda: inquiry.why(SAM) is not None, "a reason")
    assert inquiry.found() == [Unreached(SAM, CABLE, WhyUnreached.OFF_LINK)]
    assert asked == []


def test_whose_advert_cannot_be_read_is_told_while_it_is_heard_of_few_and_nobody_is_asked(
    asked: list[Address],
) -> None:
    now_ns = [0]
    with closing(Inquiry(lambda: now_ns[0])) as inquiry:
        inquiry.note_illegible((LOOPBACK, 42472))
        for number in range(2 * ILLEGIBLE_MAX):
            inquiry.note_illegible((f"10.7.0.{number}", 42472))
        assert len(inquiry.found()) == ILLEGIBLE_MAX
        first = Unreached(("10.7.0.0", 0), ("10.7.0.0", 42472), WhyUnreached.ILLEGIBLE)
        assert inquiry.take_news(now_ns[0]) == first
        assert inquiry.take_news(now_ns[0]) is None, "one line at a time"
        now_ns[0] = HEARD_NS
        inquiry.note_illegible(("10.7.0.0", 42472))
        now_ns[0] += 1
        assert inquiry.found() == [first]
        now_ns[0] += HEARD_NS
        assert inquiry.found() == []
    assert asked == []


def test_a_race_is_unreached_where_nobody_in_it_answers(
    asked: list[Address], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net.runtime.browse.Discovery", lambda *_: socket.socket())
    with closing(Browser(LOOPBACK)) as browser:
        race = RaceNearby("friday", TAG, False, 2, "lobby", "", (SAM, bytes(16)))
        browser._inquiry.note(SAM, TAG, [], 0, CABLE)
        until(lambda: browser._inquiry.why(SAM) is not None, "a reason")
        assert browser.unreached(race) is None, "the other one may answer"
        browser._inquiry.note(bytes(16), TAG, [RADIO], PRICE)
        until(lambda: browser._inquiry.why(bytes(16)) is not None, "a reason")
        found = browser.unreached(race)
        assert found is not None
        assert found.why is WhyUnreached.SILENT, "that says most"


def test_a_machine_that_refuses_is_told_from_one_that_is_silent() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((LOOPBACK, 0))
        deaf = Reachability(silent.getsockname(), TAG)
        with refusing_port() as port:
            refusing = Reachability((LOOPBACK, port), TAG)
            assert ask_all([refusing, deaf], 0.3) == {
                refusing.address: WhyUnreached.REFUSED,
                deaf.address: WhyUnreached.SILENT,
            }
        assert len(silent.recv(200)) == HELLO_BYTES


def test_who_only_asks_speaks_no_version_of_anybody() -> None:
    asking = Versions(255, 255, 0, 0)
    assert asking.only_asks
    assert not OURS.only_asks


def test_who_is_on_a_network_of_ours_that_was_left_out_is_told_so() -> None:
    found = unreached.judge(SAM, {}, (LOOPBACK, 4000))
    assert found == Unreached(SAM, (LOOPBACK, 4000), WhyUnreached.LEFT_OUT)


@pytest.mark.parametrize(
    ("host", "prefix", "why"),
    [
        ("10.77.0.1", 16, WhyUnreached.MASKED),
        ("10.77.5.1", 16, WhyUnreached.SILENT),
        ("10.77.5.1", 24, WhyUnreached.SILENT),
        ("10.99.0.1", 16, WhyUnreached.SILENT),
        ("fe80::7%3", 16, WhyUnreached.SILENT),
    ],
)
def test_who_is_near_by_our_wide_netmask_alone_may_have_a_narrow_one(
    host: str, prefix: int, why: WhyUnreached
) -> None:
    card = Interface("eth0", "10.77.5.2", loopback=False, multicast=True, prefix=prefix)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unreached, "list_interfaces", lambda: (card,))
        found = unreached.judge(SAM, {(host, 4000): WhyUnreached.SILENT}, None)
    assert found == Unreached(SAM, (host, 4000), why)


WIRED = Interface("eth0", "127.0.0.9", loopback=False, multicast=True, prefix=8)
TUNNEL = Interface("tun0", LOOPBACK, loopback=False, multicast=False, prefix=32)


@pytest.mark.parametrize(
    ("cards", "host", "is_it"),
    [
        ((WIRED, TUNNEL), "127.0.0.5", True),
        ((TUNNEL,), "127.0.0.5", False),
        ((replace(WIRED, address=LOOPBACK), TUNNEL), "127.0.0.5", False),
        ((WIRED,), "127.0.0.5", False),
        ((WIRED, TUNNEL), "fe80::7%1", False),
    ],
    ids=["a VPN takes it", "an overlay", "as it should be", "nobody knows", "of its link"],
)
def test_what_is_for_our_network_and_leaves_by_a_card_elsewhere_is_diverted(
    cards: tuple[Interface, ...], host: str, is_it: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interfaces, "list_interfaces", lambda: cards)
    assert interfaces.is_diverted(host) is is_it


@pytest.mark.parametrize("why", [WhyUnreached.SILENT, WhyUnreached.ISOLATED, WhyUnreached.REFUSED])
def test_who_is_not_reached_since_a_vpn_takes_what_is_for_it_is_told_so(why: WhyUnreached) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unreached, "is_diverted", lambda host: host == "10.77.0.1")
        for host, told in (("10.77.0.1", WhyUnreached.DIVERTED), ("10.78.0.1", why)):
            found = unreached.judge(SAM, {(host, 4000): why}, None)
            assert found == Unreached(SAM, (host, 4000), told)
        assert unreached.judge(SAM, {("10.77.0.1", 4000): OURS}, None) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.77.5.2"])
def test_no_network_lies_between_us_and_who_is_silent_on_this_very_machine(host: str) -> None:
    card = Interface("eth0", "10.77.5.2", loopback=False, multicast=True, prefix=16)
    with pytest.MonkeyPatch.context() as patch:
        for module in (unreached, interfaces):
            patch.setattr(module, "list_interfaces", lambda: (card,))
        found = unreached.judge(SAM, {(host, 4000): WhyUnreached.SILENT}, None)
    assert found == Unreached(SAM, (host, 4000), WhyUnreached.HANGING)


def test_that_nobody_is_heard_is_told_once_until_somebody_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = Interface("eth0", "10.7.0.1", loopback=False, multicast=True, prefix=24)
    monkeypatch.setattr(solitude, "race_interfaces", lambda chosen: (card,))
    alone = Solitude(None, 4000, 0)
    assert alone.take(ALONE_NS - 1) is None
    told = alone.take(ALONE_NS)
    assert told == Unreached(b"", ("10.7.0.1", 4000), WhyUnreached.UNHEARD)
    assert alone.take(2 * ALONE_NS) is None
    alone.on_seen(["10.7.0.2"], 2 * ALONE_NS)
    assert alone.take(3 * ALONE_NS) == told


@pytest.mark.parametrize("way", [Solitude.on_seen, Solitude.on_company])
def test_who_is_on_this_machine_too_is_nobody_else(
    way: Callable[[Solitude, Collection[str], int], None],
) -> None:
    ours = [
        Interface("eth0", host, loopback=False, multicast=True, prefix=24)
        for host in ("10.7.0.1", "fe80::1%3")
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solitude, "race_interfaces", lambda chosen: ours)
        patch.setattr(solitude, "list_interfaces", lambda: ours)
        alone = Solitude(None, 4000, 0)
        way(alone, ["10.7.0.1", "fe80::1%4"], ALONE_NS - 1)
        told = alone.take(ALONE_NS)
        assert told == Unreached(b"", ("10.7.0.1", 4000), WhyUnreached.UNHEARD)
        for hosts in (["10.7.0.1", "10.7.0.2"], [""]):
            way(alone, hosts, 2 * ALONE_NS)
            assert alone.take(3 * ALONE_NS - 1) is None
            assert alone.take(3 * ALONE_NS) == told


def test_who_tells_of_itself_without_an_address_is_somebody() -> None:
    alone = Solitude(LOOPBACK, 4000, 0)
    alone.on_seen([], ALONE_NS)
    assert alone.take(2 * ALONE_NS - 1) is None


def test_who_chose_the_loopback_has_company_there() -> None:
    alone = Solitude(LOOPBACK, 4000, 0)
    alone.on_company([LOOPBACK], ALONE_NS)
    assert alone.take(2 * ALONE_NS - 1) is None


def test_our_address_of_now_is_ours_and_what_cannot_be_listed_is_asked_again() -> None:
    def fail(*_: object) -> tuple[Interface, ...]:
        raise OSError(24, "no handle left")

    card = Interface("eth0", "10.7.0.1", loopback=False, multicast=True, prefix=24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solitude, "list_interfaces", fail)
        patch.setattr(solitude, "race_interfaces", fail)
        alone = Solitude(None, 4000, 0)
        assert alone.take(ALONE_NS) is None
        patch.setattr(solitude, "list_interfaces", lambda: (card,))
        patch.setattr(solitude, "race_interfaces", lambda chosen: (card,))
        alone.on_seen(["10.7.0.1"], LOOK_NS)
        assert alone.take(LOOK_NS) is not None


def test_a_machine_without_a_network_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Interface("lo", LOOPBACK, loopback=True, multicast=False, prefix=8)
    monkeypatch.setattr(solitude, "race_interfaces", lambda chosen: (home,))
    told = Solitude(None, 4000, 0).take(ALONE_NS)
    assert told == Unreached(b"", None, WhyUnreached.NO_NETWORK)
    chosen = Solitude(LOOPBACK, 4000, 0).take(ALONE_NS)
    assert chosen == Unreached(b"", (LOOPBACK, 4000), WhyUnreached.UNHEARD)


def test_of_all_who_are_named_at_once_it_is_told_how_it_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, asked = [ANSWER_NS], list[str]()
    monkeypatch.setattr("net.runtime.browse.now_ns", lambda: clock[0])
    monkeypatch.setattr("net.runtime.browse.Discovery", lambda *_: Asking(asked))
    monkeypatch.setattr(
        unreached, "ask_all", lambda calls, wait_s: {each.address: OURS for each in calls}
    )
    both = ("127.0.0.2", "127.0.0.3")
    with closing(Browser(LOOPBACK)) as browser:
        assert browser.asking() is None
        for port in (0, 40_000):
            clock[0] += ANSWER_NS
            browser.ask(("127.0.0.2", port), ("127.0.0.3", 0))
            waiting = NamedHosts(both, "", True, bool(port), ())
            until(partial(is_asking, browser, waiting), "both of them")
            assert browser.is_open()
            clock[0] += ANSWER_NS
            assert browser.asking() == replace(waiting, is_waiting=False)
        assert set(asked) == set(both)


def test_why_a_place_that_a_person_typed_does_not_answer_is_found_at_both_its_ports(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("net.runtime.browse.Discovery", lambda *_: Asking([]))
    with (
        refusing_port() as beacon,
        refusing_port() as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent,
        closing(Browser(LOOPBACK)) as browser,
    ):
        silent.bind((LOOPBACK, 0))
        monkeypatch.setattr("net.runtime.browse.BEACON_PORT", beacon)
        refused = [
            Unreached((LOOPBACK, at), (LOOPBACK, at), WhyUnreached.REFUSED) for at in (beacon, port)
        ]
        browser.ask((LOOPBACK, port))
        until(lambda: len(told_of(browser)) == len(refused), "a reason at both")
        told = browser.asking()
        assert told is not None
        assert (told.hosts, told.is_waiting, told.at_ports) == ((LOOPBACK,), False, True)
        assert set(told.found) == set(refused), "the port of a race is asked as well"
        monkeypatch.setattr("net.runtime.browse.BEACON_PORT", silent.getsockname()[1])
        monkeypatch.setattr(unreached, "ANSWER_S", 0.3)
        browser.ask((LOOPBACK, 0))
        until(lambda: (asked := browser.asking()) is not None and bool(asked.found), "a reason")
        assert {each.why for each in told_of(browser)} == {WhyUnreached.HANGING}
        monkeypatch.setattr(Inquiry, "found", lambda _: [ILLEGIBLE_HERE])
        assert told_of(browser) == (ILLEGIBLE_HERE,)


def is_asking(browser: Browser, wanted: NamedHosts) -> bool:
    return browser.asking() == wanted


def told_of(browser: Browser) -> tuple[Unreached, ...]:
    asked = browser.asking()
    assert asked is not None
    return asked.found


class Asking:
    """A discovery that asks nobody, and notes whom it would."""

    def __init__(self, asked: list[str]) -> None:
        self._asked = asked

    def ask(self, host: str) -> None:
        self._asked.append(host)

    def close(self) -> None:
        pass
