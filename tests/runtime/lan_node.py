"""A node as a process of its own, for the tests on network namespaces. Prints JSON Lines."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from threading import Thread

from net.node.program import Command, Event, Leave, NodeView, PeerChanged, Report
from net.runtime.disk.profile import Profile
from net.runtime.endpoint import Endpoint
from net.runtime.interfaces import race_interfaces
from net.runtime.service import Service
from net.runtime.service_options import ServiceOptions, Trouble
from net.security.room_secret import RoomSecret

BEGAN_S = time.monotonic()


class Listener:
    """Reports what happens to peers."""

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        return [Report(event)] if isinstance(event, PeerChanged) else []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        return []


def say(event: str, **more: object) -> None:
    line = {"event": event, "after_s": round(time.monotonic() - BEGAN_S, 3), **more}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def network() -> str:
    """Return where others reach a race on this machine."""
    used = race_interfaces()
    if all(each.loopback for each in used):
        return "only this machine"
    return ", ".join(f"{each.address} ({each.name})" for each in used)


def on_report(what: object) -> None:
    match what:
        case PeerChanged(node=node, state=state):
            say("peer", node=node.hex(), state=state.value)
        case Trouble(part=part, text=text):
            say("trouble", part=part, text=text)
        case _:
            pass


def follow_stdin(service: Service) -> None:
    """Tell the network for each line; leave at the end of them."""
    for _ in sys.stdin:
        say("network", network=network())
    service.post(Leave())


def main() -> None:
    """Take part until a line comes on stdin, then leave."""
    profile = Profile.open(Path(sys.argv[1]))
    options = ServiceOptions(name="lan")
    endpoint = Endpoint(profile, RoomSecret("Namespaces"), options)
    service = Service(endpoint, Listener(), on_report)
    say("started", node=profile.identity.node_id.hex(), network=network())
    Thread(target=follow_stdin, args=(service,), daemon=True).start()
    service.run()
    profile.close()


if __name__ == "__main__":
    main()
