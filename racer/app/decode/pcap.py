"""The classic format of captures (draft-ietf-opsawg-pcap)."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, Final

from racer.app.decode.packet import PACKET_BYTES_MAX, CaptureError, Packet, read_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator

_MICROSECONDS: Final = 0xA1B2C3D4
_NANOSECONDS: Final = 0xA1B23C4D
MAGICS: Final = {
    number.to_bytes(4, order): (">" if order == "big" else "<", unit_ns)
    for number, unit_ns in ((_MICROSECONDS, 1000), (_NANOSECONDS, 1))
    for order in ("big", "little")
}
"""The first four bytes: the order of bytes, and the unit of times."""

_LINK_MASK: Final = 0xFFFF  # above it stands how long the check of each frame is


def read_pcap(file: BinaryIO, magic: bytes) -> Iterator[Packet]:
    """Yield the packets of a file, of which the magic number has been read.

    Raises:
        CaptureError: it is damaged; what was good has been yielded.
    """
    order, unit_ns = MAGICS[magic]
    major, _, _, _, _, link = Struct(f"{order}HHiIII").unpack(read_exactly(file, 20))
    if major != 2:
        raise CaptureError(f"it is of version {major} of its format, which nobody writes")
    head = Struct(f"{order}IIII")
    number = 0
    while data := file.read(head.size):
        number += 1
        if len(data) < head.size:
            raise CaptureError("it ends within a packet")
        seconds, fraction, kept, _ = head.unpack(data)
        if kept > PACKET_BYTES_MAX:
            raise CaptureError(f"packet {number} would have {kept:,} bytes: it is damaged there")
        time_ns = seconds * 1_000_000_000 + fraction * unit_ns
        yield Packet(time_ns, link & _LINK_MASK, read_exactly(file, kept))
