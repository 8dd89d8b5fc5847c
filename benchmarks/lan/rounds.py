"""What is done to a room of measured nodes, and what its nodes tell of it."""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from benchmarks.lan.room import LOOK_S, Room
from benchmarks.lan.story import (
    Life,
    Told,
    decreed_ms,
    downs,
    first_time,
    is_equal,
    is_together,
    known_ms,
    said,
    shown_ms,
    unheard_ms,
)
from tests.lan.drops import Drop

AFTER_S = 1.5  # by then all is known that will be
CUT_S = 3.0
PAUSED_S, RUNS_S = 2.0, 0.5
LOSS = 0.2


class End(Enum):
    """How a node is lost to the others."""

    KILLED = "killed"  # its machine refuses what is sent to it
    UNPLUGGED = "unplugged"  # nothing answers
    STOPPED = "stopped"  # nothing answers, and it goes on as if nothing had been


@dataclass(frozen=True, slots=True)
class Fall:
    """How the others told of a lost node; in ms, one value a survivor."""

    known: list[float]
    decreed: list[float]  # the next decree; none where it did not coordinate
    ordered: list[float]  # the next line of chat
    missing: int  # survivors that did not tell
    again: float | None  # until all were together, from the moment it was let go on


def lose(room: Room, box: int, end: End) -> Fall:
    """Lose a node for a moment, and get it back.

    Raises:
        UnsettledError: the room did not come together again.
    """
    others = [other for other in range(room.size) if other != box]
    coordinates = room.coordinator() == box
    node, epoch = room.life(box).node, room.life(others[0]).epoch
    since = _take(room, box, end)
    room.look(AFTER_S)
    told = [each for each in room.story.between(since, time.time()) if each.box != box]
    known = known_ms(told, node, since)
    before, mark = deepcopy(room.story.lives), len(room.story.told)
    back = _return(room, box, end)
    room.settle()
    again = first_time(before, room.story.told[mark:], back, is_together)
    decreed = decreed_ms(told, epoch, since, lines_only=False) if coordinates else {}
    ordered = decreed_ms(told, epoch, since, lines_only=True) if coordinates else {}
    return Fall(
        [*known.values()],
        [*decreed.values()],
        [*ordered.values()],
        len(others) - len(known),
        None if again is None else 1000 * (again - back),
    )


def _take(room: Room, box: int, end: End) -> float:
    match end:
        case End.KILLED:
            return room.kill(box)
        case End.STOPPED:
            return room.pause(box)
        case End.UNPLUGGED:
            at = time.time()
            room.lan.pull(box)
            return at


def _return(room: Room, box: int, end: End) -> float:
    match end:
        case End.KILLED:
            return room.start(box)
        case End.STOPPED:
            return room.go_on(box)
        case End.UNPLUGGED:
            at = time.time()
            room.lan.plug(box)
            return at


def part(room: Room) -> float | None:
    """Cut the room in two and heal it; return after how many ms all had one state."""
    cut = time.time()
    room.lan.cut()
    room.look(CUT_S)
    before, mark = deepcopy(room.story.lives), len(room.story.told)
    healed = time.time()
    room.lan.heal()
    room.look(LOOK_S)
    lines = said(room.story.between(cut, healed))
    room.settle(lambda lives: is_equal(lives, lines))
    told = room.story.told[mark:]
    equal = first_time(before, told, healed, lambda lives: is_equal(lives, lines))
    return None if equal is None else 1000 * (equal - healed)


@dataclass(slots=True)
class Window:
    """What nodes that ran told in a span of time."""

    seconds: float
    nodes: int
    false: list[tuple[float, int, str]] = field(default_factory=list)  # when, by, on whom
    suspicions: int = 0
    tenures: int = 0  # epochs that were begun
    late_p99: list[float] = field(default_factory=list)  # ms, of each second of each node
    late_max: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # percent of a core
    chat: list[float] = field(default_factory=list)  # ms until a line was shown by all
    unshown: int = 0


def watch(room: Room, seconds: float) -> Window:
    """Let a room alone."""
    return _window(room, seconds, set())


def watch_loss(room: Room, seconds: float) -> Window:
    """Lose a fifth of all datagrams on each way."""
    room.lan.drop(Drop(tuple(range(room.size)), share=LOSS))
    try:
        return _window(room, seconds, set())
    finally:
        room.lan.drop()
        room.settle()


def watch_pauses(room: Room, seconds: float, rng: Random) -> Window:
    """Stop a quarter of the nodes for 2 s of every 2.5 s."""
    paused = set(rng.sample(range(room.size), room.size // 4))
    window = _window(room, seconds, paused)
    room.settle()
    return window


def _window(room: Room, seconds: float, paused: set[int]) -> Window:
    began = time.time()
    while (past := time.time() - began) < seconds:
        if paused:
            room.pause(*sorted(paused))
            room.look(PAUSED_S)
            room.go_on(*sorted(paused))
        room.look(min(RUNS_S, seconds - past))
    ended = time.time()
    room.look(AFTER_S)
    running = [box for box in range(room.size) if box not in paused]
    told = room.story.between(began, ended)
    window = _read(Window(ended - began, room.size), told, running, room.nodes(running))
    if not paused:
        lines = said(room.story.between(began, ended))
        window.chat = shown_ms(room.story.between(began, time.time()), lines, room.size)
        window.unshown = len(lines) - len(window.chat)
    return window


def _read(window: Window, told: list[Told], running: list[int], nodes: set[str]) -> Window:
    window.false = downs(told, nodes)
    epochs: set[int] = set()
    for each in told:
        line = each.line
        if line["event"] == "peer" and line["state"] == "suspect" and line["node"] in nodes:
            window.suspicions += 1
        elif line["event"] == "coordinator" and line["node"] is not None:
            epochs.add(line["epoch"])
        elif line["event"] == "stats" and each.box in running:
            window.late_p99.append(line["late_p99_ms"])
            window.late_max.append(line["late_max_ms"])
            window.cpu.append(line["cpu_pct"])
    window.tenures = len(epochs)
    return window


@dataclass(frozen=True, slots=True)
class Unheard:
    """A node that some could not hear for a moment."""

    suspected: int  # at how many others
    down: int
    heard: float  # ms until all heard it, from the moment they could again
    together: float | None  # ms until the room was together again, if it came apart


def deafen(room: Room, box: int) -> Unheard:
    """Let nothing reach a box for a while; what it sends arrives."""
    others = tuple(other for other in range(room.size) if other != box)
    return _one_way(room, box, Drop(others, to=room.lan.boxes[box].address))


def mute(room: Room, box: int) -> Unheard:
    """Let nothing that a box sends arrive for a while; it hears all."""
    return _one_way(room, box, Drop((box,)))


def sever(room: Room, box: int, other: int) -> Unheard:
    """Let nothing from one box reach one other for a while."""
    return _one_way(room, box, Drop((box,), to=room.lan.boxes[other].address))


def _one_way(room: Room, box: int, drop: Drop) -> Unheard:
    began = time.time()
    room.lan.drop(drop)
    room.look(CUT_S)
    before, mark = deepcopy(room.story.lives), len(room.story.told)
    healed = time.time()
    room.lan.drop()
    return _unheard(room, box, began, healed, (before, mark))


def move(room: Room, box: int, number: int) -> Unheard:
    """Give a box another address."""
    before, mark = deepcopy(room.story.lives), len(room.story.told)
    at = time.time()
    room.lan.boxes[box].move(f"10.77.0.{number}")
    return _unheard(room, box, at, at, (before, mark))


def _unheard(
    room: Room, box: int, began: float, could: float, was: tuple[dict[int, Life], int]
) -> Unheard:
    room.look(AFTER_S)
    room.settle()
    before, mark = was
    told = [each for each in room.story.between(began, time.time()) if each.box != box]
    suspected, down, heard = unheard_ms(told, room.life(box).node, could)
    together = None
    if not is_together(before.values()):
        at = first_time(before, room.story.told[mark:], could, is_together)
        together = None if at is None else 1000 * (at - could)
    return Unheard(suspected, down, max(heard, 0.0), together)
