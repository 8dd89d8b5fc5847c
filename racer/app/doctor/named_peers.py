"""Peers that a person names: whether their machines can be reached, and whether one races there."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final

from net import Address, WireError, address_text
from net.discovery.beacon import BEACON_BYTES_MAX, BEACON_PORT, Heard, decode_beacon, encode_asked
from net.discovery.sightings import Sighting, sight
from net.limits import ADDRESSES_PER_PEER_MAX
from net.runtime.clock import now_ns
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.host_lookup import addresses_of
from net.runtime.reaching.reachability import Reachability, WhyUnreached, ask_all
from net.runtime.reaching.unreached import Unreached, judge
from net.runtime.udp.arrivals import await_arrivals
from net.runtime.udp.lanes import open_socket
from net.runtime.udp.system_addresses import from_system, to_system
from net.wire.versions import Versions
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.narrow_paths import examine_ways
from racer.app.doctor.neighbours import ANSWER_S, name_networks, name_reason
from racer.app.unreached import guess_at

ASK_S: Final = 1.2  # the beacon there; three tries
TRIES: Final = 3
_NO_ROOM: Final = bytes(8)  # what nobody's tag is: only errors come back


def examine_peers(peers: tuple[Address, ...], met: Acquaintances) -> list[Finding]:
    """Look at each; `met`: who was met so far, and where."""
    return [_examine_peer(peer, met) for peer in peers]


def _examine_peer(peer: Address, met: Acquaintances) -> Finding:
    """Look at each address of a machine, over either stack and each link: the best one counts."""
    title = address_text(peer) if peer[1] else peer[0]
    try:
        found = addresses_of(peer)
    except (OSError, UnicodeError, OverflowError) as error:  # of a name too: of nothing, too long
        why = getattr(error, "strerror", None) or error
        return Finding(title, Grade.DOUBT, f"no such machine: {why}", "give its address in digits")
    if not found:
        return Finding(title, Grade.DOUBT, "no link of this machine has IPv6", name_networks())
    hosts = [host for host, _ in found if to_system((host, BEACON_PORT), socket.AF_INET6)]
    if not hosts:
        return Finding(title, Grade.DOUBT, "not the address of one machine", "look at it again")
    hosts = hosts[:ADDRESSES_PER_PEER_MAX]
    told = _ask_beacons(hosts)
    if told:
        return _judge_racer(title, told, met)
    calls = [Reachability((host, peer[1] or BEACON_PORT), _NO_ROOM) for host in hosts]
    unreached = judge(calls[0].address, ask_all(calls, ANSWER_S), None)
    guess = next((guess for host in hosts if (guess := guess_at(host, met))), "")
    return _judge_silent(title, unreached, f", {guess}" if guess else "")


def _ask_beacons(hosts: list[str]) -> dict[str, Heard]:
    """Return what racers at these addresses say of themselves, in the order of the addresses."""
    told: dict[str, Heard] = {}
    with open_socket(None)[0] as asking:
        asking.setblocking(False)
        for _ in range(TRIES):
            for host in hosts:
                target = to_system((host, BEACON_PORT), asking.family)
                if host not in told and target is not None:
                    with suppress(OSError):
                        asking.sendto(encode_asked(), target)
            for _ in await_arrivals(asking, ASK_S / TRIES):
                with suppress(OSError, WireError):
                    data, source = asking.recvfrom(BEACON_BYTES_MAX + 1)
                    said, host = decode_beacon(data), from_system(source)[0]
                    if isinstance(said, Heard) and host in hosts:
                        told[host] = said
                if len(told) == len(hosts):
                    break
            if len(told) == len(hosts):
                break
    return {host: told[host] for host in hosts if host in told}


def _judge_racer(title: str, told: dict[str, Heard], met: Acquaintances) -> Finding:
    """Tell of a racer that has answered by its beacon whether its race answers too.

    Args:
        told: what it has said, by address.
    """
    seen: dict[Address, Sighting] = {}
    for host, said in told.items():
        with suppress(WireError):
            seen[host, said.port] = sight(said.pairs, ((host, said.port),), now_ns())
    if not seen:
        return Finding(title, Grade.DOUBT, "what answers is no racer that we understand")
    calls = [Reachability(at, each.tag) for at, each in seen.items()]
    answers = ask_all(calls, ANSWER_S)
    ways = examine_ways(calls, answers)
    at = min(seen, key=lambda at: (not isinstance(answers[at], Versions), at in ways))
    name = met.names().get(seen[at].node)
    where = f"{seen[at].race!r} is open at {address_text(at)}{f' ({name})' if name else ''}"
    unreached = judge(at, answers, None)
    if unreached is not None:
        why, remedy = name_reason(unreached)
        return Finding(title, Grade.DOUBT, f"{where}, but {why}", remedy)
    if (fault := ways.name_fault([at])) is not None:
        why, remedy = fault
        return Finding(title, Grade.DOUBT, f"{where}, and answers, but {why}", remedy)
    return Finding(
        title, Grade.FINE, f"{where}, and answers", f"start with --peer {address_text(at)}"
    )


def _judge_silent(title: str, unreached: Unreached | None, guess: str) -> Finding:
    """Tell of a machine where no racer has answered."""
    if unreached is None or unreached.why is WhyUnreached.SILENT:
        found = (
            f"nothing answers{guess}: no race is open there, a firewall keeps UDP 42472 out,"
            " or only what is small gets there"
        )
        return Finding(title, Grade.DOUBT, found, "open one there, and run racer doctor there")
    why, remedy = name_reason(unreached)
    return Finding(title, Grade.DOUBT, f"{why}{guess}", remedy)
