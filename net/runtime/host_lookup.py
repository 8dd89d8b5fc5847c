"""Names of hosts to addresses, away from the loop: a resolver may take many seconds."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from threading import Thread, Timer
from typing import Final

from net.ids import Address, address_text
from net.runtime.interfaces import list_interfaces
from net.runtime.udp.system_addresses import from_system

LATE_S: Final = 3.0  # whom a name server knows, it tells within a fraction of that

_DIGITS: Final = "give its address in digits"
_NO_ANSWER: Final = f"no name server has answered yet; {_DIGITS}"


def look_up(
    peers: Sequence[Address],
    on_found: Callable[[Address], None],
    on_unknown: Callable[[str], None],
) -> None:
    """Look up each host, in digits or a name, in both stacks; call back in other threads.

    One whose resolver takes long is told as unknown for now, and found when it answers.
    """

    def work(peer: Address) -> None:
        title = address_text(peer) if peer[1] else peer[0]
        late = Timer(LATE_S, on_unknown, [f"{title}: {_NO_ANSWER}"])
        late.daemon = True
        late.start()
        try:
            found = addresses_of(peer)
        except (OSError, UnicodeError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            on_unknown(f"{title}: {why}; {_DIGITS}")
            return
        finally:
            late.cancel()
        for address in found:
            on_found(address)

    for peer in peers:
        Thread(target=work, args=(peer,), name="lookup", daemon=True).start()


def addresses_of(peer: Address) -> list[Address]:
    """Return where a host is, in digits. May wait for a resolver.

    A link-local address without an interface is on any that has such ones.

    Raises:
        OSError, UnicodeError, OverflowError: there is no such host.
    """
    host, port = peer
    told = socket.getaddrinfo(host, port or None, type=socket.SOCK_DGRAM)
    found: dict[Address, None] = {}
    for _, _, _, _, address in told:
        at, _ = from_system((str(address[0]), port, *address[2:]))
        for digits in _on_each_link(at):
            found[digits, port] = None
    return list(found)


def _on_each_link(host: str) -> list[str]:
    if ":" not in host or "%" in host or not ipaddress.ip_address(host).is_link_local:
        return [host]
    scopes = {each.address.partition("%")[2] for each in list_interfaces() if each.is_link_local}
    return [f"{host}%{scope}" for scope in sorted(scopes)]
