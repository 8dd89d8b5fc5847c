"""A file of packets, whichever format it has, read one packet at a time."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from net import UsageError
from racer.app.decode.pcap import MAGICS, read_pcap
from racer.app.decode.pcapng import SECTION, read_pcapng

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from racer.app.decode.packet import Packet

# A pipe that nobody writes to would hold us up while it is opened; what comes is then waited for.
_READ_ONLY: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_capture(path: Path) -> Iterator[Packet]:
    """Yield the packets of a file, pcap or pcapng; of a pipe, as they come.

    However large it is, one packet of it is held at a time.

    Raises:
        UsageError: it cannot be read, or is no capture.
        CaptureError: it is damaged; what was good has been yielded.
    """
    try:
        with _open_file(path) as file:
            magic = file.read(4)
            if magic in MAGICS:
                yield from read_pcap(file, magic)
            elif magic == SECTION:
                yield from read_pcapng(file)
            else:
                raise UsageError(f"{path}: is no capture, neither pcap nor pcapng")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _open_file(path: Path) -> BinaryIO:
    handle = os.open(path, _READ_ONLY)
    file = os.fdopen(handle, "rb")
    if stat.S_ISFIFO(os.fstat(handle).st_mode):
        os.set_blocking(handle, True)
    return file
