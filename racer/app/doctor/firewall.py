"""This machine's firewall, where it may be read: whether it keeps a race's datagrams out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from net.discovery.beacon import BEACON_PORT
from net.runtime.interfaces import Interface, race_interfaces
from net.runtime.mdns import MDNS_PORT
from net.runtime.udp.beacon_sockets import ALL_NODES
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.networks import GROUP, GROUP_IPV6, cards_of
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset

GAME_PORT: Final = 40_000  # that a person would choose; without --port the system chooses one
ANSWER_S: Final = 5.0

_OLD_TABLES: Final = (Path("/proc/net/ip_tables_names"), Path("/proc/net/ip6_tables_names"))
_UFW: Final = Path("/etc/ufw/ufw.conf")


def examine_firewall(chosen: str | None, port: int) -> list[Finding]:
    """Read what there is; `port` is the game's, 0: any."""
    rules, old = _read_nftables(), _examine_old_tables()
    if rules is not None:
        used = [each for each in race_interfaces(chosen) if not each.loopback]
        return [*_examine_cards(rules, cards_of(used), port or GAME_PORT), *old]
    return old or [_guess_firewall()]


def _examine_old_tables() -> list[Finding]:
    """Return what is to be said of rules of iptables' own, which nftables does not show.

    Which rules they are only that program can tell, and in words of its own.
    """
    for table in _OLD_TABLES:
        try:
            names = table.read_text().split()
        except OSError:
            continue
        if "filter" in names or "raw" in names:
            ports = f"{MDNS_PORT},{BEACON_PORT}"
            remedy = f"iptables-legacy -I INPUT -p udp -m multiport --dports {ports} -j ACCEPT,"
            remedy += " and so the game's port"
            found = "has old tables too, which nftables does not show (iptables-legacy -S)"
            return [Finding("firewall", Grade.DOUBT, found, remedy)]
    return []


def _read_nftables() -> Ruleset | None:
    """Return the kernel's rules, those of iptables included; None: we may not read them."""
    printed = _ask_program(("nft", "-j", "list", "ruleset"))
    try:
        return None if printed is None else Ruleset(json.loads(printed))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _examine_cards(rules: Ruleset, cards: list[list[Interface]], port: int) -> list[Finding]:
    """Look at each card: as long as somebody may be met over one, no other is a fault."""
    mark = Grade.DOUBT if any(_name_way(rules, card, port) for card in cards) else Grade.FAULT
    return [_examine_rules(rules, card, port, mark) for card in cards]


def _name_way(rules: Ruleset, card: list[Interface], port: int) -> str:
    """Return how somebody may be met over a card, over either stack; empty: by no way."""
    calls = [
        (_wanted(each, port)[-1], _sent_out(each, port)[-1]) for each in _one_of_each_stack(card)
    ]
    if any(_is_answered(rules, hence, hither) for hither, hence in calls):
        return "whom this machine calls first (--peer HOST:PORT) it meets all the same"
    if any(_is_answered(rules, hither, hence) for hither, hence in calls):
        return "who calls this machine first (--peer HOST:PORT) meets it all the same"
    return ""


def _is_answered(rules: Ruleset, call: Datagram, back: Datagram) -> bool:
    """Tell whether a call, and then what comes back, may pass."""
    fates = {rules.fate(call), rules.fate(replace(back, state="established"))}
    return Fate.DROPPED not in fates


def _one_of_each_stack(card: list[Interface]) -> list[Interface]:
    """Return the first address of a card of each stack, IPv4 first."""
    stacks = {each.is_ipv6: each for each in reversed(card)}
    return [each for _, each in sorted(stacks.items())]


def _examine_rules(rules: Ruleset, card: list[Interface], port: int, mark: Grade) -> Finding:
    """Look what a card's firewall does with what a race needs, over either stack.

    Args:
        mark: how bad it is that it keeps something out, or in.
    """
    title = f"firewall on {card[0].name}"
    wanted = [one for each in _one_of_each_stack(card) for one in _wanted(each, port)]
    sent = [one for each in _one_of_each_stack(card) for one in _sent_out(each, port)]
    out = [each for each in wanted if rules.fate(each) is Fate.DROPPED]
    kept_in = [each for each in sent if rules.fate(each) is Fate.DROPPED]
    if out or kept_in:
        words = [f"keeps out {_name_ports(out)}"] if out else []
        words += [f"keeps in {_name_ports(kept_in)}"] if kept_in else []
        found = ", and ".join(words)
        way = _name_way(rules, card, port)
        if way and any(each.port == port for each in (*out, *kept_in)):
            found += f"; {way}"
        return Finding(title, mark, found, _find_remedy(rules, [*out, *kept_in], port))
    if Fate.UNKNOWN in map(rules.fate, (*wanted, *sent)):
        return Finding(title, Grade.DOUBT, "there; whether it lets a race in is not plain")
    return Finding(title, Grade.FINE, f"lets in {_name_ports(wanted)}")


def _wanted(interface: Interface, port: int) -> list[Datagram]:
    """Return what has to come in at an address, the game's last."""
    host = interface.address.partition("%")[0]
    to = {**_find_groups(interface, host), port: host}
    source = interface.neighbour
    return [Datagram(interface.name, source, where, number) for number, where in to.items()]


def _sent_out(interface: Interface, port: int) -> list[Datagram]:
    """Return what has to go out from an address, the game's last."""
    host = interface.address.partition("%")[0]
    to = {**_find_groups(interface, interface.neighbour), port: interface.neighbour}
    return [
        Datagram(interface.name, host, where, number, goes_out=True) for number, where in to.items()
    ]


def _find_groups(interface: Interface, alone: str) -> dict[int, str]:
    """Return where goes what is for all on its network, by port; `alone`, where none is for all."""
    if interface.is_ipv6:
        return {MDNS_PORT: GROUP_IPV6, BEACON_PORT: ALL_NODES}
    return {MDNS_PORT: GROUP, BEACON_PORT: interface.broadcast or alone}


def _name_ports(datagrams: Sequence[Datagram]) -> str:
    """Return ports in words; those of IPv6 only where it is they alone."""
    plain = dict.fromkeys(each.port for each in datagrams if each.family == "ip")
    others = dict.fromkeys(each.port for each in datagrams if each.port not in plain)
    words = [*map(str, plain), *(f"{number} over IPv6" for number in others)]
    return "UDP " + ", ".join(words)


def _find_remedy(rules: Ruleset, wanted: Sequence[Datagram], port: int) -> str:
    """Return the commands that let datagrams pass, in the very chains that drop them."""
    ports = f"{MDNS_PORT}, {BEACON_PORT}, {port}"
    commands: dict[str, None] = {}
    for each in wanted:
        what = "meta l4proto udp" if each.goes_out else f"udp dport {{ {ports} }}"
        for family, table, chain in rules.closed(each):
            commands[f"nft insert rule {family} {table} {chain} {what} accept"] = None
    return (
        f"{'; '.join(commands)}; then start with --port {port}"
        f" (with ufw instead: ufw allow {port}/udp, and so on)"
    )


def _guess_firewall() -> Finding:
    """Say what is known of a firewall whose rules only root may read."""
    title = "firewall"
    try:
        if re.search(r"^ENABLED=yes", _UFW.read_text(), re.MULTILINE):
            remedy = f"ufw allow {MDNS_PORT}/udp; ufw allow {BEACON_PORT}/udp; and the game's port"
            return Finding(title, Grade.DOUBT, "ufw is on; its rules only root may read", remedy)
    except OSError:
        pass
    if (_ask_program(("firewall-cmd", "--state")) or "").strip() == "running":
        remedy = "firewall-cmd --add-service=mdns, and --add-port=42472/udp and the game's port"
        return Finding(title, Grade.DOUBT, "firewalld is on; its rules only root may read", remedy)
    return Finding(title, Grade.FINE, "none that can be seen (as root more is seen)")


def _ask_program(command: tuple[str, ...]) -> str | None:
    """Return what a program prints; None: it is not here, or we may not."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ANSWER_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
