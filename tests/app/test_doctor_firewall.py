"""What the doctor tells of a firewall, by its rules."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from net.runtime.interfaces import Interface
from racer.app.doctor import firewall
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset

GAME = Datagram("eth0", "192.168.1.7", "192.168.1.4", 40_000)
MDNS = Datagram("eth0", "192.168.1.7", "224.0.0.251", 5353)
CABLE = Interface("eth0", "192.168.1.4", loopback=False, multicast=True, prefix=24)
INNER = Interface("docker0", "172.17.0.1", loopback=False, multicast=True, prefix=16)


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
    policy: str,
    *rules: list[object],
    chains: dict[str, list[list[object]]] | None = None,
    out: str = "drop",
) -> Ruleset:
    """Return rules of an input chain, and of others by name, as `nft -j` lists them.

    Args:
        out: the policy of the output chain.
    """
    where = {"family": "inet", "table": "filter"}
    listed: list[object] = [
        {"chain": where | {"name": "input", "hook": "input", "policy": policy}},
        {"chain": where | {"name": "output", "hook": "output", "policy": out}},
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


ANSWERS: list[object] = [state("established", "related"), *ACCEPT]
MDNS_TOO: list[object] = [udp_port(5353), *ACCEPT]
OUTGOING: dict[str, list[list[object]]] = {"output": [ANSWERS]}
WHOM_IT_CALLS = "; whom this machine calls first (--peer HOST:PORT) it meets all the same"
WHO_CALLS_IT = "; who calls this machine first (--peer HOST:PORT) meets it all the same"
ALL = "UDP 5353, 42472, 40000"


def examine(
    rules: Ruleset,
    monkeypatch: pytest.MonkeyPatch,
    *cards: Interface,
    port: int = firewall.GAME_PORT,
) -> list[Finding]:
    """Return what is found of cards behind these rules."""
    monkeypatch.setattr(firewall, "_OLD_TABLES", {})
    monkeypatch.setattr(firewall, "_read_nftables", lambda: rules)
    monkeypatch.setattr(firewall, "race_interfaces", lambda chosen: cards or (CABLE,))
    return firewall.examine_firewall(None, port)


@pytest.mark.parametrize(
    ("rules", "mark", "found"),
    [
        (ruleset("drop", out="accept"), Grade.FAULT, f"keeps out {ALL}"),
        (ruleset("drop", MDNS_TOO, out="accept"), Grade.FAULT, "keeps out UDP 42472, 40000"),
        (ruleset("drop", ANSWERS, out="accept"), Grade.DOUBT, f"keeps out {ALL}{WHOM_IT_CALLS}"),
        (
            ruleset("drop", ANSWERS, MDNS_TOO, out="accept"),
            Grade.DOUBT,
            f"keeps out UDP 42472, 40000{WHOM_IT_CALLS}",
        ),
        (
            ruleset("accept", [udp_port(5353), *DROP], out="accept"),
            Grade.DOUBT,
            "keeps out UDP 5353",
        ),
        (ruleset("accept"), Grade.FAULT, f"keeps in {ALL}"),
        (ruleset("accept", chains=OUTGOING), Grade.DOUBT, f"keeps in {ALL}{WHO_CALLS_IT}"),
        (
            ruleset("drop", ANSWERS, chains=OUTGOING),
            Grade.FAULT,
            f"keeps out {ALL}, and keeps in {ALL}",
        ),
    ],
)
def test_a_firewall_is_a_fault_only_where_whoever_calls_first_is_not_answered(
    rules: Ruleset, mark: Grade, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (finding,) = examine(rules, monkeypatch)
    assert (finding.mark, finding.found) == (mark, found)
    assert finding.remedy.startswith("nft insert rule inet filter ")


def test_a_card_that_is_shut_is_no_fault_while_somebody_may_be_met_over_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shut = ruleset("accept", [meta("iifname", "docker0"), *DROP], out="accept")
    marks = {each.what: each.mark for each in examine(shut, monkeypatch, CABLE, INNER)}
    assert marks == {"firewall on docker0": Grade.DOUBT, "firewall on eth0": Grade.FINE}
    assert [each.mark for each in examine(shut, monkeypatch, INNER)] == [Grade.FAULT]


DRAWN = "; but the game takes another port each time, where none is chosen"
OPENED: list[object] = [udp_port({"set": [5353, 42_472, 40_000]}), *ACCEPT]


@pytest.mark.parametrize(
    ("rules", "mark", "found"),
    [
        (ruleset("accept", out="accept"), Grade.FINE, "lets in UDP 5353, 42472, and whichever"),
        (
            ruleset("drop", [udp_port({"range": [5353, 61_000]}), *ACCEPT], out="accept"),
            Grade.FINE,
            "lets in UDP 5353, 42472, and whichever",
        ),
        (ruleset("drop", [udp_port(5352, ">"), *ACCEPT], out="accept"), Grade.FINE, "lets in UDP"),
        (ruleset("drop", OPENED, out="accept"), Grade.DOUBT, f"lets in {ALL}{DRAWN}"),
        (ruleset("drop", ANSWERS, OPENED, out="accept"), Grade.DOUBT, f"lets in {ALL}{DRAWN}"),
        (
            ruleset("drop", [udp_port({"range": [5353, 50_000]}), *ACCEPT], out="accept"),
            Grade.DOUBT,
            f"lets in {ALL}{DRAWN}",
        ),
        (ruleset("drop", out="accept"), Grade.FAULT, f"keeps out {ALL}"),
        (
            ruleset("accept", [udp_port({"range": [30_000, 65_535]}), *DROP], out="accept"),
            Grade.FAULT,
            "keeps out UDP 42472, 40000",
        ),
        (ruleset("drop", [udp_port("@open"), *ACCEPT], out="accept"), Grade.DOUBT, "not plain"),
    ],
)
def test_a_game_that_chooses_no_port_is_told_which_to_choose_unless_all_are_open(
    rules: Ruleset, mark: Grade, found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(firewall, "_DRAWN_PORTS", tmp_path / "range")
    (tmp_path / "range").write_text("32768\t60999\n")
    (finding,) = examine(rules, monkeypatch, port=0)
    assert finding.mark is mark
    assert found in finding.found
    assert ("start with --port 40000" in finding.remedy) is (mark is not Grade.FINE)


def test_all_ports_may_be_drawn_where_the_system_does_not_tell_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(firewall, "_DRAWN_PORTS", tmp_path / "none")
    rules = ruleset("drop", [udp_port({"range": [5353, 61_000]}), *ACCEPT], out="accept")
    assert examine(rules, monkeypatch, port=0)[0].mark is Grade.DOUBT


def examine_programs(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    programs: dict[str, str],
    user: int = 1000,
) -> Finding:
    """Return what is found where these programs, in words of the shell, are all that is there."""
    for name, words in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{words}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(firewall, "_SYSTEM_PROGRAMS", (str(folder),))
    monkeypatch.setattr(firewall, "_OLD_TABLES", {})
    monkeypatch.setattr(firewall, "_UFW", folder / "ufw.conf")
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    (finding,) = firewall.examine_firewall(None, 0)
    return finding


FIREWALLD = "case $1 in --state) echo running;; *) echo home;; esac"
DENIED = 'echo "Operation not permitted (you must be root)" >&2; exit 1'


def test_rules_that_only_root_may_read_are_a_doubt_and_no_firewall_at_all_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert examine_programs(tmp_path, monkeypatch, {}).mark is Grade.FINE
    finding = examine_programs(tmp_path, monkeypatch, {"nft": DENIED})
    assert (finding.mark, finding.remedy) == (Grade.DOUBT, "run racer doctor as root (sudo)")
    finding = examine_programs(tmp_path, monkeypatch, {"nft": "echo of another kind"}, user=0)
    assert (finding.mark, "root" in finding.line) == (Grade.DOUBT, False)


def test_who_is_not_root_reads_whole_commands_for_the_firewall_that_is_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ufw.conf").write_text("ENABLED=no\n")
    firewalld = examine_programs(tmp_path, monkeypatch, {"nft": DENIED, "firewall-cmd": FIREWALLD})
    assert firewalld.remedy == (
        "sudo firewall-cmd --zone=home --add-port=5353/udp --add-port=42472/udp"
        " --add-port=40000/udp; then start with --port 40000"
    )
    (tmp_path / "ufw.conf").write_text("ENABLED=yes\n")
    ufw = examine_programs(tmp_path, monkeypatch, {})
    assert ufw.remedy == "sudo ufw allow 5353,42472,40000/udp; then start with --port 40000"
    assert Grade.DOUBT is ufw.mark is firewalld.mark


def test_old_tables_of_iptables_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tmp_path / "ip_tables_names"
    names.write_text("nat\n")
    tables = {tmp_path / "none": "iptables-legacy", names: "ip6tables-legacy"}
    monkeypatch.setattr(firewall, "_OLD_TABLES", tables)
    monkeypatch.setattr(firewall, "_read_nftables", lambda: Ruleset({}))
    assert all(each.mark is Grade.FINE for each in firewall.examine_firewall(None, 0))
    names.write_text("nat\nfilter\n")
    *_, finding = firewall.examine_firewall(None, 0)
    assert finding.mark is Grade.DOUBT
    assert "ip6tables-legacy -S" in finding.found
    assert finding.remedy == (
        "ip6tables-legacy -I INPUT -p udp -m multiport --dports 5353,42472,40000 -j ACCEPT;"
        " then start with --port 40000"
    )


@pytest.mark.parametrize(
    ("held", "most", "is_told"),
    [("950", "1000", True), ("949", "1000", False), ("0", "0", False), ("many", "1000", False)],
)
def test_a_table_of_connections_that_is_full_is_told_with_what_makes_it_larger(
    held: str, most: str, is_told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nf_conntrack_count").write_text(f"{held}\n")
    (tmp_path / "nf_conntrack_max").write_text(f"{most}\n")
    monkeypatch.setattr(firewall, "_CONNECTIONS", tmp_path)
    told = [each for each in firewall.examine_firewall(None, 0) if "connections" in each.found]
    assert bool(told) is is_told
    for each in told:
        assert "950 connections in mind, of 1000" in each.found
        assert "sysctl -w net.netfilter.nf_conntrack_max=4000" in each.remedy
