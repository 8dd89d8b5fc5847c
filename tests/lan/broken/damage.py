"""What is broken about networks, and what is done about it as the doctor says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from tests.lan.broken.network import PORT, Cured, Words
from tests.lan.drops import Drop
from tests.lan.lab import Box, Lan

MULTICAST: Final = "224.0.0.0/4"

HOLD: Final = """
import signal, socket
held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(PORTS)]
for each, port in zip(held, (5353, 42472)):
    each.bind(("", port))
print("{}", flush=True)
signal.pause()
"""

BABBLE: Final = r"""
import contextlib, socket
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
out.settimeout(1)
print("{}", flush=True)
while True:
    out.sendto(b"RCR\x01\x00" + 20 * b"\xff", ("10.77.0.255", 42472))
    with contextlib.suppress(TimeoutError):
        out.recv(1)
"""

WALL: Final = """
table inet filter {
    chain input {
        type filter hook input priority 0; policy drop;
        iifname lo accept
        OPEN
    }
}
"""
SMALL_OUT: Final = """
table ip own {
    chain leave {
        type filter hook output priority 0; policy accept;
        udp dport { 5353, 42472 } accept
        oifname eth0 udp length > 130 drop
    }
}
"""
WALL_OUT: Final = """
table ip own {
    chain leave {
        type filter hook output priority 0; policy accept;
        oifname eth0 udp dport != 53 drop
    }
}
"""


def shell(box: Box, script: str) -> None:
    """Run a script on a machine."""
    subprocess.run(["ip", "netns", "exec", box.name, "sh", "-ec", script], check=True)


def nft(box: Box, script: str) -> None:
    """Load rules into a machine's firewall."""
    within = ["ip", "netns", "exec", box.name, "nft", "-f", "-"]
    subprocess.run(within, check=True, input=script, text=True)


# --- what is broken -------------------------------------------------------------------------------


def nothing(lan: Lan) -> None:
    """Break nothing: what is wrong is elsewhere."""


def eat_multicast(lan: Lan) -> None:
    """Let unicast pass, as many an access point does."""
    everybody = tuple(range(len(lan.boxes)))
    lan.drop(*(Drop(everybody, to=to) for to in (MULTICAST, "10.77.0.255", "255.255.255.255")))


def isolate(lan: Lan) -> None:
    """Let the first two, who are on one access point, not hear each other: not even by ARP."""
    for number in range(2):
        lan.isolate(number)  # on the same switch: there is a third, on the other


def wall_in(*opened: int) -> Callable[[Lan], None]:
    """Have the second one's firewall let in these ports alone."""
    ports = ", ".join(map(str, opened))

    def damage(lan: Lan) -> None:
        rule = f"udp dport {{ {ports} }} accept" if opened else "ct state established accept"
        nft(lan.boxes[1], WALL.replace("OPEN", rule))

    return damage


def wall_in_but_answers(*numbers: int, opened: int) -> Callable[[Lan], None]:
    """Have firewalls of these let in answers to what went out and a port by which one is found."""

    def damage(lan: Lan) -> None:
        rules = f"ct state established,related accept; udp dport {opened} accept"
        for number in numbers:
            nft(lan.boxes[number], WALL.replace("OPEN", rules))

    return damage


def wall_out(lan: Lan) -> None:
    nft(lan.boxes[1], WALL_OUT)


def let_small_out(lan: Lan) -> None:
    """Have questions and adverts of the second one pass, and no greeting of it."""
    nft(lan.boxes[1], SMALL_OUT)


def hold_ports(count: int) -> Callable[[Lan], None]:
    """Have a program of the second one hold the ports by which others are found, and share none."""

    def damage(lan: Lan) -> None:
        lan.boxes[1].run(sys.executable, "-c", HOLD.replace("PORTS", str(count))).look(5)

    return damage


def babble(lan: Lan) -> None:
    """Have a program of the first one advertise races in words that mean nothing."""
    lan.boxes[0].run(sys.executable, "-c", BABBLE).look(5)


def add_other_network(lan: Lan) -> None:
    shell(
        lan.boxes[1],
        "ip link add other type veth peer name otherp; ip addr add 10.88.0.1/24 dev other;"
        "ip link set other up; ip link set otherp up",
    )


def readdress(box: Box, address: str, rest: str = "") -> None:
    """Give a machine's card other addresses, and perhaps routes."""
    shell(box, f"ip addr flush dev eth0; ip addr add {address} dev eth0; {rest}")
    box.address = address.partition("/")[0]


def use_other_subnet(lan: Lan) -> None:
    readdress(lan.boxes[1], "10.99.0.2/24")


def widen_netmask(lan: Lan) -> None:
    """Have the second one take for near who does not take it for near."""
    readdress(lan.boxes[1], "10.77.5.2/16")


def take_same_address(lan: Lan) -> None:
    readdress(lan.boxes[1], f"{lan.boxes[0].address}/24")


def lose_route(lan: Lan) -> None:
    readdress(lan.boxes[1], "10.77.0.2/32")


def lose_all_routes(lan: Lan) -> None:
    for number, box in enumerate(lan.boxes):
        readdress(box, f"10.77.0.{number + 1}/32")


def unplug(lan: Lan) -> None:
    lan.boxes[1].unplug()


def lose_addresses(lan: Lan) -> None:
    for box in lan.boxes:
        shell(box, "ip addr flush dev eth0")


def lose_ipv4(lan: Lan) -> None:
    for box in lan.boxes:
        shell(box, "ip -4 addr flush dev eth0")


def lose_name_server(lan: Lan) -> None:
    """Have whoever asks for a name wait for an answer; adverts do not pass either."""
    lan.boxes[1].ask_names_of("10.77.0.200")
    eat_multicast(lan)


def shrink_mtu(lan: Lan) -> None:
    shell(lan.boxes[1], "ip link set eth0 mtu 1000")


def narrow_the_way(lan: Lan) -> None:
    """Have a tunnel on the way lose what is large, and tell nobody."""
    lan.resize_trunk(576)


def route_by_proxy(lan: Lan) -> None:
    """Have a router answer for each of two halves of one network: what is for all ends there."""
    for number, box in enumerate(lan.boxes):
        readdress(box, f"10.77.{number}.{number + 1}/16")
    lan.route_by_proxy("10.77.0", "10.77.1")


def take_all_into_a_tunnel(lan: Lan) -> None:
    """Have a VPN of the second one take all, the local network too, by a rule before all routes."""
    add_networks(lan.boxes[1], ["10.200.0.2/32"])
    shell(
        lan.boxes[1],
        "ip link set aaa0 arp off; ip route add default dev aaa0 table 77;"
        "ip rule add table 77 pref 77",
    )


def share_address(lan: Lan) -> None:
    """Have a third machine, without a racer, the first one's address: the second sends to it."""
    first, second, third = lan.boxes
    readdress(third, f"{first.address}/24")
    shell(second, f"ip neigh replace {first.address} lladdr {third.card} dev eth0 nud permanent")


def add_dead_card(lan: Lan) -> None:
    """Have the second one a card more in its network, by which all goes and which leads nowhere."""
    ours = lan.boxes[1]
    shell(ours, "ip addr flush dev eth0")
    add_networks(ours, ["10.77.0.12/24"])
    readdress(ours, f"{ours.address}/24")


def add_dead_networks(lan: Lan) -> None:
    """Have each be on twelve networks more that look alike, and lead to nobody."""
    for number, box in enumerate(lan.boxes):
        add_networks(box, [f"10.{100 + card}.{number}.1/16" for card in range(12)])


def add_networks(box: Box, addresses: Iterable[str]) -> None:
    """Give a machine cards more, each with an address and nobody at its other end."""
    for card, address in enumerate(addresses):
        name = f"aaa{card}"
        shell(
            box,
            f"ip link add {name} type veth peer name {name}p; ip link set {name} up;"
            f"ip link set {name}p up; ip addr add {address} dev {name}",
        )


def lay_overlay(lan: Lan) -> None:
    """Have a network like WireGuard's: an address for each machine alone, routes, no multicast."""
    lan.drop(Drop(tuple(range(len(lan.boxes))), to=MULTICAST))
    for number, box in enumerate(lan.boxes):
        shell(box, "ip link set eth0 multicast off")
        readdress(box, f"100.64.0.{number + 1}/32", "ip route add 100.64.0.0/24 dev eth0")


def dial_up(lan: Lan) -> None:
    """Have a line between two, as of a modem: each knows the other's address."""
    for number, box in enumerate(lan.boxes):
        rename(box, "ppp0")
        theirs = f"10.5.0.{2 - number}"
        shell(
            box,
            f"ip addr flush dev ppp0; ip link set ppp0 multicast off;"
            f"ip addr add 10.5.0.{number + 1} peer {theirs} dev ppp0",
        )
        box.address = f"10.5.0.{number + 1}"


def rename(box: Box, name: str) -> None:
    shell(box, f"ip link set eth0 down; ip link set eth0 name {name}; ip link set {name} up")


def bridge_and_macvlan(lan: Lan) -> None:
    """Have one on a bridge of containers, another on a card upon a card, a third on a VLAN's."""
    podman, container, tagged = lan.boxes
    for box, name, kind in (
        (podman, "cni-podman0", "type bridge; ip link set eth0 master cni-podman0"),
        (container, "macvlan0", "link eth0 type macvlan mode bridge"),
    ):
        shell(
            box,
            f"ip addr flush dev eth0; ip link add {name} {kind}; ip link set {name} up;"
            f"ip addr add {box.address}/24 dev {name}",
        )
    rename(tagged, "eth0.7")
    for box in lan.boxes:
        add_networks(box, [f"10.{100 + card}.0.1/24" for card in range(12)])


# --- what is done about it ------------------------------------------------------------------------


def run_commands(lan: Lan, remedy: str) -> Cured:
    """Run what the remedy writes out, on the second machine."""
    commands = re.findall(r"(?:ip|nft) (?:\{[^}]*\}|[^;,(])*", remedy)
    assert commands, remedy
    for command in commands:
        shell(lan.boxes[1], command)
    return Cured()


def run_commands_on_both(lan: Lan, remedy: str) -> Cured:
    """Run them on each, with an address of its own."""
    for number, box in enumerate(lan.boxes):
        (command,) = re.findall(r"ip (?:addr|route) add [^,;]+", remedy)
        shell(box, re.sub(r"(addr \S+ \S+)\.\d+/", rf"\g<1>.{number + 7}/", command))
    return Cured()


def take_words(lan: Lan, remedy: str) -> Cured:
    """Start with the option that the remedy names."""
    (words,) = re.findall(r"--peer [0-9.:]+", remedy)
    return Cured(tuple(words.split()))


def give_digits(lan: Lan, remedy: str) -> Cured:
    assert "in digits" in remedy
    return Cured(("--peer", f"{lan.boxes[0].address}:{PORT}"))


def move_the_first(lan: Lan, remedy: str) -> Cured:
    """Give the first machine another address, as its own doctor writes out."""
    assert "give one of them another address" in remedy
    readdress(lan.boxes[0], "10.77.0.253/24")
    return Cured()


def start_without(option: str) -> Callable[[Lan, str], Cured]:
    """Start without an option."""

    def apply(lan: Lan, remedy: str) -> Cured:
        assert f"without {option}" in remedy
        return Cured()

    return apply


def plug_in(lan: Lan, remedy: str) -> Cured:
    assert "plug in a cable" in remedy
    lan.boxes[1].plug()
    return Cured()


def leave_the_tunnel(lan: Lan, remedy: str) -> Cured:
    assert "go without the tunnel" in remedy
    lan.resize_trunk(1500)
    return Cured()


def take_one_netmask(lan: Lan, remedy: str) -> Cured:
    assert "give both one netmask" in remedy
    readdress(lan.boxes[1], "10.77.0.2/24")
    return Cured()


def take_rule_off(lan: Lan, remedy: str) -> Cured:
    assert "go without the tunnel or the firewall's rule" in remedy
    nft(lan.boxes[1], "delete table ip own")
    return Cured()


def end_programs(at: int) -> Callable[[Lan, str], Cured]:
    """End what runs on a machine: the program that the finding names."""

    def apply(lan: Lan, remedy: str) -> Cured:
        assert "end " in remedy
        for run in lan.boxes[at].runs:
            if run.process.poll() is None:
                os.kill(run.process.pid, signal.SIGKILL)
                run.process.wait(5)
        return Cured()

    return apply


def have_a_third_join(lan: Lan, remedy: str) -> Cured:
    """Start a racer on the machine that hears both."""
    assert "somebody join whom both hear" in remedy
    lan.boxes[2].racer(
        *("bot", "--race", "Demo", "--players", "9", "--profile", f"/tmp/{lan.boxes[2].name}")
    )
    return Cured()


def bring_to_one_version(lan: Lan, remedy: str) -> Cured:
    assert "one version" in remedy
    return Cured(code=OTHER_CODE)


OTHER_CODE: Final[Words] = ("-m", "tests.lan.other_code", "after-next")
WRONG_CLOCK: Final[Words] = ("-m", "tests.lan.broken.wrong_clock")

NO_FOLDER: Final = "/sys/racer"  # nobody makes a folder there
WORD: Final[Words] = ("--passphrase-file", str(Path(__file__).with_name("word.txt")))


def use_another_profile(lan: Lan, remedy: str) -> Cured:
    assert "--profile DIR" in remedy
    return Cured(("--profile", f"/tmp/{lan.boxes[1].name}"))


def give_both_the_word(lan: Lan, remedy: str) -> Cured:
    assert "or none" in remedy
    return Cured()
