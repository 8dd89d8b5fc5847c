from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lan.lab import take_ipv6_away
from tests.waiting import until

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).with_name("lan_node.py")

pytestmark = [
    pytest.mark.lan,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None,
        reason="network namespaces need root and iproute2",
    ),
]


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


class Namespace:
    """A machine of the test: a network namespace, loopback up, and its processes."""

    def __init__(self, number: int) -> None:
        self.name = f"racer-test-{os.getpid()}-{number}"
        self.nodes: list[Process] = []
        ip("netns", "add", self.name)
        take_ipv6_away(self.name)  # a link-local address comes some time after the card
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: str) -> str:
        return ip("-n", self.name, *words)

    def run(self, profile: Path) -> Process:
        process = Process(self.name, profile)
        self.nodes.append(process)
        return process

    def close(self) -> None:
        for node in self.nodes:
            node.close()
        ip("netns", "delete", self.name)


class Process:
    """A node in a namespace."""

    def __init__(self, namespace: str, profile: Path) -> None:
        self.lines: list[dict[str, Any]] = []
        self._rest = ""
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, str(NODE), str(profile)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def wait_for(self, timeout_s: float = 15, **wanted: object) -> dict[str, Any]:
        """Return the first line, from the beginning, that holds what is wanted."""
        deadline = time.monotonic() + timeout_s
        at = 0
        while True:
            for line in self.lines[at:]:
                if wanted.items() <= line.items():
                    return line
            at = len(self.lines)
            self._read(deadline - time.monotonic(), wanted)

    def _read(self, timeout_s: float, wanted: object) -> None:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, timeout_s))
        data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
        assert data, f"{wanted} did not come; came: {self.lines}"
        *whole, self._rest = (self._rest + data.decode()).split("\n")
        self.lines.extend(json.loads(line) for line in whole)

    def ask_network(self) -> str:
        assert self.process.stdin is not None
        self.lines = [line for line in self.lines if line["event"] != "network"]
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        return str(self.wait_for(event="network")["network"])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def machines() -> Iterator[tuple[Namespace, Namespace]]:
    machines: list[Namespace] = []
    try:
        machines.extend(Namespace(number) for number in (1, 2))
        first, second = machines
        first.ip(
            "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", second.name
        )
        yield first, second
    finally:
        for machine in machines:
            machine.close()


def plug_in(machine: Namespace, address: str) -> None:
    machine.ip("address", "add", f"{address}/24", "dev", "eth0")
    machine.ip("link", "set", "eth0", "up")


def wait_for_carrier(machine: Namespace) -> None:
    """The kernel may take a second to say that a link is up."""
    until(lambda: "state UP" in machine.ip("link", "show", "eth0"), "a link that is up")


def test_two_machines_discover_each_other_within_a_second_and_a_half(
    machines: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    plug_in(machines[0], "10.77.0.1")
    plug_in(machines[1], "10.77.0.2")
    for machine in machines:
        wait_for_carrier(machine)
    a = machines[0].run(tmp_path / "a")
    started = a.wait_for(event="started")
    assert started["network"] == "10.77.0.1 (eth0)"
    b = machines[1].run(tmp_path / "b")
    seen = b.wait_for(event="peer", node=started["node"], state="alive")
    assert seen["after_s"] < 1.5
    a.wait_for(event="peer", node=b.wait_for(event="started")["node"], state="alive")

    b.close()
    a.wait_for(event="peer", state="down")
    again = machines[1].run(tmp_path / "b")
    seen = again.wait_for(event="peer", node=started["node"], state="alive")
    assert seen["after_s"] < 1.5


def test_a_cable_that_is_plugged_in_later_is_used_without_a_restart(
    machines: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    nodes = [machine.run(tmp_path / machine.name) for machine in machines]
    names = [node.wait_for(event="started") for node in nodes]
    assert [name["network"] for name in names] == ["only this machine"] * 2
    plug_in(machines[0], "10.77.0.1")
    plug_in(machines[1], "10.77.0.2")
    nodes[0].wait_for(event="peer", node=names[1]["node"], state="alive")
    nodes[1].wait_for(event="peer", node=names[0]["node"], state="alive")
    assert nodes[0].ask_network() == "10.77.0.1 (eth0)"


def test_a_machine_that_gets_another_address_keeps_its_peers(
    machines: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    plug_in(machines[0], "10.77.0.1")
    plug_in(machines[1], "10.77.0.2")
    a, b = (machine.run(tmp_path / machine.name) for machine in machines)
    there = b.wait_for(event="started")["node"]
    a.wait_for(event="peer", node=there, state="alive")
    machines[1].ip("address", "flush", "dev", "eth0")
    machines[1].ip("address", "add", "10.77.0.9/24", "dev", "eth0")
    c = machines[0].run(tmp_path / "c")
    c.wait_for(event="peer", node=there, state="alive")
    a.wait_for(event="peer", node=c.wait_for(event="started")["node"], state="alive")
    assert not any(line.get("node") == there and line["state"] == "down" for line in a.lines)
    until(lambda: b.ask_network() == "10.77.0.9 (eth0)", "its new address")


def test_without_a_network_nodes_of_one_machine_still_meet(
    machines: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    a, b = (machines[0].run(tmp_path / name) for name in "ab")
    assert a.wait_for(event="started")["network"] == "only this machine"
    a.wait_for(event="peer", node=b.wait_for(event="started")["node"], state="alive")
    b.wait_for(event="peer", node=a.wait_for(event="started")["node"], state="alive")


def test_with_no_interface_at_all_a_node_runs_and_says_why_it_is_alone(
    machines: tuple[Namespace, Namespace], tmp_path: Path
) -> None:
    machines[0].ip("link", "set", "lo", "down")
    a = machines[0].run(tmp_path / "a")
    trouble = a.wait_for(event="trouble")
    assert (trouble["part"], trouble["text"]) == ("discovery", "no network interface is up")
    machines[0].ip("link", "set", "lo", "up")
    b = machines[0].run(tmp_path / "b")
    b.wait_for(event="peer", node=a.wait_for(event="started")["node"], state="alive")
