"""Commands that have a firewall let a race pass, in the words of the program that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from net.discovery.beacon import BEACON_PORT
from net.runtime.mdns import MDNS_PORT
from racer.app.doctor.nft_rules import Datagram, Ruleset

_UFW_CHAINS: Final = {"ip": "ufw-user-input", "ip6": "ufw6-user-input"}
_FIREWALLD: Final = "firewalld"  # its table
_PANIC: Final = "firewalld_policy_drop"  # another, while it lets nothing pass at all
_ZONE: Final = "filter_IN_"  # before the zone's name: the chain of what comes in there
_ALL_OUT: Final = "ufw allow out proto udp from any to any"


def open_ways(rules: Ruleset, kept: Sequence[Datagram], port: int) -> str:
    """Return the commands that let datagrams pass that are kept out or in, or may be.

    Those of ufw or firewalld, where the chains are its own: what is put into them besides is gone
    when it loads them anew. Else they name the very chains.
    """
    commands: dict[str, None] = {}
    for each in kept:
        for family, table, chain in rules.closed(each):
            commands[_open_chain(rules, each, (family, table, chain), port)] = None
    return f"{'; '.join(commands)}; then {name_start(port)}"


def _open_chain(rules: Ruleset, datagram: Datagram, where: tuple[str, str, str], port: int) -> str:
    family, table, chain = where
    if rules.is_there(family, table, _UFW_CHAINS.get(family, "")):
        return _ALL_OUT if datagram.goes_out else open_ufw(port)
    if table == _PANIC:
        return "firewall-cmd --panic-off"
    if table == _FIREWALLD and not datagram.goes_out:
        sent_to = rules.goes_to(table, "filter_INPUT_ZONES", datagram)
        return open_firewalld(port, sent_to.removeprefix(_ZONE) if _ZONE in sent_to else "")
    what = "meta l4proto udp" if datagram.goes_out else f"udp dport {{ {join_ports(port, ', ')} }}"
    return f"nft insert rule {family} {table} {chain} {what} accept"


def open_ufw(port: int) -> str:
    """Return the command by which ufw lets a race in."""
    return f"ufw allow {join_ports(port, ',')}/udp"


def open_firewalld(port: int, zone: str = "") -> str:
    """Return the command by which firewalld lets a race in until it is loaded anew.

    Args:
        zone: the card's; empty: the default one.
    """
    words = [f"--add-port={each}/udp" for each in (MDNS_PORT, BEACON_PORT, port)]
    return " ".join(("firewall-cmd", *([f"--zone={zone}"] if zone else []), *words))


def join_ports(port: int, between: str) -> str:
    """Return the ports of a race in digits; `port`: the game's."""
    return between.join(map(str, (MDNS_PORT, BEACON_PORT, port)))


def name_start(port: int) -> str:
    """Return how the game comes to use the port that was opened."""
    return f"start with --port {port}"
