"""`racer decode`: what a capture of the network holds of races."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from racer.app.commands.parser import FAILURE, OK
from racer.app.decode.capture import read_capture
from racer.app.decode.keyring import Keyring, read_key_log
from racer.app.decode.layers import datagram_in
from racer.app.decode.objects import object_of
from racer.app.decode.packet import CaptureError
from racer.app.decode.reading import ClearDatagram, OpenedDatagram, read_datagram
from racer.app.decode.words import line_of
from racer.app.terminal import complain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def decode_capture(path: Path, key_logs: Sequence[Path], *, as_json: bool) -> int:
    """Print a line for each datagram of a race that a capture holds, and how many could be read.

    Returns:
        0, or 1 where the capture is damaged: then what was good of it has been printed.

    Raises:
        UsageError: a file cannot be read, or is not what it should be.
        OutputError: standard output takes no more.
    """
    keyring = _read_key_logs(key_logs)
    tally = Counter[str]()
    damage = ""
    try:
        for packet in read_capture(path):
            datagram = datagram_in(packet)
            reading = None if datagram is None else read_datagram(datagram, keyring)
            if datagram is None or reading is None:
                tally["other"] += 1
                continue
            is_read = isinstance(reading, ClearDatagram | OpenedDatagram)
            tally["read" if is_read else "unread"] += 1
            ends = datagram.source, datagram.target
            told = packet.time_ns, ends, datagram.size, reading
            print(json.dumps(object_of(*told)) if as_json else line_of(*told))
    except CaptureError as error:
        damage = str(error)
    complain(
        f"{tally['read']} datagrams read, {tally['unread']} not;"
        f" {tally['other']} packets are not of a race"
    )
    if damage:
        complain(f"{path}: {damage}; what came before is shown")
    return FAILURE if damage else OK


def _read_key_logs(paths: Sequence[Path]) -> Keyring:
    sessions = []
    for path in paths:
        found, wrong = read_key_log(path)
        sessions.extend(found)
        if wrong:
            complain(f"{path}: lines that are no keys are passed over: {wrong}")
    return Keyring(sessions)
