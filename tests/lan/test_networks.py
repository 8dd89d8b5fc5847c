"""Networks as people have them, where the usual way to meet does not work."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lan.broken.damage import nft, shell
from tests.lan.drops import Drop
from tests.lan.lab import Box, Lan, Run, ip, needs_lan

pytestmark = needs_lan

MULTICAST = "224.0.0.0/4"

DEAF = """
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        iifname lo accept
        udp dport { 5353, 42472 } accept
    }
}
"""
NAT = """
table ip nat {
    chain leave {
        type nat hook postrouting priority srcnat; policy accept;
        oifname eth0 masquerade
    }
}
"""

HOLD_MDNS = """
import signal, socket
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
held.bind(("", 5353))
print("{}", flush=True)
signal.pause()
"""


def start(lan: Lan, profiles: Path, *words: str) -> list[Run]:
    """Start a bot on each box; they wait for one more, and so until they are killed."""
    return [
        box.bot(profiles / f"driver{number}", *words, "--players", str(len(lan.boxes) + 1))
        for number, box in enumerate(lan.boxes)
    ]


def meet(runs: list[Run]) -> None:
    """Have all see all others alive."""
    nodes = [run.node for run in runs]
    for run in runs:
        for node in nodes:
            if node != run.node:
                run.wait_for(8, event="peer", node=node, state="alive")


def test_they_meet_where_the_network_eats_multicast(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(3)
    lan.drop(Drop((0, 1, 2), to=MULTICAST))
    meet(start(lan, tmp_path))


def test_they_meet_where_another_program_holds_the_port_of_multicast_dns_and_it_is_told(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    lan.boxes[0].run(sys.executable, "-c", HOLD_MDNS).look(5)
    runs = start(lan, tmp_path)
    meet(runs)
    runs[0].kill()
    assert runs[0].process.stderr is not None
    assert "another program holds port 5353" in runs[0].process.stderr.read().decode()


def test_who_met_on_another_evening_meets_where_nothing_but_unicast_passes(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    runs = start(lan, tmp_path)
    meet(runs)
    for run in runs:
        run.leave()
    lan.drop(Drop((0, 1), to=MULTICAST), Drop((0, 1), to="10.77.0.255"))
    meet(start(lan, tmp_path, "--race", "another evening"))


def test_a_network_of_any_name_is_used_behind_however_many_others(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    for box, name in zip(lan.boxes, ("tun0", "ham0"), strict=True):
        ip("-n", box.name, "link", "set", "eth0", "down")
        ip("-n", box.name, "link", "set", "eth0", "name", name)
        ip("-n", box.name, "link", "set", name, "up")
        for number in range(12):
            add_network(box, f"aaa{number}", f"10.{100 + number}.0.1")
    meet(start(lan, tmp_path))


def test_who_is_heard_and_not_reached_is_told_on_both_with_the_reason(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(4)
    walled, friend, near, far = lan.boxes
    nft(walled, DEAF)
    ip("-n", far.name, "address", "flush", "dev", "eth0")
    ip("-n", far.name, "address", "add", "10.99.0.4/24", "dev", "eth0")
    pairs = (("Walled", walled, friend, "silent"), ("Apart", near, far, "other network"))
    for race, one, other, why in pairs:
        runs = [
            box.bot(tmp_path / f"{race}{at}", "--race", race, "--players", "3")
            for at, box in enumerate((one, other))
        ]
        for run, there in zip(runs, (other, one), strict=True):
            told = run.wait_for(20, event="unreached", why=why)
            host = "10.99.0.4" if there is far else there.address
            assert told["address"].startswith(f"{host}:")
            assert told["t"] - run.lines[0]["t"] < 8.0
            run.kill()


def add_network(box: Box, name: str, address: str) -> None:
    """Give a box a network with nobody else in it, as containers have."""
    ip("-n", box.name, "link", "add", name, "type", "veth", "peer", "name", f"{name}p")
    ip("-n", box.name, "address", "add", f"{address}/24", "dev", name)
    for end in (name, f"{name}p"):
        ip("-n", box.name, "link", "set", end, "up")


def test_who_was_met_before_and_is_not_reached_is_told_by_name(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(2)
    ours, theirs = start(lan, tmp_path)
    meet([ours, theirs])
    ours.kill()
    nft(lan.boxes[1], DEAF)
    again = lan.boxes[0].bot(tmp_path / "driver0", "--players", "3")
    told = again.wait_for(event="unreached")
    assert (told["name"], told["why"]) == ("Driver1", "silent")
    assert told["address"].startswith("10.77.0.2:")
    assert told["text"].startswith("Driver1, 10.77.0.2, is in Demo, but does not answer")
    again.leave()
    assert again.process.stderr is not None
    said = again.process.stderr.read().decode()
    assert re.search("Driver1(,| is listed at) 10.77.0.2", said), said


def put_behind(router: Box, inner: list[Box]) -> None:
    """Have machines on a network of their own, behind a router that lends them its address."""
    shell(router, "echo 1 > /proc/sys/net/ipv4/ip_forward")
    shell(router, "ip link add inner type bridge; ip addr add 10.88.0.1/24 dev inner")
    shell(router, "ip link set inner up")
    nft(router, NAT)
    for number, box in enumerate(inner, start=2):
        shell(box, "ip link set eth0 down; ip addr flush dev eth0")
        peer = ("peer", "name", f"in{number}", "netns", router.name)
        ip("-n", box.name, "link", "add", "eth1", "type", "veth", *peer)
        shell(router, f"ip link set in{number} master inner; ip link set in{number} up")
        shell(box, f"ip addr add 10.88.0.{number}/24 dev eth1; ip link set eth1 up")
        shell(box, "ip route add default via 10.88.0.1")


def test_machines_behind_one_address_are_told_apart_by_their_ports(
    make_lan: Callable[[int], Lan], tmp_path: Path
) -> None:
    lan = make_lan(4)
    outer, router, *inner = lan.boxes
    put_behind(router, inner)
    waiting = ("--players", "4", "--port", "40000")
    runs = [outer.bot(tmp_path / "outer", *waiting)]
    named = ("--peer", f"{outer.address}:40000")
    runs += [box.bot(tmp_path / f"inner{n}", *waiting, *named) for n, box in enumerate(inner)]
    meet(runs)
    assert len({run.wait_for(event="lineage")["lineage"] for run in runs}) == 1
    peers = {line["name"] for line in runs[0].all("peer")}
    assert peers == {"Inner0", "Inner1"}, "both from 10.77.0.2, and from one port within"
    assert [run.all("unreached") for run in runs] == [[], [], []]
