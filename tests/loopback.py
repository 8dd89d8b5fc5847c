"""This machine's loopback, which a test shares with others, and with whoever races here."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from net.runtime.interfaces import LOOPBACK


def race_name() -> str:
    """Return the name of a race that nobody else on this machine is in."""
    return f"Test-{secrets.token_hex(6)}"


@contextmanager
def refusing_port() -> Iterator[int]:
    """Hold a UDP port at which this machine says that nobody listens; nobody else can have it.

    A socket that is connected gets what comes from that peer alone.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind((LOOPBACK, 0))
        held.connect((LOOPBACK, held.getsockname()[1]))
        yield int(held.getsockname()[1])
