"""Peers that a person names: whether their machines can be reached, and whether one races there."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress
from typing import Final

from net import Address, WireError, address_text
from net.discovery.beacon import BEACON_BYTES_MAX, BEACON_PORT, Heard, decode_beacon, encode_asked
from net.discovery.sightings import sight
from net.runtime.clock import now_ns
from net.runtime.disk.acquaintances import Acquaintances
from net.runtime.host_lookup import addresses_of
from net.runtime.reaching.reachability import Reachability, WhyUnreached, ask_all
from net.runtime.reaching.unreached import Unreached, judge
from net.runtime.udp.system_addresses import to_system
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.narrow_paths import find_narrow, name_narrow
from racer.app.doctor.neighbours import ANSWER_S, name_networks, name_reason
from racer.app.unreached import guess_at

ASK_S: Final = 1.2  # the beacon there; three tries
TRIES: Final = 3
_NO_ROOM: Final = bytes(8)  # what nobody's tag is: only errors come back


def examine_peers(peers: tuple[Address, ...], met: Acquaintances) -> list[Finding]:
    """Look at each; `met`: who was met so far, and where."""
    return [_examine_peer(peer, met) for peer in peers]


def _examine_peer(peer: Address, met: Acquaintances) -> Finding:
    title = address_text(peer) if peer[1] else peer[0]
    try:
        found = addresses_of(peer)
    except (OSError, UnicodeError) as error:  # the latter: a label of nothing, or too long a one
        why = getattr(error, "strerror", None) or error
        return Finding(title, Grade.DOUBT, f"no such machine: {why}", "give its address in digits")
    if not found:
        return Finding(title, Grade.DOUBT, "no link of this machine has IPv6", name_networks())
    host, port = found[0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if to_system((host, BEACON_PORT), family) is None:
        return Finding(title, Grade.DOUBT, "not the address of one machine", "look at it again")
    told = _ask_beacon(host, family)
    if told is not None:
        return _judge_racer(title, host, told, met)
    at = (host, port or BEACON_PORT)
    unreached = judge(at, ask_all([Reachability(at, _NO_ROOM)], ANSWER_S), None)
    guess = guess_at(host, met)
    return _judge_silent(title, unreached, f", {guess}" if guess else "")


def _ask_beacon(host: str, family: int) -> Heard | None:
    """Return what a racer there says of itself; None: nobody says anything."""
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        for _ in range(TRIES):
            until_s = time.monotonic() + ASK_S / TRIES
            with suppress(OSError):
                asking.sendto(encode_asked(), to_system((host, BEACON_PORT), family) or ("", 0))
            while (left_s := until_s - time.monotonic()) > 0:
                if not select.select([asking], [], [], left_s)[0]:
                    break
                with suppress(OSError, WireError):
                    data, source = asking.recvfrom(BEACON_BYTES_MAX + 1)
                    said = decode_beacon(data)
                    if isinstance(said, Heard) and source[0] == host.partition("%")[0]:
                        return said
    return None


def _judge_racer(title: str, host: str, said: Heard, met: Acquaintances) -> Finding:
    """Tell of a racer that has answered by its beacon whether its race answers too."""
    at = (host, said.port)
    try:
        seen = sight(said.pairs, (at,), now_ns())
    except WireError:
        return Finding(title, Grade.DOUBT, "what answers is no racer that we understand")
    name = met.names().get(seen.node)
    where = f"{seen.race!r} is open at {address_text(at)}{f' ({name})' if name else ''}"
    call = Reachability(at, seen.tag)
    answers = ask_all([call], ANSWER_S)
    unreached = judge(at, answers, None)
    if unreached is not None:
        why, remedy = name_reason(unreached)
        return Finding(title, Grade.DOUBT, f"{where}, but {why}", remedy)
    if find_narrow([call], answers):
        why, remedy = name_narrow([at])
        return Finding(title, Grade.DOUBT, f"{where}, and answers, but {why}", remedy)
    return Finding(
        title, Grade.FINE, f"{where}, and answers", f"start with --peer {address_text(at)}"
    )


def _judge_silent(title: str, unreached: Unreached | None, guess: str) -> Finding:
    """Tell of a machine where no racer has answered."""
    if unreached is None or unreached.why is WhyUnreached.SILENT:
        found = f"nothing answers{guess}: no race is open there, or a firewall keeps UDP 42472 out"
        return Finding(title, Grade.DOUBT, found, "open one there, and run racer doctor there")
    why, remedy = name_reason(unreached)
    return Finding(title, Grade.DOUBT, f"{why}{guess}", remedy)
