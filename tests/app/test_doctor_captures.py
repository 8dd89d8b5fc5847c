"""What the doctor tells of the rules that ufw and firewalld really make.

`firewalls` has them as Debian 12's ufw 0.36.2 and firewalld 1.3.3 loaded them: what `nft -j list
ruleset` printed, and `nft -a list ruleset` where extensions of iptables are in them. Closed: as
installed and switched on; open: after the doctor's own remedy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from net.runtime.interfaces import Interface
from racer.app.doctor import firewall
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.nft_extensions import with_extensions
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset

CAPTURES: Final = Path(__file__).with_name("firewalls")
IPV4 = Interface("eth0", "192.168.1.4", loopback=False, multicast=True, prefix=24)
IPV6 = Interface("eth0", "fe80::7%2", loopback=False, multicast=True, prefix=64, index=2)
WHOM_IT_CALLS = "; whom this machine calls first (--peer HOST:PORT) it meets all the same"
START = "; then start with --port 40000"
UFW = "ufw allow 5353,42472,40000/udp"
PORTS = "--add-port=5353/udp --add-port=42472/udp --add-port=40000/udp"
GAME = Datagram("eth0", "192.168.1.7", "192.168.1.4", 40_000)
TO_ALL = Datagram("eth0", "192.168.1.7", "192.168.1.255", 42_472, broadcast=True)
DRAWN = "; but the game takes another port each time, where none is chosen"


def examine(
    capture: str,
    monkeypatch: pytest.MonkeyPatch,
    card: tuple[Interface, ...] = (IPV4, IPV6),
    port: int = firewall.GAME_PORT,
    words: str = "",
) -> Finding:
    """Return what is found of a card behind the rules of a capture.

    Args:
        words: what nft prints for people in its place.
    """

    def print_rules(command: tuple[str, ...]) -> str | None:
        if command == ("nft", "-j", "list", "ruleset"):
            return (CAPTURES / f"{capture}.json").read_text()
        assert command == ("nft", "-a", "list", "ruleset")
        return words or (CAPTURES / f"{capture}.txt").read_text()

    monkeypatch.setattr(firewall, "_OLD_TABLES", {})
    monkeypatch.setattr(firewall, "_ask_program", print_rules)
    monkeypatch.setattr(firewall, "race_interfaces", lambda chosen: card)
    (finding,) = firewall.examine_firewall(None, port)
    return finding


@pytest.mark.parametrize(
    ("capture", "mark", "found", "remedy"),
    [
        ("ufw_closed", Grade.DOUBT, f"keeps out UDP 42472, 40000{WHOM_IT_CALLS}", UFW),
        ("ufw_open", Grade.FINE, "lets in UDP 5353, 42472, 40000", ""),
        (
            "firewalld_closed",
            Grade.DOUBT,
            f"keeps out UDP 5353, 42472, 40000{WHOM_IT_CALLS}",
            f"firewall-cmd --zone=public {PORTS}",
        ),
        ("firewalld_open", Grade.FINE, "lets in UDP 5353, 42472, 40000", ""),
        (
            "firewalld_home",
            Grade.DOUBT,
            f"keeps out UDP 42472, 40000{WHOM_IT_CALLS}",
            f"firewall-cmd --zone=home {PORTS}",
        ),
        (
            "firewalld_panic",
            Grade.FAULT,
            "keeps out UDP 5353, 42472, 40000, and keeps in UDP 5353, 42472, 40000",
            "firewall-cmd --panic-off",
        ),
    ],
)
def test_the_rules_of_ufw_and_firewalld_are_judged_and_the_remedy_is_in_their_words(
    capture: str, mark: Grade, found: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = examine(capture, monkeypatch)
    assert (finding.mark, finding.found) == (mark, found)
    assert finding.remedy == (f"{remedy}{START}" if remedy else "")
    for card in ((IPV4,), (IPV6,)):  # each stack has rules of its own
        assert examine(capture, monkeypatch, card).mark is mark


@pytest.mark.parametrize("capture", ["ufw_open", "firewalld_open"])
def test_what_was_opened_for_a_chosen_port_is_open_for_no_other(
    capture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "keeps out UDP 40001;" in examine(capture, monkeypatch, port=40_001).found
    drawn = examine(capture, monkeypatch, port=0)
    assert (drawn.mark, drawn.remedy) == (Grade.DOUBT, "start with --port 40000")
    assert drawn.found == f"lets in UDP 5353, 42472, 40000{DRAWN}"


def test_what_is_not_plain_is_told_with_the_command_that_makes_it_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finding = examine("ufw_closed", monkeypatch, words="nft of another time")
    assert (finding.mark, finding.remedy) == (Grade.DOUBT, f"{UFW}{START}")
    assert finding.found == "there; whether it lets UDP 5353, 42472, 40000 pass is not plain"


@pytest.mark.parametrize(
    ("name", "words", "game", "to_all"),
    [
        ("multiport", "meta l4proto udp udp dport { 80, 39000-41000 }", Fate.DROPPED, Fate.PASSES),
        ("multiport", "meta l4proto udp udp dport 42472", Fate.PASSES, Fate.DROPPED),
        ("multiport", "meta l4proto udp udp dport != { 40000 }", Fate.PASSES, Fate.DROPPED),
        ("multiport", "meta l4proto tcp tcp dport { 40000 }", Fate.PASSES, Fate.PASSES),
        ("multiport", "udp dport { http-alt, 40000 }", Fate.DROPPED, Fate.PASSES),
        ("multiport", "meta l4proto udp xt match multiport", Fate.UNKNOWN, Fate.UNKNOWN),
        ("addrtype", "fib daddr type broadcast", Fate.PASSES, Fate.DROPPED),
        ("addrtype", "fib daddr type != local", Fate.PASSES, Fate.DROPPED),
        ("addrtype", "fib saddr type unicast", Fate.DROPPED, Fate.DROPPED),
        ("addrtype", "fib saddr . iif type unicast", Fate.UNKNOWN, Fate.UNKNOWN),
        ("conntrack", "ct state invalid,untracked", Fate.PASSES, Fate.PASSES),
        ("conntrack", "ct state new", Fate.DROPPED, Fate.DROPPED),
        ("conntrack", "ct state new ct original ip daddr 1.2.3.4", Fate.UNKNOWN, Fate.UNKNOWN),
        ("rt", "rt type 0", Fate.PASSES, Fate.PASSES),
        ("string", "xt match string", Fate.UNKNOWN, Fate.UNKNOWN),
    ],
)
def test_what_an_extension_of_iptables_asks_is_read_from_the_words_of_its_rule(
    name: str, words: str, game: Fate, to_all: Fate
) -> None:
    where = {"family": "ip", "table": "filter"}
    rule = [{"xt": {"type": "match", "name": name}}, {"counter": {}}, {"drop": None}]
    listed = {
        "nftables": [
            {"chain": where | {"name": "INPUT", "hook": "input", "policy": "accept"}},
            {"rule": where | {"chain": "INPUT", "handle": 7, "expr": rule}},
        ]
    }
    text = "table ip filter {\n\tchain INPUT {\n" + f"\t\t{words} counter drop # handle 7\n"
    rules = Ruleset(with_extensions(listed, text))
    assert (rules.fate(GAME), rules.fate(TO_ALL)) == (game, to_all)
    others = Ruleset(with_extensions(listed, text.replace("handle 7", "handle 8")))
    assert others.fate(GAME) is (Fate.PASSES if name == "rt" else Fate.UNKNOWN)


@pytest.mark.parametrize(
    ("left", "right", "fate"),
    [
        ({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False, Fate.PASSES),
        ({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, True, Fate.DROPPED),
        ({"fib": {"result": "oif", "flags": ["daddr"]}}, False, Fate.UNKNOWN),
        ({"fib": {"result": "type", "flags": ["daddr"]}}, "local", Fate.DROPPED),
        ({"ct": {"key": "status"}}, "dnat", Fate.PASSES),
        ({"ct": {"key": "mark"}}, 7, Fate.UNKNOWN),
    ],
)
def test_what_the_kernel_takes_the_first_datagram_of_a_neighbour_for_is_known(
    left: object, right: object, fate: Fate
) -> None:
    where = {"family": "inet", "table": "own"}
    match = {"match": {"op": "==", "left": left, "right": right}}
    listed: list[object] = [
        {"chain": where | {"name": "in", "hook": "input", "policy": "accept"}},
        {"rule": where | {"chain": "in", "expr": [match, {"drop": None}]}},
    ]
    assert Ruleset({"nftables": listed}).fate(GAME) is fate
