"""What an access point is like, and how long frames take on its air (IEEE 802.11-2020).

An exchange is a frame and its acknowledgement. Its time hardly depends on what a datagram holds:
preambles, gaps and acknowledgement take three quarters of it, whatever the rate is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from net.limits import MILLISECOND

MICROSECOND: Final = 1000
SLOT_NS: Final = 9 * MICROSECOND  # of OFDM in 20 MHz (table 17-21)
SIFS_NS: Final = 16 * MICROSECOND  # from a frame to its acknowledgement (table 17-21)
AIFS_NS: Final = SIFS_NS + 3 * SLOT_NS  # of best effort, by default (10.23.2; table 9-155)
WINDOW_MIN: Final = 15  # slots of back-off that are drawn at first (table 17-21) …
WINDOW_MAX: Final = 1023  # … and at most, doubled after each failure (10.3.3)
TRIES_MAX: Final = 7  # of one exchange (dot11ShortRetryLimit, annex C)
BEACON_NS: Final = 102_400 * MICROSECOND  # 100 time units: power save counts in them (11.2.3)
AGGREGATE_BYTES_MAX: Final = 65_535  # of an A-MPDU (9.7)

_SYMBOL_NS: Final = 4 * MICROSECOND  # with the long guard interval (table 17-5)
_HT_PREAMBLE_NS: Final = 36 * MICROSECOND  # mixed format, one spatial stream (19.3.2)
_PREAMBLE_NS: Final = 20 * MICROSECOND  # of acknowledgements and group frames (17.3.2)
_CODING_BITS: Final = 22  # SERVICE and tail (17.3.5)
_HEADER_BYTES: Final = 26 + 16 + 4  # QoS data, CCMP, FCS (9.3.2, 12.5.3)
_UPPER_BYTES: Final = 8 + 28  # LLC and SNAP; IPv4 and UDP
_ACK_BYTES: Final = 14  # (9.3.1.4)
_BLOCK_ACK_BYTES: Final = 32  # compressed (9.3.1.8)
_DELIMITER_BYTES: Final = 6  # of each frame in an A-MPDU, padding in the mean (9.7)


@dataclass(frozen=True, slots=True)
class Air:
    """An access point, its air, and who hangs on it how. Bits are those of one symbol of 4 µs."""

    data_bits: int = 156  # MCS 4, 39 Mb/s: what is left of the best through a wall (19.5)
    control_bits: int = 96  # 24 Mb/s: of acknowledgements (10.6.6)
    basic_bits: int = 24  # 6 Mb/s, the lowest basic rate: of all that goes to a group (10.6)
    aggregation: int = 1  # frames for one receiver in one exchange: an A-MPDU; 1: as before 802.11n
    queue: int = 200  # frames that wait at the access point, and at each station: others are lost
    loss: float = 0.01  # share of exchanges that fail by noise, and are tried again
    wired: tuple[int, ...] = ()  # machines that hang on it by a cable
    dozing: tuple[tuple[int, int], ...] = ()  # stations that save power: each so many beacons apart
    awake_ns: int = 100 * MILLISECOND  # so long after it sent something such a station still hears
    group_beacons: int = 1  # group frames wait so many beacons where somebody dozes: DTIM (11.2.3)

    def __str__(self) -> str:
        parts = [f"air of queues of {self.queue}, {self.loss:.0%} of exchanges fail"]
        if self.aggregation > 1:
            parts.append(f"up to {self.aggregation} frames in one")
        if self.wired:
            parts.append(f"by cable: {','.join(map(str, self.wired))}")
        naps = (
            f"{station} for {beacons * BEACON_NS // MILLISECOND} ms"
            for station, beacons in self.dozing
        )
        if told := ", ".join(naps):
            parts.append(f"dozing {self.awake_ns // MILLISECOND} ms after a word: {told}")
        return ", ".join(parts)


def exchange_ns(air: Air, sizes: Sequence[int]) -> int:
    """Return how long frames to one receiver take in one exchange, with their acknowledgement.

    Args:
        sizes: of the datagrams [byte]; several go as an A-MPDU, with a block acknowledgement.
    """
    carried = sum(sizes) + (_HEADER_BYTES + _UPPER_BYTES) * len(sizes)
    answer = _ACK_BYTES
    if len(sizes) > 1:
        carried += _DELIMITER_BYTES * len(sizes)
        answer = _BLOCK_ACK_BYTES
    frame_ns = _HT_PREAMBLE_NS + _symbols_ns(carried, air.data_bits)
    return frame_ns + SIFS_NS + _PREAMBLE_NS + _symbols_ns(answer, air.control_bits)


def group_ns(air: Air, size: int) -> int:
    """Return how long a frame to all takes: at the lowest basic rate, unacknowledged."""
    return _PREAMBLE_NS + _symbols_ns(size + _HEADER_BYTES + _UPPER_BYTES, air.basic_bits)


def _symbols_ns(size: int, bits: int) -> int:
    return -(-(8 * size + _CODING_BITS) // bits) * _SYMBOL_NS
