"""Who joins, founds or watches, in whole rooms: nobody founds by accident, and settings stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

import pytest

from net import (
    Command,
    Committed,
    CoordinatorChanged,
    Entry,
    Event,
    LineageEntered,
    NodeId,
    NodeView,
    Propose,
    Rule,
    Synced,
    Waiting,
    WaitReason,
)
from net.sim import Conditions, World

if TYPE_CHECKING:
    from random import Random

    from net.sim import Machine

pytestmark = pytest.mark.sim

SECOND: Final = 1_000_000_000
NINE_LAPS, THREE_LAPS = b"nine laps", b"three laps"


@final
class Driver:
    """Wants a setting, which it decrees where none stands; and notes what it is told."""

    def __init__(self, me: NodeId, wanted: bytes) -> None:
        self._me = me
        self._wanted = wanted
        self.setting: bytes | None = None
        self.settings: list[bytes] = []  # all that ever stood, over all lineages
        self.synced = 0
        self.led = False
        self.waits: list[Waiting] = []

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case LineageEntered():
                self.setting = None
            case Committed(decree=decree) if isinstance(decree.what, Rule):
                if self.setting is None:
                    self.setting = decree.what.body
                    self.settings.append(self.setting)
            case Synced():
                self.synced += 1
            case CoordinatorChanged(node=coordinator):
                self.led = self.led or coordinator == self._me
            case Waiting():
                self.waits.append(event)
            case _:
                pass
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        due = node.decides and self.setting is None
        return [Propose((Rule(self._wanted),))] if due else []


@final
class Evening:
    """Drivers that come one after another into one room."""

    def __init__(self, seed: int = 3) -> None:
        self.world = World(seed, lambda *_: None, Conditions())

    def come(self, wanted: bytes, entry: Entry) -> Machine:
        def make(me: NodeId, rng: Random) -> Driver:
            return Driver(me, wanted)

        return self.world.add(make, self.world.now_ns + SECOND // 100, entry)

    def go_on(self, seconds: float) -> None:
        self.world.run(self.world.now_ns + int(seconds * SECOND))

    def pause(self, seconds: float, *machines: Machine) -> None:
        for machine in machines:
            self.world.pause(machine, self.world.now_ns + int(seconds * SECOND))

    def until(self, done: Callable[[], bool], seconds: float) -> None:
        self.world.run(self.world.now_ns + int(seconds * SECOND), done)
        assert done(), f"not within {seconds} s"


def driver(machine: Machine) -> Driver:
    assert isinstance(machine.program, Driver)
    return machine.program


def agree(*machines: Machine) -> Callable[[], bool]:
    """Return whether all these are in one lineage, as members."""

    def is_so() -> bool:
        nodes = [machine.host.node for machine in machines if machine.host is not None]
        lineages = {node.consensus.log.lineage for node in nodes if node.consensus is not None}
        return len(lineages) == 1 and len(nodes) == len(machines) and all(n.synced for n in nodes)

    return is_so


@pytest.fixture
def evening() -> Evening:
    return Evening()


@pytest.fixture
def room(evening: Evening) -> tuple[Machine, Machine]:
    """A room of two, who race nine laps."""
    first = evening.come(NINE_LAPS, Entry.FOUND)
    second = evening.come(NINE_LAPS, Entry.JOIN)
    evening.until(agree(first, second), 5)
    evening.go_on(3)
    return first, second


@pytest.mark.parametrize("entry", [Entry.JOIN, Entry.EITHER, Entry.WATCH])
def test_a_room_that_is_slow_to_answer_is_waited_for_and_its_settings_stay(
    evening: Evening, room: tuple[Machine, Machine], entry: Entry
) -> None:
    evening.pause(4, *room)
    newcomer = evening.come(THREE_LAPS, entry)
    evening.go_on(0.1)
    for machine in room:
        evening.world.sight(newcomer, machine)  # from the list that its person has looked at
    evening.go_on(3.7)
    assert driver(newcomer).synced == 0, "it waits"
    assert [wait.reason for wait in driver(newcomer).waits] == [WaitReason.UNANSWERED]
    assert driver(newcomer).waits[0].address in {machine.address for machine in room}
    evening.until(agree(newcomer, *room), 5)
    assert driver(newcomer).settings == [NINE_LAPS], "it never was in a room of its own"
    assert not driver(newcomer).led


def test_who_opens_the_room_meanwhile_on_purpose_gives_way_to_who_was_there_first(
    evening: Evening, room: tuple[Machine, Machine]
) -> None:
    evening.pause(4, *room)
    newcomer = evening.come(THREE_LAPS, Entry.FOUND)
    evening.go_on(3.8)
    assert driver(newcomer).settings == [THREE_LAPS]
    evening.until(agree(newcomer, *room), 8)
    assert {driver(machine).setting for machine in (newcomer, *room)} == {NINE_LAPS}
    assert THREE_LAPS not in {setting for machine in room for setting in driver(machine).settings}


@pytest.mark.parametrize(("company", "apart_s"), [(1, 0.0), (2, 0.0), (3, 0.0), (1, 3.0)])
def test_a_room_that_stood_still_and_was_listed_no_more_stays_when_it_goes_on(
    evening: Evening, room: tuple[Machine, Machine], company: int, apart_s: float
) -> None:
    """Nobody hears of it, so whoever comes meanwhile founds beside it, and may have company too.

    Where its members go on apart, so that one forks, one who founded alone still gives way.
    """
    numbers = range(len(room), len(room) + company)
    unheard = [link for a in range(len(room)) for b in numbers for link in ((a, b), (b, a))]
    evening.pause(6, room[0])
    evening.pause(6 + apart_s, room[1])
    evening.world.network.cut(unheard)  # who is stopped answers no question of mDNS either
    late = [evening.come(THREE_LAPS, Entry.EITHER) for _ in range(company)]
    evening.go_on(5.9)
    assert {driver(machine).setting for machine in late} == {THREE_LAPS}
    evening.world.network.heal(unheard)
    evening.until(agree(*late, *room), 15)
    assert {driver(machine).setting for machine in (*late, *room)} == {NINE_LAPS}


@pytest.mark.parametrize("seed", range(6))
def test_of_two_who_opened_it_alone_the_first_has_the_say(seed: int) -> None:
    evening = Evening(seed)
    first = evening.come(NINE_LAPS, Entry.FOUND)
    evening.go_on(10)
    evening.pause(3, first)
    second = evening.come(THREE_LAPS, Entry.FOUND)
    evening.until(agree(first, second), 12)
    assert driver(first).setting == driver(second).setting == NINE_LAPS
    assert driver(first).settings == [NINE_LAPS]


@pytest.mark.parametrize("seed", range(6))
def test_nodes_that_are_started_together_end_in_one_room(seed: int) -> None:
    evening = Evening(seed)
    machines = [evening.come(b"wish %d" % k, Entry.EITHER) for k in range(5)]
    evening.until(agree(*machines), 10)
    assert len({driver(machine).setting for machine in machines}) == 1


def test_a_watcher_waits_for_a_room_enters_it_and_is_outside_again_when_it_ends(
    evening: Evening,
) -> None:
    watcher = evening.come(THREE_LAPS, Entry.WATCH)
    evening.go_on(10)
    assert driver(watcher).waits == [Waiting(WaitReason.NOBODY)]
    racer = evening.come(NINE_LAPS, Entry.EITHER)
    evening.until(agree(watcher, racer), 5)
    assert driver(watcher).setting == NINE_LAPS
    evening.world.bar(racer)
    evening.go_on(10)
    assert watcher.host is not None
    assert watcher.host.node.consensus is None, "there is no room without a driver"
    evening.world.mend([racer.number])
    evening.until(agree(watcher, racer), 10)
    assert driver(watcher).setting == NINE_LAPS
    assert not driver(watcher).led


def test_a_watcher_leads_nobody_even_where_it_was_there_before_the_others(evening: Evening) -> None:
    racer, watcher = evening.come(NINE_LAPS, Entry.FOUND), evening.come(b"", Entry.WATCH)
    evening.until(agree(racer, watcher), 5)
    late = [evening.come(THREE_LAPS, Entry.JOIN) for _ in range(2)]
    evening.until(agree(racer, watcher, *late), 5)
    evening.world.bar(racer)
    evening.until(lambda: any(driver(machine).led for machine in late), 5)
    evening.until(agree(watcher, *late), 5)
    assert not driver(watcher).led
    assert driver(late[0]).setting == NINE_LAPS


def test_who_joined_may_finish_alone(evening: Evening, room: tuple[Machine, Machine]) -> None:
    """Joining founds nothing; but who is of the room goes on with it when all others are gone."""
    founder, joiner = room
    evening.world.bar(founder)
    evening.go_on(8)
    assert joiner.host is not None
    assert joiner.host.node.decides
    assert driver(joiner).setting == NINE_LAPS


def test_two_who_only_join_wait_for_each_other_and_say_so(evening: Evening) -> None:
    one, two = (evening.come(NINE_LAPS, Entry.JOIN) for _ in range(2))
    evening.go_on(20)
    for each in (one, two):
        assert driver(each).synced == 0
        assert driver(each).waits[-1].reason is WaitReason.GATHERING
