"""The newer format of captures, in blocks (draft-ietf-opsawg-pcapng)."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, BinaryIO, Final, final

from racer.app.decode.packet import PACKET_BYTES_MAX, CaptureError, Packet, read_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTION: Final = b"\x0a\x0d\x0d\x0a"
"""The first four bytes of a file, and of each section in it."""

_BLOCK_BYTES_MAX: Final = 16 * 1024 * 1024  # no program writes a larger one
_INTERFACES_MAX: Final = 1024  # of a section
_ORDERS: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_INTERFACE, _SIMPLE, _ENHANCED = 1, 3, 6
_END_OF_OPTIONS, _TIME_UNIT, _TIME_OFFSET = 0, 9, 14


@final
@dataclass(frozen=True, slots=True)
class _Link:
    """An interface on which packets were captured."""

    kind: int
    units_a_second: int = 1_000_000
    offset_s: int = 0

    def time_ns(self, units: int) -> int:
        return units * 1_000_000_000 // self.units_a_second + self.offset_s * 1_000_000_000


def read_pcapng(file: BinaryIO) -> Iterator[Packet]:
    """Yield the packets of a file, of which the first four bytes have been read.

    Raises:
        CaptureError: it is damaged; what was good has been yielded.
    """
    order, links = _begin_section(file), list[_Link]()
    while head := file.read(4):
        if head == SECTION:
            order, links = _begin_section(file), []
            continue
        if len(head) < 4:
            raise CaptureError("it ends within a block")
        kind = int(Struct(f"{order}I").unpack(head)[0])
        body = _read_body(file, order, read_exactly(file, 4), 8)
        if kind == _INTERFACE:
            if len(links) >= _INTERFACES_MAX:
                raise CaptureError(f"a section of it has more than {_INTERFACES_MAX} interfaces")
            links.append(_read_link(body, order))
        elif kind == _ENHANCED:
            yield _read_enhanced(body, order, links)
        elif kind == _SIMPLE:
            yield _read_simple(body, order, links)


def _begin_section(file: BinaryIO) -> str:
    """Read what a section begins with; return its order of bytes."""
    size, magic = read_exactly(file, 4), read_exactly(file, 4)
    order = _ORDERS.get(magic)
    if order is None:
        raise CaptureError("a section of it has no order of bytes: it is damaged there")
    _read_body(file, order, size, 12)
    return order


def _read_body(file: BinaryIO, order: str, size: bytes, read: int) -> bytes:
    """Return the rest of a block of which `read` bytes have been read, without its size behind."""
    word = Struct(f"{order}I")
    (total,) = word.unpack(size)
    if not read + word.size <= total <= _BLOCK_BYTES_MAX or total % 4:
        raise CaptureError(f"a block of it would have {total:,} bytes: it is damaged there")
    body = read_exactly(file, total - read)
    if body[-word.size :] != size:
        raise CaptureError("a block of it has two sizes: it is damaged there")
    return body[: -word.size]


def _read_link(body: bytes, order: str) -> _Link:
    if len(body) < 8:
        raise CaptureError("an interface of it is cut short")
    (kind,) = Struct(f"{order}H").unpack_from(body)
    units_a_second, offset_s = 1_000_000, 0
    option, at = Struct(f"{order}HH"), 8
    while at + option.size <= len(body):
        code, size = option.unpack_from(body, at)
        value = body[at + option.size : at + option.size + size]
        at += option.size + size + -size % 4
        if code == _END_OF_OPTIONS:
            break
        if code == _TIME_UNIT and len(value) == 1:
            base = 2 if value[0] & 0x80 else 10
            units_a_second = base ** (value[0] & 0x7F)
        if code == _TIME_OFFSET and len(value) == 8:
            (offset_s,) = Struct(f"{order}q").unpack(value)
    return _Link(kind, units_a_second, offset_s)


def _read_enhanced(body: bytes, order: str, links: list[_Link]) -> Packet:
    head = Struct(f"{order}IIIII")
    if len(body) < head.size:
        raise CaptureError("a packet of it is cut short")
    number, high, low, kept, _ = head.unpack_from(body)
    link = _link_of(number, links)
    data = _kept_of(body[head.size :], kept)
    return Packet(link.time_ns(high << 32 | low), link.kind, data)


def _read_simple(body: bytes, order: str, links: list[_Link]) -> Packet:
    """Read a packet without a time, which is the first interface's."""
    word = Struct(f"{order}I")
    if len(body) < word.size:
        raise CaptureError("a packet of it is cut short")
    (length,) = word.unpack_from(body)
    data = body[word.size :][:length]
    return Packet(0, _link_of(0, links).kind, _kept_of(data, len(data)))


def _link_of(number: int, links: list[_Link]) -> _Link:
    if number >= len(links):
        raise CaptureError(f"a packet of it is of interface {number}, of which it says nothing")
    return links[number]


def _kept_of(data: bytes, kept: int) -> bytes:
    if kept > min(PACKET_BYTES_MAX, len(data)):
        raise CaptureError(f"a packet of it would have {kept:,} bytes: it is damaged there")
    return data[:kept]
