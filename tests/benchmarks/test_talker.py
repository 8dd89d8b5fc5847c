"""The measured program says lines at its pace, and each is ordered once."""

from __future__ import annotations

from random import Random

from benchmarks.figures import line, percentile
from benchmarks.lan.talker import SECOND, Said, SecondPassed, Talker
from net import Committed, Dot, NodeId, Order
from net.sim import Conditions, Machine, World


def test_each_line_is_ordered_once_everywhere_at_loss_and_after_a_kill() -> None:
    said: set[Dot] = set()
    orders: dict[int, list[Dot]] = {}
    seconds = 0

    def sink(machine: Machine, what: object, now_ns: int) -> None:
        nonlocal seconds
        match what:
            case Said(dot=dot):
                said.add(dot)
            case SecondPassed():
                seconds += 1
            case Committed(decree=decree) if isinstance(decree.what, Order):
                orders.setdefault(machine.number, []).append(decree.what.dot)
            case _:
                pass

    def make(me: NodeId, rng: Random) -> Talker:
        return Talker(SECOND // 10, 0)

    world = World(3, sink, Conditions(loss=0.2))
    machines = [world.add(make, 0) for _ in range(3)]
    world.run(4 * SECOND)
    world.crash(machines[0])
    orders.pop(0)
    world.run(8 * SECOND)
    assert len(said) > 100
    assert seconds > 18
    for order in orders.values():
        assert len(order) == len(set(order)) > 100


def test_percentiles_are_of_what_was_measured_and_what_never_came_is_told() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1000), 0.99) == 990
    assert "n=2 " in line("x", [1.0, 2.0], "ms")
    assert line("x", [1.0], "ms", missing=3).endswith("and 3 never")
    assert "n=0" in line("x", [], "ms")
