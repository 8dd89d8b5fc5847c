"""Whose hardware address the system knows, of the machines on our link.

Who greets us has asked for ours just before, and told its own with that (RFC 826, "Packet
Reception"): so what we answer goes out at once. Who made its address up has not, and what we answer
waits in the system for a machine that is not there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, final

from net.limits import SECOND

TABLE: Final = Path("/proc/net/arp")  # of Linux, IPv4 only: proc(5)
TABLE_BYTES_MAX: Final = 256 << 10  # some 3,000 lines; the system keeps 1,024
LOOK_NS: Final = SECOND // 4  # between two readings at the least
_COMPLETE: Final = 0x2  # linux/if_arp.h: ATF_COM


@final
class Neighbours:
    """Reads the system's table, when it is asked and not too often."""

    def __init__(self, table: Path = TABLE) -> None:
        self._table = table
        self._resolved: frozenset[str] = frozenset()
        self._read_ns = -LOOK_NS

    def has_resolved(self, host: str, now_ns: int) -> bool:
        """Tell whether a host's hardware address is known; no where the system does not say."""
        if now_ns - self._read_ns >= LOOK_NS:
            self._read_ns = now_ns
            self._resolved = self._read()
        return host in self._resolved

    def _read(self) -> frozenset[str]:
        try:
            with self._table.open("rb") as table:
                text = table.read(TABLE_BYTES_MAX).decode("ascii", "replace")
        except OSError:
            return frozenset()
        rows = [line.split() for line in text.splitlines()[1:]]
        return frozenset(row[0] for row in rows if len(row) > 2 and _is_complete(row[2]))


def _is_complete(flags: str) -> bool:
    try:
        return bool(int(flags, 16) & _COMPLETE)
    except ValueError:
        return False
