"""Corruptions: each breaks an invariant inside one running node, to show that it stops itself.

A mutant changes the code of all; a corruption leaves the code as it is, and spoils what one node
holds, as a defect would that nobody has found yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from net.sim.checks.inspection import log_of, operations_of, voter_of

if TYPE_CHECKING:
    from net.cluster.log import DecreeLog
    from net.security.seal import Seal
    from net.sim.checks.watched import WatchedTransport
    from net.sim.machine import Machine
    from net.transport.transport import Transport

COUNTER_STEPS: Final = 4  # a seal goes back by so many datagrams


@dataclass(frozen=True, slots=True)
class Corruption:
    """A way to spoil a node, and what it says when it finds out."""

    tells: str
    spoil: Callable[[Machine], bool]
    """Returns False, with nothing changed, where its node holds nothing yet to be spoilt."""
    finds: str  # part of what the node says when it stops


def _log_of(machine: Machine) -> DecreeLog | None:
    return None if machine.host is None else log_of(machine.host.node)


def _seals_of(machine: Machine) -> list[Seal]:
    if machine.host is None:
        return []
    transport = cast("WatchedTransport", machine.host.node._transport)._transport
    sessions = cast("Transport", transport)._sessions
    return [session.seal for session in sessions.by_index.values()]


def _change_decree(machine: Machine) -> bool:
    log = _log_of(machine)
    if log is None or log.commit == 0:
        return False
    at = log.commit - 1 - log.base.index
    entry = log._entries[at]
    log._entries[at] = replace(entry, epoch=entry.epoch + 1)
    return True


def _lose_decree(machine: Machine) -> bool:
    log = _log_of(machine)
    if log is None or log.commit == 0:
        return False
    del log._entries[log.commit - 1 - log.base.index :]
    del log._hashes[log.commit - log.base.index :]
    return True


def _lower_commit(machine: Machine) -> bool:
    log = _log_of(machine)
    if log is None or log.commit == 0:
        return False
    log.commit -= 1
    return True


def _lower_promise(machine: Machine) -> bool:
    voter = None if machine.host is None else voter_of(machine.host.node)
    if voter is None or voter.promised == 0:
        return False
    voter.promised -= 1
    return True


def _skip_operation(machine: Machine) -> bool:
    """Count the next operation of somebody as here."""
    if machine.host is None:
        return False
    node = machine.host.node
    clock = operations_of(node)._clock
    others = [member for member in sorted(clock._counts) if member.node != node.me]
    if not others:
        return False
    clock._counts[others[0]] += 1
    clock._hash = None
    return True


def _set_counter_back(machine: Machine) -> bool:
    spoilt = [seal for seal in _seals_of(machine) if seal.sent > COUNTER_STEPS]
    for seal in spoilt:
        seal.sent -= COUNTER_STEPS
    return bool(spoilt)


CORRUPTIONS: Final[Mapping[str, Corruption]] = {
    "changed decree": Corruption(
        "a committed decree is another one", _change_decree, "is not what it was"
    ),
    "lost decree": Corruption("a committed decree is gone", _lose_decree, "decrees has"),
    "lowered commit": Corruption(
        "a decree that counted counts no more", _lower_commit, "committed"
    ),
    "lowered promise": Corruption(
        "an epoch that was promised is forgotten", _lower_promise, "promised epoch"
    ),
    "skipped operation": Corruption(
        "an operation counts as here that is not", _skip_operation, "of a life"
    ),
    "counter set back": Corruption(
        "datagrams are sealed under counters that were used", _set_counter_back, "sealed under"
    ),
}
