"""Peers that a person names: whether their machines can be reached, and whether one listens."""

from __future__ import annotations

import socket
from typing import Final

from net import Address, address_text
from net.discovery.beacon import BEACON_PORT
from net.runtime.host_lookup import addresses_of
from net.runtime.interfaces import list_interfaces
from net.runtime.udp.system_addresses import to_system
from racer.app.doctor.finding import Finding, Grade

ANSWER_S: Final = 1.0


def examine_peers(peers: tuple[Address, ...]) -> list[Finding]:
    """Look at each."""
    return [_examine_peer(peer) for peer in peers]


def _examine_peer(peer: Address) -> Finding:
    title = address_text(peer) if peer[1] else peer[0]
    try:
        found = addresses_of(peer)
    except (OSError, UnicodeError) as error:  # the latter: a label of nothing, or too long a one
        why = getattr(error, "strerror", None) or error
        return Finding(title, Grade.DOUBT, f"no such machine: {why}", "give its address in digits")
    if not found:
        return Finding(title, Grade.DOUBT, "no link of this machine has IPv6", _name_networks())
    host, port = found[0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = to_system((host, port or BEACON_PORT), family)
    if address is None:
        return Finding(title, Grade.FAULT, "not the address of one machine", "look at it again")
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        trial.settimeout(ANSWER_S)
        try:
            trial.connect(address)
            trial.send(b"\0")  # no datagram of ours: a racer passes it over
            trial.recv(1)
        except ConnectionRefusedError:
            remedy = "start the race there, and look which port it tells"
            return Finding(title, Grade.DOUBT, "the machine answers, but no racer listens", remedy)
        except TimeoutError:
            pass  # as it should be
        except OSError as error:
            return Finding(
                title, Grade.DOUBT, f"cannot be reached: {error.strerror}", _name_networks()
            )
    near = any(each.reaches(host) for each in list_interfaces())
    where = "on a network of this machine" if near else "on another network"
    return Finding(title, Grade.FINE, f"{where}; nothing refuses a race with it")


def _name_networks() -> str:
    ours = ", ".join(f"{each.address}/{each.prefix}" for each in list_interfaces())
    return f"join one network with it; this machine is in {ours}"
