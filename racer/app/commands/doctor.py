"""`racer doctor`: what keeps this machine from racing with others, and the remedy."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from net.runtime.interfaces import require_interface
from racer.app.doctor.examine import examine
from racer.app.doctor.finding import Finding, Grade
from racer.app.doctor.seat import examine_seat

if TYPE_CHECKING:
    from pathlib import Path

    from net import Address


def diagnose(
    interface: str | None,
    port: int,
    peers: tuple[Address, ...],
    profile: Path | None,
    *,
    as_json: bool,
    patient: bool = False,
) -> int:
    """Print what is found, a line each. Returns 1 if nobody can play here with others, else 0.

    Args:
        interface: the address of the only one to use; None: all.
        port: the game's; 0: any.
        peers: whom the person names.
        profile: the one to use; None: the first that is free.
        patient: wait for a doctor on another machine, which tries our ports.

    Raises:
        UsageError: no interface has the address.
    """
    require_interface(interface)
    faults = 0
    for finding in examine(interface, port, peers, profile, patient=patient):
        faults += _print_finding(finding, as_json=as_json)
    for finding in examine_seat():
        faults += _print_finding(finding, as_json=as_json)
    return 1 if faults else 0


def _print_finding(finding: Finding, *, as_json: bool) -> bool:
    """Print a finding; tell whether it is a fault."""
    if as_json:
        told = asdict(finding) | {"mark": finding.mark.name.lower()}
        if not finding.dropped:
            del told["dropped"]
        print(json.dumps(told), flush=True)
    else:
        print(finding.line, flush=True)
    return finding.mark is Grade.FAULT
