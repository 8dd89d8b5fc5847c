"""All that a node is, as one value: to see whether what it refused has changed any of it."""

from __future__ import annotations

from collections import deque
from enum import Enum
from hashlib import blake2b
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Final

import msgspec

from net.counters import Counters
from net.sim.checks.invariants import Invariants
from net.sim.machine import Machine
from net.transport.initiator import Initiator
from net.transport.local_keys import Indices
from net.transport.responder import Responder
from racer.core.circuits.track import Track
from tests.fuzz.live_race import transport_of
from tests.net.wires import SeededSodium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from net.node.host import Host

_LEFT_OUT: Final = (
    Counters,  # a refusal is counted
    Responder,  # half-open handshakes are bounded, and nobody is told of them
    Initiator,
    Indices,
    Random,
    SeededSodium,
    Track,
    Invariants,
    Machine,
    BuiltinFunctionType,
    FunctionType,
    MethodType,
    ModuleType,
    type,
)
_PLAIN: Final = (int, float, str, bytes, bool, type(None), Enum)


def standing_of(host: Host) -> list[object]:
    """Return how a node stands with its peers: cheap, to be asked often."""
    sessions, node = transport_of(host)._sessions, host.node
    standing: list[object] = [node.incarnation, len(node.operations), sorted(sessions.by_index)]
    for remote in sessions.remotes.values():
        who = remote.node, remote.incarnation, remote.route, remote.heard_ns, remote.alias
        standing.append((who, remote.probe, remote.search, remote.current is None))
    for each in sessions.by_index.values():
        window, seal = each.seal.window, each.seal
        standing.append((each.state, each.incarnation, each.told, seal.sent, window.newest))
    standing.extend((peer.node, peer.incarnation, peer.health) for peer in node._peers)
    if node.consensus is not None:
        log = node.consensus.log
        standing.append((log.lineage, log.head, log.commit, log.head_hash))
    return standing


def digest_of(host: Host) -> str:
    """Return a digest of all that hangs on a node and its program, but for what is left out."""
    taken = blake2b(digest_size=16)
    for part in _walk_parts(host, set()):
        taken.update(part)
    return taken.hexdigest()


def _walk_parts(value: object, seen: set[int]) -> Iterator[bytes]:
    if isinstance(value, _PLAIN):
        yield repr(value).encode()
        return
    if isinstance(value, _LEFT_OUT) or id(value) in seen:
        return
    seen.add(id(value))
    yield type(value).__name__.encode()
    match value:
        case dict():
            for key, item in value.items():
                yield from _walk_parts(key, seen)
                yield from _walk_parts(item, seen)
        case list() | tuple() | deque():
            for item in value:
                yield from _walk_parts(item, seen)
        case set() | frozenset():
            yield repr(sorted(map(repr, value))).encode()
        case bytearray():
            yield bytes(value)
        case _:
            for name in _fields_of(value):
                yield name.encode()
                yield from _walk_parts(getattr(value, name, None), seen)


def _fields_of(value: object) -> list[str]:
    if isinstance(value, msgspec.Struct):
        return list(value.__struct_fields__)
    names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    return [*names, *getattr(value, "__dict__", {})]
