"""Names of hosts to addresses, away from the loop: a resolver may take many seconds."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from threading import Thread

from net.ids import Address


def look_up(
    peers: Sequence[Address],
    on_found: Callable[[Address], None],
    on_unknown: Callable[[str], None],
) -> None:
    """Look up each host, in digits or a name, as IPv4; call back in another thread."""

    def work() -> None:
        for host, port in peers:
            try:
                found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
            except (OSError, UnicodeError, OverflowError) as error:
                on_unknown(f"{host}:{port}: {error}")
                continue
            for *_, address in found:
                on_found((str(address[0]), port))

    if peers:
        Thread(target=work, name="lookup", daemon=True).start()
