"""Waiting for answers: what had come when the time was over counts, however late it is read."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from typing import Final

LATE_MAX: Final = 64  # read after the time: more than that is a flood


def await_arrivals(ear: socket.socket, wait_s: float) -> Iterator[None]:
    """Yield whenever something waits at a socket that does not block, until the time is over.

    Whom the system let run again only after the time finds there what came in time: so a busy
    machine does not call silent who has answered it.
    """
    until_s = time.monotonic() + wait_s
    late = 0
    while late < LATE_MAX:
        left_s = until_s - time.monotonic()
        if not select.select([ear], [], [], max(0.0, left_s))[0]:
            return
        late += left_s <= 0
        yield
