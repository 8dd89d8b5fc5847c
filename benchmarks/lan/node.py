"""A measured node as a process: `python -m benchmarks.lan.node PROFILE EVERY_MS FIRST_MS`.

Prints JSON Lines, each with the time `t` in Unix seconds, until it is killed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import assert_never, cast

from benchmarks.lan.talker import Said, SecondPassed, Talker, Told
from net import (
    Committed,
    CoordinatorChanged,
    Dot,
    LineageEntered,
    Order,
    PeerChanged,
    Synced,
    short,
)
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.reaching.unreached import Unreached
from net.runtime.reports import ServiceReport
from net.runtime.service import Service
from net.runtime.service_options import ServiceOptions, Trouble
from net.security.room_secret import RoomSecret
from racer.app.output import Load

MILLISECOND = 1_000_000


def told_dot(dot: Dot) -> str:
    """Return the name of a line."""
    return f"{short(dot.node)}.{dot.incarnation}.{dot.n}"


def to_object(told: Told | ServiceReport) -> dict[str, object]:
    """Return what is printed of a report."""
    match told:
        case Said(dot=dot):
            return {"event": "said", "dot": told_dot(dot)}
        case SecondPassed():
            return {"event": "stats"}
        case PeerChanged(node=node, state=state):
            return {"event": "peer", "node": short(node), "state": state.value}
        case CoordinatorChanged(lineage=lineage, node=node, epoch=epoch):
            coordinates = None if node is None else short(node)
            found = {"event": "coordinator", "node": coordinates, "epoch": epoch}
            return {**found, "lineage": lineage.hex()}
        case LineageEntered(lineage=lineage):
            return {"event": "lineage", "lineage": lineage.hex()}
        case Committed(decree=decree, lineage=lineage):
            line = told_dot(decree.what.dot) if isinstance(decree.what, Order) else None
            found = {"event": "decree", "epoch": decree.epoch, "index": decree.index}
            return {**found, "lineage": lineage.hex(), "line": line}
        case Synced():
            return {"event": "synced"}
        case Trouble(part=part, text=text):
            return {"event": "trouble", "part": part, "text": text}
        case Unreached(address=address, why=why):
            return {"event": "unreached", "address": address, "why": why.value}
        case _:
            assert_never(told)


def main() -> None:
    """Take part until the process is killed."""
    profile = Profile.open(Path(sys.argv[1]))
    talker = Talker(int(sys.argv[2]) * MILLISECOND, int(sys.argv[3]) * MILLISECOND)
    load = Load()

    def on_report(what: object) -> None:
        told = cast("Told | ServiceReport", what)
        line = {"t": time.time(), **to_object(told)}
        if isinstance(told, SecondPassed):
            line |= load.look(service.stats(), service.lateness())
        sys.stdout.write(json.dumps(line) + "\n")
        if not isinstance(told, Committed):  # a new life is told thousands of them at once
            sys.stdout.flush()

    endpoint = Endpoint(profile, RoomSecret("Bench"), ServiceOptions(name="bench"))
    service = Service(endpoint, talker, on_report)
    line = {"t": time.time(), "event": "joined", "node": short(profile.identity.node_id)}
    sys.stdout.write(json.dumps(line) + "\n")
    service.run()


if __name__ == "__main__":
    main()
