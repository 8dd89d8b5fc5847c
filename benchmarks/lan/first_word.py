"""What a bot costs until its first word: `python -m benchmarks.lan.first_word PROFILE`.

Runs `racer bot`, which is told of a peer, up to the hello, prints processor time and how
many modules were loaded, as JSON, and ends there. No more is loaded here than it loads itself:
`unittest.mock` would be a quarter of it.
"""

from __future__ import annotations

import json
import os
import sys
import time

from net.runtime.sockets import UdpSocket
from racer.app.commands.cli import main

RACE = "First word"
LOOPBACK = "127.0.0.1"
PEER = "127.0.0.1:9"


def stop(*_: object) -> None:
    """End the process where it would have sent."""
    cpu_ms = round(1000 * time.process_time(), 1)
    told = {
        "cpu_ms": cpu_ms,
        "modules": len(sys.modules),
        "game": "racer.play.session" in sys.modules,
    }
    print(json.dumps(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    setattr(UdpSocket, "send", stop)  # noqa: B010 — a method is replaced, on purpose
    main(["bot", "--race", RACE, "--profile", sys.argv[1], "--interface", LOOPBACK, "--peer", PEER])
