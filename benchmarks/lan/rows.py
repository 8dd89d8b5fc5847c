"""The figures of real processes on a LAN: each row beside a control without faults."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.figures import line, percentile
from benchmarks.lan import beside, race
from benchmarks.lan.room import Room, UnsettledError, opened
from benchmarks.lan.rounds import (
    End,
    Fall,
    Unheard,
    Window,
    deafen,
    lose,
    move,
    mute,
    part,
    sever,
    watch,
    watch_loss,
    watch_pauses,
)
from tests.lan.lab import can_lan

LINES_PER_S = 16  # of the whole room, so that the next decree is not long in coming
FEW_LINES_PER_S = 4  # where that is not asked: every decree costs who comes back
MOVED = 100  # the last part of a new address, and the box's number


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    crowds: tuple[int, ...]  # let alone, to show how many run on time here
    sizes: tuple[int, ...]  # hurt; the largest in every way
    kills: int  # half of them of whoever coordinates
    others: int  # unplugged; and as many stopped; and as many partitions
    control_s: float
    faults_s: float  # of loss, and of pauses
    races: tuple[int, ...]  # of so many bots
    returns: int  # of bots to their cars, in each race
    agents_kills: int
    agents_s: float  # of loss, and of pauses


FULL = Plan(
    (4, 12, 20), (8, 16), 12, 4, 20, 60, races=(4, 12, 16), returns=8, agents_kills=4, agents_s=20
)
QUICK = Plan((4,), (8,), 4, 1, 5, 8, races=(4,), returns=2, agents_kills=1, agents_s=5)


def report(*, quick: bool = False) -> Iterator[str]:
    """Yield lines of figures, or say why there are none."""
    if not can_lan or shutil.which("nft") is None:
        yield "lan: SKIPPED: needs root, iproute2 and nftables for a LAN of namespaces"
        return
    plan = QUICK if quick else FULL
    ours: dict[str, Sequence[float]] = {}
    for size in plan.crowds:
        yield from in_room(size, FEW_LINES_PER_S, lambda room: alone(room, plan))
    for size in plan.sizes:
        yield from in_room(size, LINES_PER_S, lambda room: lost(room, plan, ours))
    yield from in_room(max(plan.sizes), FEW_LINES_PER_S, lambda room: hurt(room, plan))
    for cars in plan.races:
        yield f"a race of {cars}, load of the machine before {os.getloadavg()[0]:.1f}"
        yield from race.report(cars, plan.returns)
    rng = Random(0)
    yield from beside.report(max(plan.sizes), plan.agents_kills, plan.agents_s, ours, rng)


def in_room(size: int, lines_per_s: int, measure: Callable[[Room], Iterator[str]]) -> Iterator[str]:
    """Yield the figures of a room made for them."""
    yield f"{size} real nodes, load of the machine before {os.getloadavg()[0]:.1f}"
    try:
        with opened(size, 1000 * size // lines_per_s, size) as room:
            yield from measure(room)
    except UnsettledError as error:
        yield f"  {size} nodes did not come together in time: {error}"


def alone(room: Room, plan: Plan) -> Iterator[str]:
    """Yield how late the ticks of a room run that nobody hurts."""
    yield from of_window("no fault", watch(room, plan.control_s / 2))


def lost(room: Room, plan: Plan, ours: dict[str, Sequence[float]]) -> Iterator[str]:
    """Yield how the loss of a node is told, beside a control.

    Args:
        ours: gets what is compared with others' figures.
    """
    rng = Random(room.size)
    quiet = watch(room, plan.control_s)
    yield from of_window("no fault", quiet)
    falls = kills(room, plan.kills, rng)
    yield from of_falls("a node killed", falls)
    ours["chat"] = quiet.chat
    ours["kill"] = [ms for fall in falls for ms in fall.known]
    for end in (End.UNPLUGGED, End.STOPPED):
        falls = [lose(room, rng.randrange(room.size), end) for _ in range(plan.others)]
        yield from of_falls(f"a node {end.value}", falls)
    yield partitions(room, plan.others)


def hurt(room: Room, plan: Plan) -> Iterator[str]:
    """Yield what loss, pauses, one-way cuts and moves do to a room."""
    rng = Random(room.size)
    yield from of_window("20 % loss each way", watch_loss(room, plan.faults_s))
    yield from of_window("a quarter paused 2 of 2.5 s", watch_pauses(room, plan.faults_s, rng))
    yield from of_cuts(room, rng)


def kills(room: Room, count: int, rng: Random) -> list[Fall]:
    """Kill whoever coordinates, and somebody, in turn."""
    falls = []
    for number in range(count):
        box = room.coordinator() if number % 2 == 0 else rng.randrange(room.size)
        falls.append(lose(room, box, End.KILLED))
    return falls


def partitions(room: Room, count: int) -> str:
    """Cut a room in two and heal it, again and again; return the line of it."""
    healed = [part(room) for _ in range(count)]
    equal = [ms for ms in healed if ms is not None]
    return line("  partition of 3 s healed: one state everywhere", equal, "ms")


def of_window(what: str, window: Window) -> Iterator[str]:
    """Yield what nodes that ran told in a span of time."""
    counts = f"{len(window.false)} false down, {window.suspicions} suspicions"
    yield (
        f"  {what}, {window.seconds:.0f} s: {counts}, {window.tenures} new epochs;"
        f" processor of a node p50 {percentile(window.cpu, 0.5):.1f} %"
    )
    yield line(f"  {what}: ticks late, p99 of a second", window.late_p99, "ms")
    yield line(f"  {what}: latest tick of a second", window.late_max, "ms")
    if window.chat or window.unshown:
        yield line(f"  {what}: chat shown by all", window.chat, "ms", missing=window.unshown)


def of_falls(what: str, falls: list[Fall]) -> Iterator[str]:
    """Yield what survivors told of lost nodes."""
    known = [ms for fall in falls for ms in fall.known]
    missing = sum(fall.missing for fall in falls)
    yield line(f"  {what}: another knows", known, "ms", missing=missing)
    decreed = [ms for fall in falls for ms in fall.decreed]
    if decreed:
        yield line("  of them the coordinator: next decree at a survivor", decreed, "ms")
        ordered = [ms for fall in falls for ms in fall.ordered]
        yield line("  of them the coordinator: next line shown by a survivor", ordered, "ms")
    again = [fall.again for fall in falls if fall.again is not None]
    yield line(f"  {what}, and back: all together", again, "ms")


def of_cuts(room: Room, rng: Random) -> Iterator[str]:
    """Yield what becomes of nodes that some do not hear, and of one whose address changes."""
    box, other = rng.sample(range(room.size), 2)
    yield unheard("one link cut one way, 3 s", sever(room, box, other))
    yield unheard("nobody hears a node, 3 s", mute(room, box))
    yield unheard("a node hears nobody, 3 s", deafen(room, other))
    for moved in (box, other):
        yield unheard("a node's address changed", move(room, moved, MOVED + moved))


def unheard(what: str, found: Unheard) -> str:
    """Return the line of a node that was not heard for a moment."""
    where = f"suspected at {found.suspected}, down at {found.down} others"
    together = "" if found.together is None else f", all together after {found.together:.0f} ms"
    return f"  {what}: {where}; all hear it after {found.heard:.0f} ms{together}"
