"""A LAN in one machine: network namespaces on two bridges that a trunk joins.

Needs root and iproute2. Every name holds our process id, and everything is taken down at the end,
so several labs do not meet. Processes die with the lab's; a later lab removes the namespaces of one
that crashed.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.lan.drops import Drop, ruleset

ROOT = Path(__file__).parents[2]
Line: TypeAlias = dict[str, Any]

_WITHOUT_IPV6 = """
for switch in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
    [ ! -e $switch ] || echo 1 > $switch
done
"""

can_lan = os.geteuid() == 0 and shutil.which("ip") is not None
needs_lan = [
    pytest.mark.lan,
    pytest.mark.skipif(not can_lan, reason="network namespaces need root and iproute2"),
]


def ip(*words: str, told: str | None = None) -> str:
    """Run iproute2's `ip`."""
    return _run(["ip", *words], told)


def _run(command: list[str], told: str | None) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, input=told)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


def take_ipv6_away(namespace: str) -> None:
    """Have cards of a namespace no IPv6 address, also those that come later."""
    _run(["ip", "netns", "exec", namespace, "sh", "-c", _WITHOUT_IPV6], None)


def sweep() -> None:
    """Remove namespaces of labs whose process is gone, if nothing runs in them any more."""
    for name in re.findall(r"^racer\d+(?:sw|b\d+)\b", ip("netns", "list"), re.MULTILINE):
        owner = re.findall(r"\d+", name)[0]
        if not Path("/proc", owner).exists() and not ip("netns", "pids", name):
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def _inherited() -> dict[str, str]:
    """Return our environment without what other tests set to draw on no screen."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SDL_")}


class Box:
    """A machine of the LAN: a namespace with one network card, and the processes on it."""

    def __init__(self, name: str, address: str, card: str) -> None:
        self.name = name
        self.address = address
        self.card = card  # its hardware address
        self.runs: list[Run] = []

    def racer(self, *words: str, **environment: str) -> Run:
        """Start `racer` with these arguments."""
        return self.run(sys.executable, "-m", "racer", *words, **environment)

    def run(self, *words: str, **environment: str) -> Run:
        """Start a program that dies with us. What it prints must be read."""
        return self._start(words, environment, None)

    def record(self, log: Path, *words: str) -> Run:
        """Start a program that prints into a file: nobody has to read, and it waits for nobody."""
        return self._start(words, {}, log)

    def _start(self, words: tuple[str, ...], environment: dict[str, str], log: Path | None) -> Run:
        within = ["ip", "netns", "exec", self.name, "setpriv", "--pdeathsig", "KILL"]
        run = Run([*within, *words], environment, log)
        self.runs.append(run)
        return run

    def unplug(self) -> None:
        """Leave only the loopback."""
        ip("-n", self.name, "link", "set", "eth0", "down")

    def move(self, address: str) -> None:
        """Give its card another address, as when it joins another access point."""
        ip(
            *("-n", self.name, "-batch", "-"),
            told=f"address delete {self.address}/24 dev eth0\naddress add {address}/24 dev eth0\n",
        )
        self.address = address

    def plug(self) -> None:
        ip("-n", self.name, "link", "set", "eth0", "up")

    def ask_names_of(self, server: str) -> None:
        """Have its programs ask this name server, as `ip netns exec` provides for."""
        self.settings.mkdir(parents=True)
        (self.settings / "resolv.conf").write_text(f"nameserver {server}\n")

    @property
    def settings(self) -> Path:
        """What it has in place of files of /etc."""
        return Path("/etc/netns", self.name)

    def bot(self, profile: Path, *words: str) -> Run:
        """Start a bot that races on the short circuit."""
        name = profile.name.capitalize()
        shared = ["--profile", str(profile), "--name", name, "--track", "dockyard"]
        return self.racer("bot", "--race", "Demo", *shared, *words)


class Run:
    """A process that prints JSON Lines, into a pipe or into a file."""

    def __init__(
        self, command: list[str], environment: dict[str, str], log: Path | None = None
    ) -> None:
        self.began_s = time.time()
        self.lines: list[Line] = []
        self._rest = b""
        with nullcontext() if log is None else log.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file or subprocess.PIPE,
                stderr=file or subprocess.PIPE,
                env={**_inherited(), "PYTHONPATH": str(ROOT), **environment},
            )

    def fileno(self) -> int:
        """Return what is readable when the process has said something."""
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def wait_for(
        self, timeout_s: float = 20, check: Callable[[Line], bool] = bool, **wanted: object
    ) -> Line:
        """Return the first line, from the beginning, that holds what is wanted."""
        deadline = time.monotonic() + timeout_s
        at = 0
        while True:
            for line in self.lines[at:]:
                if wanted.items() <= line.items() and check(line):
                    return line
            at = len(self.lines)
            self._read(deadline - time.monotonic(), wanted)

    def all(self, event: str) -> list[Line]:
        """Return all lines of an event so far."""
        return [line for line in self.lines if line.get("event") == event]

    def look(self, timeout_s: float) -> Line:
        """Return the newest line, or an empty one; waits for something new so long."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], timeout_s)
        if ready:
            self._read(0, "a line", at_end=True)
        return self.lines[-1] if self.lines else {}

    def finish(self, timeout_s: float) -> int:
        """Read to the end; return the exit status."""
        deadline = time.monotonic() + timeout_s
        while self._read(deadline - time.monotonic(), "the end", at_end=True):
            pass
        return self.process.wait(5)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._signal(signal.SIGKILL)
        self.process.wait(5)

    def leave(self) -> None:
        """Have it leave in good order."""
        self._signal(signal.SIGTERM)
        self.finish(20)

    def pause(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process.poll() is None:
            self._signal(signal.SIGKILL)
        self.process.communicate()

    @property
    def node(self) -> str:
        return str(self.wait_for(event="joined")["node"])

    def _signal(self, number: int) -> None:
        # `ip netns exec` becomes the program, so its process is ours.
        self.process.send_signal(number)

    def _read(self, timeout_s: float, wanted: object, *, at_end: bool = False) -> bool:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, timeout_s))
        data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
        if not data:
            if ready and at_end:
                return False
            raise AssertionError(f"{wanted} did not come; {self._story()}")
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines.extend(json.loads(line) for line in whole if line.startswith(b"{"))
        return True

    def _story(self) -> str:
        if self.process.poll() is not None:
            assert self.process.stderr is not None
            return f"ended with {self.process.returncode}: {self.process.stderr.read().decode()}"
        return "it said " + "\n".join(json.dumps(line) for line in self.lines[-40:])


class Lan:
    """Boxes on two switches, which a trunk joins until it is cut.

    They have IPv4 alone, so that what is dropped of it, or cut, cannot go round by IPv6.
    """

    def __init__(self, boxes: int, *, ipv6: bool = False) -> None:
        sweep()
        self._ipv6 = ipv6
        self._tag = f"racer{os.getpid()}"
        self._switch = f"{self._tag}sw"
        self.boxes: list[Box] = []
        try:
            self._build(boxes)
        except BaseException:
            self.close()
            raise

    def cut(self) -> None:
        """Separate the boxes of the first half from those of the second."""
        ip("-n", self._switch, "link", "set", "trunk0", "down")

    def heal(self) -> None:
        ip("-n", self._switch, "link", "set", "trunk0", "up")

    def resize_trunk(self, most: int) -> None:
        """Have what lies between the halves lose what is larger, and tell nobody."""
        for half in ("0", "1"):
            self._in_switch("link", "set", f"trunk{half}", "mtu", str(most))

    def route_by_proxy(self, *networks: str) -> None:
        """Join the halves by a router instead, which answers for each in the other (RFC 1027)."""
        self.cut()
        switches = [f"net.ipv4.conf.br{half}.proxy_arp=1" for half in ("0", "1")]
        set_all = ["sysctl", "-qw", "net.ipv4.ip_forward=1", *switches]
        _run(["ip", "netns", "exec", self._switch, *set_all], None)
        for half, network in zip(("0", "1"), networks, strict=True):
            self._in_switch("address", "add", f"{network}.254/24", "dev", f"br{half}")

    def pull(self, number: int) -> None:
        """Pull a box's cable: nothing passes, and nobody is told but its card."""
        self._in_switch("link", "set", f"port{number}", "down")

    def plug(self, number: int) -> None:
        self._in_switch("link", "set", f"port{number}", "up")

    def isolate(self, number: int) -> None:
        """Keep a box from others of its switch that are isolated too, as access points do."""
        self._in_switch("link", "set", f"port{number}", "type", "bridge_slave", "isolated", "on")

    def drop(self, *drops: Drop) -> None:
        """Drop these datagrams, and no others, from now on; needs nftables."""
        _run(["ip", "netns", "exec", self._switch, "nft", "-f", "-"], ruleset(drops))

    def introduce(self) -> None:
        """Tell each box the cards of all others, for good.

        All namespaces share the kernel's table of learned neighbours. Above 1024 entries, a mesh of
        32, datagrams vanish without a trace; permanent entries do not count.
        """
        for box in self.boxes:
            others = [other for other in self.boxes if other is not box]
            told = [
                f"neighbour replace {other.address} lladdr {other.card} dev eth0 nud permanent"
                for other in others
            ]
            ip("-n", box.name, "-batch", "-", told="\n".join(told) + "\n")

    def close(self) -> None:
        for box in self.boxes:
            for run in box.runs:
                run.close()
            shutil.rmtree(box.settings, ignore_errors=True)
        for name in [*(box.name for box in self.boxes), self._switch]:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)

    def _build(self, boxes: int) -> None:
        ip("netns", "add", self._switch)
        for half in ("0", "1"):
            self._in_switch("link", "add", f"br{half}", "type", "bridge", "forward_delay", "0")
            # Without a querier, a snooping bridge would keep multicast from us.
            self._in_switch("link", "set", f"br{half}", "type", "bridge", "mcast_snooping", "0")
            self._in_switch("link", "set", f"br{half}", "up")
        self._in_switch("link", "add", "trunk0", "type", "veth", "peer", "name", "trunk1")
        for half in ("0", "1"):
            self._in_switch("link", "set", f"trunk{half}", "master", f"br{half}", "up")
        for number in range(boxes):
            self._add_box(number, half=str(2 * number // boxes))

    def _add_box(self, number: int, half: str) -> None:
        card = f"02:77:00:00:00:{number:02x}"
        box = Box(f"{self._tag}b{number}", f"10.77.0.{number + 1}", card)
        ip("netns", "add", box.name)
        self.boxes.append(box)
        if not self._ipv6:
            take_ipv6_away(box.name)
        port = f"port{number}"
        self._in_switch(
            *("link", "add", port, "type", "veth"),
            *("peer", "name", "eth0", "address", card, "netns", box.name),
        )
        self._in_switch("link", "set", port, "master", f"br{half}", "up")
        ip("-n", box.name, "link", "set", "lo", "up")
        ip("-n", box.name, "address", "add", f"{box.address}/24", "dev", "eth0")
        ip("-n", box.name, "link", "set", "eth0", "up")

    def _in_switch(self, *words: str) -> None:
        ip("-n", self._switch, *words)


def official(run: Run) -> Line:
    """Return the official results of a run that has ended."""
    return next(line for line in reversed(run.all("results")) if line["official"])


def chat(run: Run) -> list[tuple[str, str]]:
    """Return the chat in its last order: (dot, text). No line may be lost or doubled."""
    places = {line["dot"]: (line["index"], line["text"]) for line in run.all("chat")}
    order = sorted(places, key=lambda dot: places[dot][0])
    assert [places[dot][0] for dot in order] == list(range(len(order)))
    return [(dot, places[dot][1]) for dot in order]


def leaderships(runs: list[Run]) -> dict[tuple[str, int], set[str]]:
    """Return who coordinated, by lineage and epoch, as all told; at most one may have in each."""
    found: dict[tuple[str, int], set[str]] = {}
    for run in runs:
        for line in run.all("coordinator"):
            found.setdefault((line["lineage"], line["epoch"]), set()).add(line["node"])
    return found
