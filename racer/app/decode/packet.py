"""What a capture holds, and how it is read without believing its lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final, final

PACKET_BYTES_MAX: Final = 262_144  # what tcpdump takes of a packet at most


@final
class CaptureError(Exception):
    """A capture that is damaged, or none; its text says where and how."""


@final
@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it passed an interface."""

    time_ns: int  # since 1970, UTC, by the clock of the machine that captured
    link: int  # what it begins with: LINKTYPE_ of the format's registry
    data: bytes  # as much of it as was kept


def read_exactly(file: BinaryIO, count: int) -> bytes:
    """Return so many bytes.

    Raises:
        CaptureError: the file ends before.
    """
    data = file.read(count)
    if len(data) < count:
        raise CaptureError("it ends within a packet")
    return data
