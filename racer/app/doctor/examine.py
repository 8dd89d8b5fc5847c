"""All that is looked at, in the order in which a person would look."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

from net import Address, Counts
from net.runtime.disk.acquaintances import Acquaintances
from racer.app.doctor.finding import Finding, tell_dropped
from racer.app.doctor.firewall import GAME_PORT, examine_firewall, opening_command
from racer.app.doctor.machine import examine_machine
from racer.app.doctor.named_peers import examine_peers
from racer.app.doctor.neighbours import examine_neighbours
from racer.app.doctor.networks import examine_networks
from racer.app.doctor.other_doctors import OtherDoctors, compare_clocks
from racer.app.doctor.port_trials import tell_trials
from racer.app.doctor.ports import examine_ports
from racer.app.options import read_met


def examine(
    chosen: str | None,
    port: int,
    peers: tuple[Address, ...],
    profile: Path | None,
    *,
    patient: bool = False,
) -> Iterator[Finding]:
    """Yield what is found, as it is found; takes some seconds, for others have to answer.

    Args:
        chosen: the address of the only interface to use; None: all.
        port: the game's; 0: any.
        peers: whom the person names.
        profile: the one to use; None: the first that is free.
        patient: wait for a doctor on another machine, which tries our ports.
    """
    with closing(OtherDoctors(chosen, peers, port)) as others:  # they may come while we look
        met = read_met(profile)
        heard = yield from _examine_network(chosen, port, met)
        yield from examine_peers(peers, met)
        yield from _examine_with(others, port, met, patient=patient)
        yield tell_dropped(heard | Counts.of(others.counters))
    yield from examine_machine(profile)


def examine_meeting(
    chosen: str | None, port: int, peers: tuple[Address, ...], met: Acquaintances
) -> Iterator[Finding]:
    """Yield what is found of the way to others, as it is found; `met`: who was met so far."""
    with closing(OtherDoctors(chosen, peers, port)) as others:
        heard = yield from _examine_network(chosen, port, met)
        yield from examine_peers(peers, met)
        yield from _examine_with(others, port, met)
        yield tell_dropped(heard | Counts.of(others.counters))


def _examine_with(
    others: OtherDoctors, port: int, met: Acquaintances, *, patient: bool = False
) -> Iterator[Finding]:
    """Yield what is found with doctors on other machines."""
    others.settle(patient=patient)
    game_port = port or GAME_PORT
    yield from tell_trials(others.tried, game_port, met, opening_command(game_port))
    yield from compare_clocks(others.clocks)


def _examine_network(
    chosen: str | None, port: int, met: Acquaintances
) -> Generator[Finding, None, Counts]:
    """Yield what is found of the network; return what was passed over of what others tell."""
    yield from examine_networks(chosen)
    yield from examine_ports()
    yield from examine_firewall(chosen, port)
    findings, heard = examine_neighbours(chosen, met)
    yield from findings
    return heard
