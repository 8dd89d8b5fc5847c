"""This machine's firewall, where it may be read: whether it keeps a race's datagrams out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from net.discovery.beacon import BEACON_PORT
from net.runtime.interfaces import Interface, race_interfaces
from net.runtime.mdns import MDNS_PORT
from net.runtime.udp.beacon_sockets import ALL_NODES
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.firewall_remedies import (
    join_ports,
    name_start,
    open_firewalld,
    open_ufw,
    open_ways,
)
from racer.app.doctor.networks import GROUP, GROUP_IPV6, cards_of
from racer.app.doctor.nft_extensions import with_extensions
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset

GAME_PORT: Final = 40_000  # that a person would choose; without --port the system chooses one
ANSWER_S: Final = 5.0

_OLD_TABLES: Final = {
    Path("/proc/net/ip_tables_names"): "iptables-legacy",
    Path("/proc/net/ip6_tables_names"): "ip6tables-legacy",
}
_UFW: Final = Path("/etc/ufw/ufw.conf")
_DRAWN_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")  # ip(7); of IPv6 too
_CONNECTIONS: Final = Path("/proc/sys/net/netfilter")  # that firewalls keep in mind (Linux)
_FULL: Final = 0.95  # of their table: what is there is forgotten, and comes again, all the time
_ALL_PORTS: Final = range(1024, 65_536)
_SYSTEM_PROGRAMS: Final = ("/usr/sbin", "/sbin")  # not on the path of each person


def examine_firewall(chosen: str | None, port: int) -> list[Finding]:
    """Read what there is; `port` is the game's, 0: any."""
    rules, old = _read_nftables(), _examine_old_tables(port or GAME_PORT)
    full = _examine_connections()
    if rules is not None:
        used = [each for each in race_interfaces(chosen) if not each.loopback]
        return [*full, *_examine_cards(rules, cards_of(used), port), *old]
    return full + (old or [_guess_firewall(chosen, port or GAME_PORT)])


def _examine_connections() -> list[Finding]:
    """Tell of a table of connections that is full: all that is new is dropped, out and in."""
    try:
        held, most = (
            int((_CONNECTIONS / f"nf_conntrack_{what}").read_text()) for what in ("count", "max")
        )
    except (OSError, ValueError):
        return []
    if not most or held < _FULL * most:
        return []
    found = f"keeps {held} connections in mind, of {most} at most: all that is new is dropped"
    remedy = (
        "end what opens so many (downloads from many machines, a scan); or, as root: sysctl -w"
        f" net.netfilter.nf_conntrack_max={4 * most}"
    )
    return [Finding("firewall", Grade.DOUBT, found, remedy)]


def _examine_old_tables(port: int) -> list[Finding]:
    """Return what is to be said of rules of iptables' own, which nftables does not show.

    Which rules they are only that program can tell, and in words of its own.
    """
    programs: list[str] = []
    for table, program in _OLD_TABLES.items():
        with suppress(OSError):
            if {"filter", "raw"} & set(table.read_text().split()):
                programs.append(program)
    if not programs:
        return []
    lists = " and ".join(f"{program} -S" for program in programs)
    found = f"has old tables too, which nftables does not show ({lists})"
    opens = f"-I INPUT -p udp -m multiport --dports {join_ports(port, ',')} -j ACCEPT"
    remedy = "; ".join(f"{program} {opens}" for program in programs)
    return [Finding("firewall", Grade.DOUBT, found, f"{remedy}; then {name_start(port)}")]


def _read_nftables() -> Ruleset | None:
    """Return the kernel's rules, those of iptables included; None: we may not read them."""
    printed = _ask_program(("nft", "-j", "list", "ruleset"))
    if printed is None:
        return None
    words = _ask_program(("nft", "-a", "list", "ruleset")) if '"xt"' in printed else None
    try:
        return Ruleset(with_extensions(json.loads(printed), words or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _examine_cards(rules: Ruleset, cards: list[list[Interface]], port: int) -> list[Finding]:
    """Look at each card: as long as somebody may be met over one, no other is a fault."""
    used = port or _drawn_ports()
    mark = Grade.DOUBT if any(_name_way(rules, card, used) for card in cards) else Grade.FAULT
    if port:
        return [_examine_rules(rules, card, port, mark) for card in cards]
    return [_examine_drawn(rules, card, mark) for card in cards]


def _drawn_ports() -> range:
    """Return the ports of which the system gives one to who does not choose."""
    try:
        low, high = map(int, _DRAWN_PORTS.read_text().split())
    except (OSError, ValueError):
        return _ALL_PORTS
    return range(low, high + 1)


def _examine_drawn(rules: Ruleset, card: list[Interface], mark: Grade) -> Finding:
    """Look what becomes of a game that takes another port each time; choosing one may mend it."""
    wanted, sent = _meets_all(card, _drawn_ports())
    if {Fate.PASSES} == set(map(rules.fate, (*wanted, *sent))):
        found = f"lets in {_name_ports(wanted)}, and whichever port the game takes"
        return Finding(_title_of(card), Grade.FINE, found)
    finding = _examine_rules(rules, card, GAME_PORT, mark)
    if finding.mark is not Grade.FINE:
        return finding
    found = f"{finding.found}; but the game takes another port each time, where none is chosen"
    return Finding(finding.what, Grade.DOUBT, found, name_start(GAME_PORT))


def _name_way(rules: Ruleset, card: list[Interface], port: int | range) -> str:
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
    title = _title_of(card)
    wanted, sent = _meets_all(card, port)
    out = [each for each in wanted if rules.fate(each) is Fate.DROPPED]
    kept_in = [each for each in sent if rules.fate(each) is Fate.DROPPED]
    if out or kept_in:
        words = [f"keeps out {_name_ports(out)}"] if out else []
        words += [f"keeps in {_name_ports(kept_in)}"] if kept_in else []
        found = ", and ".join(words)
        way = _name_way(rules, card, port)
        if way and any(each.port == port for each in (*out, *kept_in)):
            found += f"; {way}"
        return Finding(title, mark, found, open_ways(rules, [*out, *kept_in], port))
    unclear = [each for each in (*wanted, *sent) if rules.fate(each) is Fate.UNKNOWN]
    if unclear:
        found = f"there; whether it lets {_name_ports(unclear)} pass is not plain"
        return Finding(title, Grade.DOUBT, found, open_ways(rules, unclear, port))
    return Finding(title, Grade.FINE, f"lets in {_name_ports(wanted)}")


def _title_of(card: list[Interface]) -> str:
    return f"firewall on {card[0].name}"


def _meets_all(
    card: list[Interface], port: int | range
) -> tuple[tuple[Datagram, ...], tuple[Datagram, ...]]:
    """Return what has to come in, and what has to go out, over either stack."""
    stacks = _one_of_each_stack(card)
    return (
        tuple(one for each in stacks for one in _wanted(each, port)),
        tuple(one for each in stacks for one in _sent_out(each, port)),
    )


def _wanted(interface: Interface, port: int | range) -> list[Datagram]:
    """Return what has to come in at an address, the game's last."""
    host = interface.address.partition("%")[0]
    to = {**_find_groups(interface, host), port: host}
    source = interface.neighbour
    wide = interface.broadcast
    return [
        Datagram(interface.name, source, where, number, broadcast=where == wide)
        for number, where in to.items()
    ]


def _sent_out(interface: Interface, port: int | range) -> list[Datagram]:
    """Return what has to go out from an address, the game's last."""
    host = interface.address.partition("%")[0]
    groups = _find_groups(interface, interface.neighbour)
    to = {**groups, port: interface.neighbour}
    return [
        Datagram(
            interface.name,
            host,
            where,
            number,
            goes_out=True,
            broadcast=where == interface.broadcast,
        )
        for number, where in to.items()
    ]


def _find_groups(interface: Interface, alone: str) -> dict[int | range, str]:
    """Return where goes what is for all on its network, by port; `alone`, where none is for all."""
    if interface.is_ipv6:
        return {MDNS_PORT: GROUP_IPV6, BEACON_PORT: ALL_NODES}
    return {MDNS_PORT: GROUP, BEACON_PORT: interface.broadcast or alone}


def _name_ports(datagrams: Sequence[Datagram]) -> str:
    """Return chosen ports in words; those of IPv6 only where it is they alone."""
    ports = [(each.port, each.family) for each in datagrams if isinstance(each.port, int)]
    plain = dict.fromkeys(port for port, family in ports if family == "ip")
    others = dict.fromkeys(port for port, _ in ports if port not in plain)
    words = [*map(str, plain), *(f"{number} over IPv6" for number in others)]
    return "UDP " + ", ".join(words)


def _guess_firewall(chosen: str | None, port: int) -> Finding:
    """Say what is known of a firewall whose rules only root may read."""
    title = "firewall"
    try:
        if re.search(r"^ENABLED=yes", _UFW.read_text(), re.MULTILINE):
            remedy = f"sudo {open_ufw(port)}; then {name_start(port)}"
            return Finding(title, Grade.DOUBT, "ufw is on; its rules only root may read", remedy)
    except OSError:
        pass
    if (_ask_program(("firewall-cmd", "--state")) or "").strip() == "running":
        card = next((each.name for each in race_interfaces(chosen) if not each.loopback), "")
        zone = _ask_program(("firewall-cmd", f"--get-zone-of-interface={card}")) or ""
        remedy = f"sudo {open_firewalld(port, zone.strip())}; then {name_start(port)}"
        return Finding(title, Grade.DOUBT, "firewalld is on; its rules only root may read", remedy)
    if _find_program("nft") is None:
        return Finding(title, Grade.FINE, "none that can be seen (as root more is seen)")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found = "there may be one: what nft tells of its rules cannot be read"
        return Finding(title, Grade.DOUBT, found, "look yourself with nft list ruleset")
    found = "there may be one: nft tells its rules to root alone"
    return Finding(title, Grade.DOUBT, found, "run racer doctor as root (sudo)")


def opening_command(port: int) -> str:
    """Return what lets a race in here, where which rules there are is not known."""
    if _find_program("ufw") is not None:
        return f"sudo {open_ufw(port)}"
    if _find_program("firewall-cmd") is not None:
        return f"sudo {open_firewalld(port)}"
    ports = join_ports(port, ", ")
    return f"let UDP {ports} in: 'sudo racer doctor' names the rule that keeps them out"


def _ask_program(command: tuple[str, ...]) -> str | None:
    """Return what a program prints; None: it is not here, or we may not."""
    program = _find_program(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(
            (program, *command[1:]), capture_output=True, text=True, timeout=ANSWER_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _find_program(name: str) -> str | None:
    """Return where a program is, on the path of root too; None: it is not here."""
    folders = (os.environ.get("PATH", os.defpath), *_SYSTEM_PROGRAMS)
    return shutil.which(name, path=os.pathsep.join(folders))
