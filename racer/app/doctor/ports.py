"""The ports that racers are found by: whether they can be had, and who has them else."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

from net.discovery.beacon import BEACON_PORT
from net.runtime.mdns import MDNS_PORT
from racer.app.doctor.finding import Finding, Grade

_PROC: Final = Path("/proc")  # Linux


def examine_ports() -> list[Finding]:
    """Try each port as who finds others does."""
    wanted = ((MDNS_PORT, "multicast DNS"), (BEACON_PORT, "the beacon"))
    found = [_examine_port(port, what) for port, what in wanted]
    if all(each.mark is not Grade.FINE for each in found):
        remedy = "end what holds them, or give --peer HOST:PORT"
        found.append(Finding("finding others", Grade.DOUBT, "neither way works here", remedy))
    return found


def _examine_port(port: int, what: str) -> Finding:
    title = f"port {port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if port == MDNS_PORT or not hasattr(socket, "SO_BINDTODEVICE"):
            with suppress(AttributeError, OSError):
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            trial.bind(("", port))
        except OSError as error:
            holder = _find_holder(port) or "another program"
            found = f"{what} cannot have it: {error.strerror}; {holder} holds it"
            return Finding(title, Grade.DOUBT, found, "end that program, or have it share the port")
    return Finding(title, Grade.FINE, f"free for {what}, or shared")


def _find_holder(port: int) -> str | None:
    """Return which program has a UDP port, as far as the system lets us see; None: not known."""
    inodes = _find_inodes(port)
    for process in _PROC.glob("[0-9]*"):
        with suppress(OSError):
            for handle in (process / "fd").iterdir():
                link = os.readlink(handle)
                if link.startswith("socket:[") and link[8:-1] in inodes:
                    name = (process / "comm").read_text().strip()
                    return f"{name} (process {process.name})"
    return None


def _find_inodes(port: int) -> set[str]:
    """Return what /proc/net/udp calls the sockets of a port (proc(5))."""
    found: set[str] = set()
    for table in ("udp", "udp6"):
        with suppress(OSError):
            for row in (_PROC / "net" / table).read_text().splitlines()[1:]:
                words = row.split()
                if re.fullmatch(rf"[0-9A-F]+:{port:04X}", words[1]):
                    found.add(words[9])
    return found
