"""This machine's firewall, where it may be read: whether it keeps a race's datagrams out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from net.discovery.beacon import BEACON_PORT
from net.runtime.interfaces import Interface, race_interfaces
from net.runtime.mdns import MDNS_PORT
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.networks import GROUP
from racer.app.doctor.nft_rules import Datagram, Fate, Ruleset

GAME_PORT: Final = 40_000  # that a person would choose; without --port the system chooses one
ANSWER_S: Final = 5.0

_UFW: Final = Path("/etc/ufw/ufw.conf")


def examine_firewall(chosen: str | None, port: int) -> list[Finding]:
    """Read what there is; `port` is the game's, 0: any."""
    rules = _read_nftables()
    if rules is not None:
        used = [each for each in race_interfaces(chosen) if not each.loopback]
        return [_examine_rules(rules, each, port or GAME_PORT) for each in used]
    return [_guess_firewall()]


def _read_nftables() -> Ruleset | None:
    """Return the kernel's rules, those of iptables included; None: we may not read them."""
    printed = _ask_program(("nft", "-j", "list", "ruleset"))
    try:
        return None if printed is None else Ruleset(json.loads(printed))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _examine_rules(rules: Ruleset, interface: Interface, port: int) -> Finding:
    title = f"firewall on {interface.name}"
    neighbour = interface.neighbour
    wanted = {
        MDNS_PORT: GROUP,
        BEACON_PORT: interface.broadcast or interface.address,
        port: interface.address,
    }
    fates = {
        number: rules.fate(Datagram(interface.name, neighbour, where, number))
        for number, where in wanted.items()
    }
    dropped = [number for number, fate in fates.items() if fate is Fate.DROPPED]
    if dropped:
        return Finding(title, Grade.FAULT, f"keeps out {_name_ports(dropped)}", _find_remedy(port))
    if Fate.UNKNOWN in fates.values():
        return Finding(title, Grade.DOUBT, "there; whether it lets a race in is not plain")
    return Finding(title, Grade.FINE, f"lets in {_name_ports(list(wanted))}")


def _name_ports(numbers: Sequence[int]) -> str:
    return "UDP " + ", ".join(map(str, numbers))


def _find_remedy(port: int) -> str:
    ports = f"{MDNS_PORT}, {BEACON_PORT}, {port}"
    return (
        f"nft insert rule inet filter input udp dport {{ {ports} }} accept"
        f" (your table and chain), or in ufw: ufw allow {port}/udp, and so on;"
        f" then start with --port {port}"
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
