"""Many nodes, bad lines, restarts, new lives and moves at once: laws that always hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from net.limits import MILLISECOND, SECOND
from net.transport.actions import Transmit
from net.transport.datagram import DatagramKind
from tests.net.wires import End, Wires


@dataclass
class Mesh:
    """Nodes that all dial each other, and talk each tick to everybody they can."""

    seed: int
    count: int
    wires: Wires = field(init=False)
    nonces: set[bytes] = field(default_factory=set)
    said: int = 0

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.wires = Wires(
            self.seed, loss=self.rng.choice((0.0, 0.1, 0.2)), duplication=0.1, tap=self.watch
        )
        self.wires.delay_ns = (0, self.rng.choice((1, 20)) * MILLISECOND)
        self.lives = dict.fromkeys(range(1, self.count + 1), 1)
        self.numbers: dict[int, End] = {n: self.wires.plug(n) for n in self.lives}
        for number in self.numbers:
            self.greet(number)

    def watch(self, data: bytes, _source: object, _destination: object) -> list[bytes]:
        if data[0] in {DatagramKind.FRAME, DatagramKind.CONTROL}:
            # Index and counter, with the ciphertext: one index and counter, one datagram.
            assert data[1:13] not in self.nonces, "a nonce was used twice"
            self.nonces.add(data[1:13])
        return [data]

    def greet(self, number: int) -> None:
        me = self.numbers[number]
        for other in sorted(self.numbers):
            if other != number:
                expected = self.rng.random() < 0.5
                self.wires.dial(me, self.numbers[other], expected=expected)

    def talk(self) -> None:
        self.said += 1
        for number, end in self.numbers.items():
            frame = b"%d %d %d, said aloud" % (number, self.lives[number], self.said)
            for other in self.numbers.values():
                if other is not end:
                    self.wires.send(end, other, frame)

    def restart(self, number: int) -> None:
        old = self.numbers[number]
        self.wires.unplug(old)
        self.lives[number] += 1
        self.numbers[number] = self.wires.plug(
            number, incarnation=self.lives[number], address=old.address
        )
        self.greet(number)

    def be_reborn(self, number: int) -> None:
        self.lives[number] += 1
        end = self.numbers[number]
        self.wires.perform(end, end.transport.set_incarnation(self.lives[number], self.wires.now))

    def move(self, number: int) -> None:
        self.numbers[number].address = (f"10.9.{number}.{self.said % 250}", 4000)

    def check(self) -> None:
        names = {end.node: number for number, end in self.numbers.items()}
        for end in self.numbers.values():
            opened = [(one.node, one.incarnation) for one in end.opened]
            assert len(set(opened)) == len(opened), "a life was opened twice"
            frames = [(got.node, got.frame) for got in end.received]
            assert len(set(frames)) == len(frames), "a frame was delivered twice"
            for got in end.received:
                number, life, _ = got.frame.split(b" ", 2)
                assert names[got.node] == int(number)
                assert got.incarnation == int(life)

    def hears_all(self) -> bool:
        """Tell whether in the last moments everybody heard everybody's present life."""
        for end in self.numbers.values():
            heard = {(got.node, got.incarnation) for got in end.received[-12 * self.count :]}
            for number, other in self.numbers.items():
                if other is not end and (other.node, self.lives[number]) not in heard:
                    return False
        return True


@pytest.mark.sim
@pytest.mark.parametrize("seed", range(12))
def test_a_mesh_in_turmoil_keeps_the_laws_and_comes_together_again(seed: int) -> None:
    mesh = Mesh(seed, 5)
    mesh.wires.run(2 * SECOND, mesh.talk)
    assert mesh.hears_all()
    for _ in range(8):
        number = mesh.rng.randint(1, mesh.count)
        mesh.rng.choice((mesh.restart, mesh.be_reborn, mesh.move))(number)
        mesh.wires.run(mesh.rng.choice((5, 50, 400)) * MILLISECOND, mesh.talk)
    mesh.wires.run(SECOND // 2, mesh.talk)
    for number in mesh.numbers:  # discovery sees all again: two that moved at once need it
        mesh.greet(number)
    mesh.wires.run(3 * SECOND, mesh.talk)
    mesh.check()
    assert mesh.hears_all()
    mesh.wires.run(SECOND, mesh.talk)
    assert mesh.hears_all()


def test_two_machines_of_two_interfaces_do_not_chase_each_other() -> None:
    wires = Wires(delay_ns=(MILLISECOND, MILLISECOND))
    one, two = wires.plug(1), wires.plug(2)
    # Each answers from the interface it is not reached at, as routes may have it.
    inner = {one.address: ("192.168.0.1", 4000), two.address: ("192.168.0.2", 4000)}
    outer = {address: name for name, address in inner.items()}
    for end in (one, two):
        wires.ends.append(
            End(end.transport, end.node, inner[end.address], end.opened, end.received)
        )
    wires.dial(one, two)
    wires.run(SECOND // 10)

    def speak() -> None:
        # The source follows the destination: to an inner address one speaks from one's inner.
        for end, other in ((one, two), (two, one)):
            for action in end.transport.send(other.node, b"a frame of usual length", wires.now):
                assert isinstance(action, Transmit)
                source = inner[end.address] if action.address in outer else end.address
                wires.carry(action.data, source, action.address)

    one.transport._sessions.remotes[two.node].route = inner[two.address]
    wires.run(3 * SECOND, speak)
    moves = one.transport.counters.paths + two.transport.counters.paths
    assert moves <= 2
    assert len(one.received) > 150
    assert len(two.received) > 150
