"""Who is not reached has a name where one is known, and an address, in every line of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from net import PeerState, PutOff, PutOffReason, Report, VersionsDiffer, Waiting, WaitReason
from net.runtime.browse import NamedHosts
from net.runtime.disk.acquaintances import Acquaintance, Acquaintances
from net.runtime.interfaces import LOOPBACK, Interface
from net.runtime.reaching.reachability import WhyUnreached
from net.runtime.reaching.unreached import Unreached
from racer.app.doctor import named_peers
from racer.app.doctor.named_peers import examine_peers
from racer.app.unreached import asked_words, card_words, unreached_seen
from racer.play.reports import IncompatibleSeen, PutOffSeen, WaitingSeen
from racer.play.room.roster import Roster
from racer.play.session import Session
from racer.play.show.incompatibility import OURS, report_of
from racer.play.show.waiting import waiting_seen
from tests.loopback import refusing_port
from tests.play.company import FakeView, player
from tests.play.rooms import ADA, BEN

ALIAS, STRANGER = b"alias of her now", b"alias of who not"
AT = ("192.168.1.7", 40_000)
SILENT = WhyUnreached.SILENT


def acquaintances(*names: str) -> Acquaintances:
    """Return them, all met at one address; the last one is known by its alias."""
    met = Acquaintances()
    for number, name in enumerate(names):
        alias = ALIAS if number == len(names) - 1 else b""
        met.note(Acquaintance(bytes([number]) * 16, alias, name, AT))
    return met


def test_whom_we_know_by_its_advert_is_told_by_name_and_address() -> None:
    found, met = Unreached(ALIAS, AT, SILENT), acquaintances("Sam")
    seen = unreached_seen("friday", found, met)
    assert seen.text.startswith("Sam, 192.168.1.7, is in friday, but does not answer")
    assert (seen.name, seen.address) == ("Sam", "192.168.1.7:40000")
    assert card_words(found, met).startswith("Sam, 192.168.1.7, does not answer")
    guest = unreached_seen("friday", replace(found, is_guest=True), met)
    assert guest.text.startswith("Sam, 192.168.1.7, wants to join friday, but does not answer")
    away = Unreached(ALIAS, None, WhyUnreached.OFF_LINK)
    assert unreached_seen("friday", away, met).text.startswith("Sam is in friday, but is on")
    assert card_words(away, met).startswith("Sam is on another network")


@pytest.mark.parametrize(
    ("names", "guess"),
    [
        ((), ""),
        (("Sam",), ", where Sam was,"),
        (("Sam", "Ben"), ", where Ben and Sam were,"),
        (("Sam", "Ben", "Eve"), ", where Eve and others were,"),
    ],
)
def test_whom_we_know_by_the_address_alone_is_told_as_a_guess(
    names: tuple[str, ...], guess: str
) -> None:
    found, met = Unreached(STRANGER, AT, SILENT), acquaintances(*names)
    seen = unreached_seen("friday", found, met)
    assert seen.text.startswith(f"somebody at 192.168.1.7{guess} is in friday, but")
    assert seen.name == "", "programs are told no guess"
    assert card_words(found, met).startswith(f"192.168.1.7{guess} does not answer")


def test_at_an_address_that_a_person_names_it_is_told_who_was_there() -> None:
    met = acquaintances("Sam")
    text = unreached_seen("friday", Unreached(AT, AT, SILENT), met).text
    assert text.startswith("nobody answers at 192.168.1.7, where Sam was: a firewall")
    text = unreached_seen("friday", Unreached(AT, AT, WhyUnreached.ISOLATED), met).text
    assert text.startswith("somebody at 192.168.1.7, where Sam was, is named, but cannot")


def test_whose_advert_cannot_be_read_is_told_with_who_was_there_and_what_to_do() -> None:
    found = Unreached((AT[0], 0), AT, WhyUnreached.ILLEGIBLE)
    seen = unreached_seen("friday", found, acquaintances("Sam"))
    assert seen.text == (
        "192.168.1.7, where Sam was, tells of a race what this racer cannot read:"
        " update both, or end that program"
    )
    assert (seen.why, seen.address) == ("illegible", "192.168.1.7:40000")


def test_the_doctor_tells_who_was_at_an_address_where_nothing_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with refusing_port() as port:  # of a race and of the beacon: another race may be open here
        monkeypatch.setattr(named_peers, "BEACON_PORT", port)
        met = Acquaintances()
        met.note(Acquaintance(bytes(16), b"", "Sam", (LOOPBACK, port)))
        (finding,) = examine_peers(((LOOPBACK, port),), met)
    assert "where Sam was" in finding.found


WHY = WhyUnreached


@pytest.mark.parametrize(
    ("whys", "words"),
    [
        ((WHY.SILENT,), "does not answer: is a race open there, and UDP 42472 let in?"),
        ((WHY.SILENT, WHY.REFUSED), "does not answer: is a race open there"),
        ((WHY.REFUSED, WHY.REFUSED), "is there, and says that no racer listens: open a race"),
        ((WHY.ISOLATED,), "cannot be reached: gone, or the access point keeps stations apart"),
        ((WHY.UNREACHABLE,), "this machine knows no way there: join one network"),
        ((WHY.SILENT, WHY.ILLEGIBLE), "tells of a race what this racer cannot read: update both"),
        ((), "does not answer"),
    ],
)
def test_why_who_was_typed_does_not_answer_is_told_as_it_is(
    whys: tuple[WhyUnreached, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Interface("eth0", "192.168.1.2", loopback=False, multicast=True, prefix=24)
    monkeypatch.setattr("racer.app.unreached.list_interfaces", lambda: (near,))
    found = tuple(Unreached((AT[0], k), (AT[0], k), why) for k, why in enumerate(whys))
    asked = NamedHosts((AT[0],), unknown="", is_waiting=False, at_ports=False, found=found)
    met = acquaintances("Sam")
    assert asked_words(asked, met).startswith(f"192.168.1.7, where Sam was, {words}")
    assert asked_words(replace(asked, is_waiting=True), met) == "asking 192.168.1.7 …"
    is_silent = not whys or (WHY.SILENT in whys and WHY.ILLEGIBLE not in whys)
    at_port = asked_words(replace(asked, at_ports=True), met)
    assert at_port.endswith("Who opens a race of its name joins it.") is is_silent
    monkeypatch.setattr("racer.app.unreached.list_interfaces", tuple)
    assert ("on no network of this machine" in asked_words(asked, met)) is is_silent


def test_of_several_who_were_typed_each_is_told_by_its_own_reason() -> None:
    isolated = Unreached(("10.0.0.8", 1), ("10.0.0.8", 1), WHY.ISOLATED)
    hosts = ("10.0.0.7", "10.0.0.8", "10.0.0.9")
    asked = NamedHosts(hosts, unknown="", is_waiting=False, at_ports=False, found=(isolated,))
    one, other = asked_words(asked, Acquaintances()).split("; ")
    assert one.startswith("10.0.0.7, 10.0.0.9 does not answer")
    assert other.startswith("10.0.0.8 cannot be reached")
    none = replace(asked, hosts=(), is_waiting=True)
    assert asked_words(none, Acquaintances()) == "asking for its address …"
    assert asked_words(replace(none, unknown="no such host"), Acquaintances()) == "no such host"
    assert asked_words(None, Acquaintances()) == ""


@pytest.mark.parametrize("reason", WaitReason)
def test_no_line_about_a_wait_shows_the_id_of_anybody(reason: WaitReason) -> None:
    roster = Roster(ADA, "ada", {ALIAS: "Sam"})
    for node, name in ((ALIAS, "Sam"), (STRANGER, "somebody")):
        seen = waiting_seen("friday", Waiting(reason, node, AT), roster)
        assert node.hex()[:4] not in seen.text
        assert name in seen.text or "somebody" not in seen.text


def test_a_name_of_now_counts_more_than_one_of_another_evening() -> None:
    roster = Roster(ADA, "ada", {BEN: "Ben of yore"})
    assert roster.name_of(BEN) == "Ben of yore"
    roster.on_peer(BEN, "ben", PeerState.ALIVE)
    assert roster.name_of(BEN) == "ben"
    roster.on_entry(BEN, "Benjamin")
    assert roster.known_name(BEN) == "Benjamin"
    assert (roster.known_name(STRANGER), roster.known_name(None)) == ("", "")


def test_who_runs_another_version_is_told_by_the_name_of_another_evening() -> None:
    seen = report_of(VersionsDiffer(BEN, "", AT, OURS, OURS), Roster(ADA, "ada", {BEN: "Ben"}))
    assert isinstance(seen, IncompatibleSeen)
    assert seen.text.startswith("Ben at 192.168.1.7 runs")


def test_a_session_knows_whom_its_player_has_met() -> None:
    session = Session(replace(player(), met={ALIAS: "Sam"}), ADA, {}, {}, Random(1))
    waiting = Waiting(WaitReason.UNANSWERED, ALIAS, AT)
    (report,) = session.on_event(waiting, FakeView(ADA, synced=False), 0)
    assert isinstance(report, Report)
    assert isinstance(report.what, WaitingSeen)
    assert report.what.text == "friday: Sam is listed at 192.168.1.7 but has not answered"


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (PutOffReason.PAST_LIFE, "its clock was set back"),
        (PutOffReason.TOO_OFTEN, "begins anew again and again"),
        (PutOffReason.GUESSES, "too many have tried this race with other passphrases"),
        (PutOffReason.BUSY, "more calls come than are heard"),
        (PutOffReason.FULL, "96 machines are in this race"),
    ],
)
def test_who_is_not_heard_now_is_told_by_name_address_reason_and_remedy(
    why: PutOffReason, words: str
) -> None:
    session = Session(replace(player(), met={BEN: "Ben of yore"}), ADA, {}, {}, Random(1))
    view = FakeView(ADA)
    for node, name, who in ((BEN, "Ben", "Ben"), (BEN, "", "Ben of yore"), (None, "", "somebody")):
        (report,) = session.on_event(PutOff(node, name, AT, why), view, 0)
        assert isinstance(report, Report)
        assert isinstance(report.what, PutOffSeen)
        assert report.what.text.startswith(f"{who} at 192.168.1.7 ")
        assert words in report.what.text
        assert (report.what.why, report.what.address) == (why.value, "192.168.1.7:40000")


def test_who_is_answered_and_not_let_in_is_told_what_that_may_be() -> None:
    waiting = Waiting(WaitReason.UNCONFIRMED, ALIAS, AT)
    text = waiting_seen("friday", waiting, Roster(ADA, "ada", {ALIAS: "Sam"})).text
    assert text.startswith("friday: Sam at 192.168.1.7 answers, and does not let us in: ")
    assert "clock was set back" in text


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (WaitReason.BUSY, "is called by more than it hears"),
        (WaitReason.TRIED, "ours is tried there within a minute"),
        (WaitReason.CROWDED, "among more than are called at once"),
    ],
)
def test_who_does_not_hear_us_for_others_is_told_with_what_can_be_done(
    why: WaitReason, words: str
) -> None:
    seen = waiting_seen("friday", Waiting(why, ALIAS, AT), Roster(ADA, "ada", {ALIAS: "Sam"}))
    assert seen.text.startswith("friday: Sam ")
    assert "192.168.1.7" in seen.text
    assert words in seen.text
    assert seen.why == why.value
