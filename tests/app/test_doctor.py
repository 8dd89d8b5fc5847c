from __future__ import annotations

import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from threading import Thread

import pytest

from net.counters import Counters, Counts
from net.discovery.advert import Advert, encode_advert
from net.discovery.beacon import decode_beacon, encode_heard
from net.discovery.sightings import Sighting
from net.ids import Address
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.disk.profile import Profile
from net.runtime.interfaces import LOOPBACK
from net.runtime.mdns_news import BeaconCounters, DiscoveryCounters, Illegible, Seen
from net.runtime.reaching.reachability import Reachability, WhyUnreached, who_answers
from net.transport.datagram import Hello, Negotiation, decode_handshake
from net.wire.versions import Versions
from racer.app.commands import doctor
from racer.app.doctor import (
    machine,
    named_peers,
    narrow_paths,
    neighbours,
    other_doctors,
    ports,
)
from racer.app.doctor.consultation import DoctorCounters
from racer.app.doctor.finding import DROPPED, Grade
from racer.app.doctor.named_peers import examine_peers
from racer.app.doctor.narrow_paths import Ways
from racer.app.doctor.neighbours import Listener, examine_neighbours
from racer.play.show.incompatibility import OURS
from tests.loopback import refusing_port

NOBODY = Acquaintances()


class Answerer:
    """A node of another version, as far as a first message goes."""

    def __init__(self, versions: Versions) -> None:
        self.versions = versions
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LOOPBACK, 0))
        self.socket.settimeout(5)
        self.address = (LOOPBACK, int(self.socket.getsockname()[1]))

    def answer_one(self) -> None:
        data, whence = self.socket.recvfrom(2000)
        hello = decode_handshake(data)
        assert isinstance(hello, Hello)
        self.socket.sendto(Negotiation(hello.sender, self.versions).encode(), whence)


def test_a_node_of_any_version_answers_who_asks_whether_it_is_there() -> None:
    there = Answerer(Versions(9, 9, 0, 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf, there.socket:
        deaf.bind((LOOPBACK, 0))
        silent = (LOOPBACK, int(deaf.getsockname()[1]))
        answering = Thread(target=there.answer_one)
        answering.start()
        answers = who_answers(
            [Reachability(there.address, b"roomtag1"), Reachability(silent, b"roomtag1")], 0.6
        )
        answering.join(5)
    assert answers == {there.address: Versions(9, 9, 0, 0)}


@pytest.mark.parametrize(
    ("versions", "answers", "mark", "said"),
    [
        (OURS, True, Grade.FINE, "answers at"),
        (OURS, False, Grade.DOUBT, "does not answer"),
        (Versions(9, 9, OURS.program, 0), True, Grade.DOUBT, "protocol 9"),
    ],
)
def test_who_is_heard_and_who_answers_is_told_apart(
    versions: Versions, answers: bool, mark: Grade, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ("192.168.1.7", 40_000)
    seen = Sighting(bytes(16), "friday", b"roomtag1", False, (here,), {}, 0, versions)
    monkeypatch.setattr(neighbours, "LISTEN_S", 0.0)
    monkeypatch.setattr(neighbours, "Discovery", lambda *_: Silence())
    heard = [neighbours.HeardNode(seen, ("multicast",))]
    monkeypatch.setattr(Listener, "heard", lambda _: heard)
    told = versions if answers else WhyUnreached.SILENT
    for asking in (neighbours, narrow_paths):
        monkeypatch.setattr(asking, "ask_all", lambda calls, wait_s: {here: told})
    monkeypatch.setattr(narrow_paths, "count_answers", lambda *_: {here: narrow_paths.PROBES})
    (finding,), _ = examine_neighbours(None, NOBODY)
    assert finding.mark is mark
    assert said in finding.found
    assert "friday" in finding.line


def advert(number: int, tag: bytes, *addresses: Address) -> Sighting:
    return Sighting(bytes([number] * 16), "friday", tag, False, addresses, {}, 0, OURS)


def test_who_has_an_address_elsewhere_alone_and_races_of_two_passphrases_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = (LOOPBACK, 40_000), ("10.9.8.7", 40_000)
    listener = Listener()
    listener.on_news(Seen("a.beacon.x", advert(1, b"roomtag1", here), 300))
    listener.on_news(Seen("a.x", advert(1, b"roomtag1"), 300, there))
    listener.on_news(Seen("b.x", advert(2, b"roomtag2"), 300, there))
    listener.on_news(Illegible(("10.9.8.6", 42_472)))
    monkeypatch.setattr(neighbours, "LISTEN_S", 0.0)
    monkeypatch.setattr(neighbours, "Discovery", lambda *_: Silence())
    monkeypatch.setattr(neighbours, "Listener", lambda: listener)
    for asking in (neighbours, narrow_paths):
        monkeypatch.setattr(asking, "ask_all", lambda calls, wait_s: {here: OURS})
    monkeypatch.setattr(narrow_paths, "count_answers", lambda *_: {here: narrow_paths.PROBES})
    (ours, theirs, illegible, words), _ = examine_neighbours(None, NOBODY)
    assert (illegible.what, illegible.found) == (
        "10.9.8.6",
        "it tells of a race what this racer cannot read",
    )
    assert "of this machine" in ours.what
    assert "broadcast and multicast, answers at 127.0.0.1:40000" in ours.found
    assert "another network at 10.9.8.7:40000" in theirs.found
    assert "10.9.8." in theirs.remedy or "join one network" in theirs.remedy, "as this machine is"
    assert "passphrase" in words.line


def test_it_listens_from_when_it_hears_by_all_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Busy(Silence):
        def await_start(self, wait_s: float) -> None:
            done.append(f"began within {wait_s:.0f} s")

    monkeypatch.setattr(neighbours, "Discovery", lambda *_: Busy())
    monkeypatch.setattr(time, "sleep", lambda seconds: done.append(f"heard {seconds}"))
    examine_neighbours(None, NOBODY)
    assert done == ["began within 20 s", f"heard {neighbours.LISTEN_S}"]


class Silence:
    counters = Counts()

    def await_start(self, wait_s: float) -> None: ...

    def close(self) -> None: ...


def test_a_named_machine_that_no_racer_listens_on_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with refusing_port() as port:  # of a race and of the beacon: another race may be open here
        monkeypatch.setattr(named_peers, "BEACON_PORT", port)
        (finding,) = examine_peers(((LOOPBACK, port),), NOBODY)
    assert "no racer listens" in finding.found


@contextmanager
def answering_racer(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Let a racer answer, by its beacon and then by its race; gives the race's port."""
    monkeypatch.setattr(narrow_paths, "PROBE_APART_S", 0.01)
    there = Answerer(OURS)
    beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with there.socket, beacon:
        beacon.bind((LOOPBACK, 0))
        monkeypatch.setattr(named_peers, "BEACON_PORT", int(beacon.getsockname()[1]))
        ours = Advert(bytes(16), "friday", b"roomtag1", False, {}, OURS)

        def answer() -> None:
            _, asker = beacon.recvfrom(600)
            beacon.sendto(encode_heard("racer-x", there.address[1], encode_advert(ours)), asker)
            for _ in range(1 + narrow_paths.PROBES + 1):  # at last what is large
                there.answer_one()

        answering = Thread(target=answer)
        answering.start()
        yield there.address[1]
        answering.join(5)


def test_a_named_machine_that_races_is_told_with_its_race_and_how_to_join(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering_racer(monkeypatch) as port:
        (finding,) = examine_peers(((LOOPBACK, 0),), NOBODY)
    assert (finding.mark, "'friday' is open" in finding.found) == (Grade.FINE, True)
    assert finding.remedy == f"start with --peer {LOOPBACK}:{port}"


def test_a_name_of_two_addresses_is_judged_by_the_one_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(named_peers, "addresses_of", lambda _: [("::1", 0), (LOOPBACK, 0)])
    with answering_racer(monkeypatch) as port:
        (finding,) = examine_peers((("friend.lan", 0),), NOBODY)
    assert (finding.what, finding.mark) == ("friend.lan", Grade.FINE)
    assert finding.remedy == f"start with --peer {LOOPBACK}:{port}"


ONE, OTHER = ("10.9.8.7", 40_000), ("fe80::7%3", 40_000)
SILENT, ISOLATED = WhyUnreached.SILENT, WhyUnreached.ISOLATED


@pytest.mark.parametrize(
    ("answers", "lost", "mark", "found"),
    [
        ({ONE: OURS, OTHER: SILENT}, (), Grade.FINE, "open at 10.9.8.7:40000, and answers"),
        ({ONE: SILENT, OTHER: OURS}, (), Grade.FINE, "open at [fe80::7%3]:40000, and answers"),
        ({ONE: OURS, OTHER: OURS}, (ONE,), Grade.FINE, "open at [fe80::7%3]:40000, and answers"),
        ({ONE: OURS, OTHER: SILENT}, (ONE,), Grade.DOUBT, "is lost on its way to 10.9.8.7:40000"),
        ({ONE: ISOLATED, OTHER: SILENT}, (), Grade.DOUBT, "but does not answer"),
    ],
)
def test_of_all_addresses_at_which_a_machine_is_heard_the_best_counts(
    answers: dict[Address, Versions | WhyUnreached],
    lost: tuple[Address, ...],
    mark: Grade,
    found: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = Advert(bytes(16), "friday", b"roomtag1", False, {}, OURS)
    said = decode_beacon(encode_heard("racer-x", 40_000, encode_advert(ours)))
    monkeypatch.setattr(named_peers, "addresses_of", lambda _: [*answers])
    monkeypatch.setattr(named_peers, "_ask_beacons", lambda hosts: dict.fromkeys(hosts, said))
    monkeypatch.setattr(named_peers, "ask_all", lambda calls, wait_s: answers)
    monkeypatch.setattr(named_peers, "examine_ways", lambda calls, told: Ways(frozenset(lost)))
    (finding,) = examine_peers((("friend.lan", 0),), NOBODY)
    assert finding.mark is mark
    assert found in finding.found


@pytest.mark.parametrize(
    ("whys", "found"),
    [
        ((WhyUnreached.UNREACHABLE, ISOLATED), "keeps its stations apart"),
        ((ISOLATED, SILENT), "nothing answers"),
        ((WhyUnreached.UNREACHABLE, WhyUnreached.REFUSED), "no racer listens"),
    ],
)
def test_of_all_addresses_at_which_nothing_is_heard_the_best_counts(
    whys: tuple[WhyUnreached, ...], found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Address] = []

    def ask(calls: list[Reachability], wait_s: float) -> dict[Address, WhyUnreached]:
        asked.extend(call.address for call in calls)
        return dict(zip(asked, whys, strict=True))

    monkeypatch.setattr(named_peers, "addresses_of", lambda _: [ONE, OTHER, ("224.0.0.1", 40_000)])
    monkeypatch.setattr(named_peers, "_ask_beacons", lambda hosts: {})
    monkeypatch.setattr(named_peers, "ask_all", ask)
    (finding,) = examine_peers((("friend.lan", 40_000),), NOBODY)
    assert found in finding.found
    assert asked == [ONE, OTHER], "a group is no machine"


@pytest.mark.parametrize("host", ["a..b", "a" * 70])
def test_a_host_of_no_possible_name_is_told(host: str) -> None:
    (finding,) = examine_peers(((host, 4000),), NOBODY)
    assert "no such machine" in finding.found


def test_a_held_port_is_told_with_who_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("", 0))
        monkeypatch.setattr(ports, "MDNS_PORT", int(holder.getsockname()[1]))
        first, *_ = ports.examine_ports()
    assert first.mark is Grade.DOUBT
    assert "python" in first.found or "pytest" in first.found


def test_a_disk_that_is_slow_or_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk() -> str:
        return machine.examine_machine(tmp_path / "driver")[0].found

    monkeypatch.setattr(machine, "SYNC_S_MAX", 10.0)
    assert "a write that lasts takes" in disk()
    monkeypatch.setattr(machine, "SYNC_S_MAX", 0.0)
    assert "slow" in disk()
    monkeypatch.setattr(machine, "SPACE_BYTES_MIN", 1 << 60)
    assert "MiB left" in disk()


def test_a_profile_that_is_looked_at_leads_no_life_and_none_is_made(tmp_path: Path) -> None:
    directory = tmp_path / "driver"
    assert machine.examine_machine(directory)[1].mark is Grade.FINE
    assert not directory.exists()
    Profile.open(directory).close()
    before = {path: path.read_bytes() for path in directory.iterdir()}
    assert machine.examine_machine(directory)[1].mark is Grade.FINE
    assert {path: path.read_bytes() for path in directory.iterdir()} == before
    (directory / "identity").write_text("nothing of ours")
    _, finding = machine.examine_machine(directory)
    assert (finding.mark, str(directory) in finding.found) == (Grade.FAULT, True)


def test_a_home_that_may_not_be_entered_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut, real = str(tmp_path / "shut"), os.stat

    def stat(path: int | str | Path, **options: bool) -> os.stat_result:
        if str(path).startswith(shut):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, **options)

    monkeypatch.setattr(os, "stat", stat)
    _, profile = machine.examine_machine(tmp_path / "shut" / "racer" / "driver")
    assert profile.mark is Grade.DOUBT
    assert "will not remember: Permission denied" in profile.found


def test_each_finding_is_a_line_or_an_object(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(neighbours, "LISTEN_S", 0.0)
    monkeypatch.setattr(doctor, "examine_seat", list)  # it ends with pygame, which other tests use
    place = (LOOPBACK, 0, (), tmp_path / "driver")
    assert doctor.diagnose(*place, as_json=False) == 1  # nobody else is on the loopback
    assert "✗ network:" in capsys.readouterr().out
    doctor.diagnose(*place, as_json=True)
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"what", "mark", "found", "remedy"} == set(findings[0])
    assert "refused or dropped" in [each["what"] for each in findings]


def test_what_was_passed_over_is_told_in_words_and_by_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor, "examine_seat", list)
    monkeypatch.setattr(Silence, "counters", Counts.of(BeaconCounters(malformed=3)))
    monkeypatch.setattr(neighbours, "Discovery", lambda *_: Silence())
    monkeypatch.setattr(neighbours, "LISTEN_S", 0.0)
    monkeypatch.setattr(other_doctors, "DoctorCounters", lambda: DoctorCounters(malformed=2))
    place = (LOOPBACK, 0, (), tmp_path / "driver")
    doctor.diagnose(*place, as_json=True)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (dropped,) = [each for each in found if each["what"] == "refused or dropped"]
    assert dropped["dropped"] == {"beacon.malformed": 3, "doctors.malformed": 2}
    assert "at the beacon's port that are no beacons of our networks: 3; " in dropped["found"]
    assert dropped["mark"] == "fine"


@pytest.mark.parametrize("kind", [DiscoveryCounters, BeaconCounters, DoctorCounters])
def test_whatever_may_be_passed_over_has_words(kind: type[Counters]) -> None:
    for each in fields(kind):  # type: ignore[arg-type]
        assert f"{kind.part}.{each.name}" in DROPPED
