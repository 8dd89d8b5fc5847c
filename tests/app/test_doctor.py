from __future__ import annotations

import errno
import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from net.discovery.advert import Advert, encode_advert
from net.discovery.beacon import encode_heard
from net.discovery.sightings import Sighting
from net.ids import Address
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.disk.profile import Profile
from net.runtime.interfaces import LOOPBACK
from net.runtime.mdns_news import Illegible, Seen
from net.runtime.reaching.reachability import Reachability, WhyUnreached, who_answers
from net.transport.datagram import Hello, Negotiation, decode_handshake
from net.wire.versions import Versions
from racer.app.commands import doctor
from racer.app.doctor import firewall, machine, named_peers, narrow_paths, neighbours, ports
from racer.app.doctor.finding import Grade
from racer.app.doctor.named_peers import examine_peers
from racer.app.doctor.neighbours import Listener, examine_neighbours
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset
from racer.play.show.incompatibility import OURS

GAME = Datagram("eth0", "192.168.1.7", "192.168.1.4", 40_000)
NOBODY = Acquaintances()
MDNS = Datagram("eth0", "192.168.1.7", "224.0.0.251", 5353)


def meta(key: str, value: object, op: str = "==") -> object:
    return {"match": {"op": op, "left": {"meta": {"key": key}}, "right": value}}


UDP_PORT = {"payload": {"protocol": "udp", "field": "dport"}}


def udp_port(value: object, op: str = "==") -> object:
    return {"match": {"op": op, "left": UDP_PORT, "right": value}}


def port_map(*pairs: list[object]) -> object:
    return {"vmap": {"key": UDP_PORT, "data": {"set": list(pairs)}}}


def sources(low: int, high: int) -> object:
    left = {"payload": {"protocol": "ip", "field": "saddr"}}
    hosts = [f"192.168.1.{low}", f"192.168.1.{high}"]
    return {"match": {"op": "==", "left": left, "right": {"range": hosts}}}


def target(name: str) -> object:
    """Return what `nft -j` lists for a target of iptables."""
    return {"xt": {"type": "target", "name": name}}


def state(*states: str) -> object:
    return {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": list(states)}}


def ruleset(
    policy: str, *rules: list[object], chains: dict[str, list[list[object]]] | None = None
) -> Ruleset:
    """Return rules of an input chain, and of others by name, as `nft -j` lists them."""
    where = {"family": "inet", "table": "filter"}
    listed: list[object] = [
        {"chain": where | {"name": "input", "hook": "input", "policy": policy}},
        {"chain": where | {"name": "output", "hook": "output", "policy": "drop"}},
    ]
    for name, its in {"input": list(rules), **(chains or {})}.items():
        listed += [{"rule": where | {"chain": name, "expr": expr}} for expr in its]
    return Ruleset({"nftables": listed})


ACCEPT: list[object] = [{"accept": None}]
DROP: list[object] = [{"drop": None}]


@pytest.mark.parametrize(
    ("rules", "game", "mdns"),
    [
        (ruleset("accept"), Fate.PASSES, Fate.PASSES),
        (ruleset("drop"), Fate.DROPPED, Fate.DROPPED),
        (ruleset("drop", [state("established", "related"), *ACCEPT]), Fate.DROPPED, Fate.DROPPED),
        (ruleset("drop", [udp_port(40_000), *ACCEPT]), Fate.PASSES, Fate.DROPPED),
        (ruleset("drop", [udp_port({"set": [5353, 40_000]}), *ACCEPT]), Fate.PASSES, Fate.PASSES),
        (ruleset("drop", [udp_port({"range": [1, 9999]}), *ACCEPT]), Fate.DROPPED, Fate.PASSES),
        (ruleset("accept", [meta("iifname", "lo", "!="), *DROP]), Fate.DROPPED, Fate.DROPPED),
        (ruleset("drop", [meta("iifname", "eth*"), *ACCEPT]), Fate.PASSES, Fate.PASSES),
        (ruleset("accept", [meta("l4proto", "tcp"), *DROP]), Fate.PASSES, Fate.PASSES),
        (ruleset("accept", [udp_port(5353), {"reject": None}]), Fate.PASSES, Fate.DROPPED),
        (ruleset("drop", [meta("skuid", 1000), *ACCEPT]), Fate.UNKNOWN, Fate.UNKNOWN),
        (ruleset("drop", [{"limit": {"rate": 9}}, *ACCEPT]), Fate.UNKNOWN, Fate.UNKNOWN),
        (ruleset("accept", [udp_port("@open"), *ACCEPT], DROP), Fate.UNKNOWN, Fate.UNKNOWN),
        (ruleset("accept", [udp_port("@shut"), *DROP], DROP), Fate.DROPPED, Fate.DROPPED),
        (ruleset("drop", [udp_port(9999, ">"), *ACCEPT]), Fate.PASSES, Fate.DROPPED),
        (ruleset("accept", [sources(2, 9), *DROP]), Fate.DROPPED, Fate.DROPPED),
        (ruleset("accept", [sources(8, 9), *DROP]), Fate.PASSES, Fate.PASSES),
        (ruleset("accept", [target("REJECT")]), Fate.DROPPED, Fate.DROPPED),
        (ruleset("accept", [target("LOG")]), Fate.PASSES, Fate.PASSES),
        (ruleset("accept", [target("NFQUEUE")]), Fate.UNKNOWN, Fate.UNKNOWN),
        (ruleset("accept", [{"xt": None}]), Fate.UNKNOWN, Fate.UNKNOWN),
        (ruleset("accept", [port_map([1, *ACCEPT], [40_000, *DROP])]), Fate.DROPPED, Fate.PASSES),
        (ruleset("drop", [port_map(["@shut", *DROP])], ACCEPT), Fate.UNKNOWN, Fate.UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_firewall_lets_in_is_read_from_its_rules(
    rules: Ruleset, game: Fate, mdns: Fate
) -> None:
    assert (rules.fate(GAME), rules.fate(MDNS)) == (game, mdns)


def test_rules_jump_into_chains_and_return_from_them() -> None:
    games = [[udp_port(40_000), *ACCEPT], [meta("iifname", "eth0"), {"return": None}], DROP]
    rules = ruleset("drop", [{"jump": {"target": "games"}}], ACCEPT, chains={"games": games})
    assert rules.fate(GAME) is Fate.PASSES
    assert rules.fate(MDNS) is Fate.PASSES  # returned, and accepted behind the jump
    gone = ruleset("drop", [{"goto": {"target": "games"}}], ACCEPT, chains={"games": games[:2]})
    assert gone.fate(MDNS) is Fate.DROPPED  # who went there does not come back behind the jump
    loop = ruleset("drop", [{"jump": {"target": "a"}}], chains={"a": [[{"jump": {"target": "a"}}]]})
    assert loop.fate(GAME) is Fate.DROPPED


def test_what_goes_out_meets_other_chains_and_the_one_that_drops_it_is_named() -> None:
    rules = ruleset("accept")  # whose output drops all
    sent = replace(GAME, goes_out=True)
    assert (rules.fate(GAME), rules.fate(sent)) == (Fate.PASSES, Fate.DROPPED)
    assert rules.closed(sent) == [("inet", "filter", "output")]
    assert rules.closed(GAME) == []


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
    (finding,) = examine_neighbours(None, NOBODY)
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
    ours, theirs, illegible, words = examine_neighbours(None, NOBODY)
    assert (illegible.what, illegible.found) == (
        "10.9.8.6",
        "it tells of a race what this racer cannot read",
    )
    assert "of this machine" in ours.what
    assert "broadcast and multicast, answers at 127.0.0.1:40000" in ours.found
    assert "another network at 10.9.8.7:40000" in theirs.found
    assert "10.9.8." in theirs.remedy or "join one network" in theirs.remedy, "as this machine is"
    assert "passphrase" in words.line


class Silence:
    def close(self) -> None: ...


def test_a_named_machine_that_no_racer_listens_on_is_told_so() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind((LOOPBACK, 0))
        port = int(gone.getsockname()[1])
    (finding,) = examine_peers(((LOOPBACK, port),), NOBODY)
    assert "no racer listens" in finding.found


def test_a_named_machine_that_races_is_told_with_its_race_and_how_to_join(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = Answerer(OURS)
    beacon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with there.socket, beacon:
        beacon.bind((LOOPBACK, 0))
        monkeypatch.setattr(named_peers, "BEACON_PORT", int(beacon.getsockname()[1]))
        ours = Advert(bytes(16), "friday", b"roomtag1", False, {}, OURS)

        def answer() -> None:
            _, asker = beacon.recvfrom(600)
            beacon.sendto(encode_heard("racer-x", there.address[1], encode_advert(ours)), asker)
            there.answer_one()
            there.answer_one()  # what is large, too

        answering = Thread(target=answer)
        answering.start()
        (finding,) = examine_peers(((LOOPBACK, 0),), NOBODY)
        answering.join(5)
    assert (finding.mark, "'friday' is open" in finding.found) == (Grade.FINE, True)
    assert finding.remedy == f"start with --peer {LOOPBACK}:{there.address[1]}"


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


def test_old_tables_of_iptables_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tmp_path / "ip_tables_names"
    names.write_text("nat\n")
    monkeypatch.setattr(firewall, "_OLD_TABLES", (tmp_path / "none", names))
    monkeypatch.setattr(firewall, "_read_nftables", lambda: Ruleset({}))
    assert all(each.mark is Grade.FINE for each in firewall.examine_firewall(None, 0))
    names.write_text("nat\nfilter\n")
    *_, finding = firewall.examine_firewall(None, 0)
    assert finding.mark is Grade.DOUBT
    assert "iptables-legacy" in finding.remedy


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
