"""The program of a measured node: it says a line now and then, and decrees an order of all lines.

The same runs in virtual time (`benchmarks.crowd`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

from net import (
    Command,
    Committed,
    CoordinatorChanged,
    Delivered,
    Dot,
    Event,
    LineageEntered,
    NodeView,
    Order,
    PeerChanged,
    Propose,
    Report,
    Submit,
    Synced,
)

SECOND: Final = 1_000_000_000
LINES_AT_ONCE: Final = 8  # as the game's referee


@dataclass(frozen=True, slots=True)
class Said:
    """This node has said a line."""

    dot: Dot


@dataclass(frozen=True, slots=True)
class SecondPassed:
    """Told once a second, for figures that are of a second."""


Told: TypeAlias = (
    Said | SecondPassed | PeerChanged | CoordinatorChanged | LineageEntered | Committed | Synced
)


@final
class Talker:
    """Reports all that it is told.

    Args:
        every_ns: between two lines of this node; 0: it is silent.
        first_ns: how long after it has synced the first line is due.
    """

    def __init__(self, every_ns: int, first_ns: int) -> None:
        self._every_ns = every_ns
        self._first_ns = first_ns
        self._next_ns: int | None = None  # not before we have synced
        self._second_ns = 0
        self._lines: dict[Dot, None] = {}  # in order of their delivery
        self._waiting: dict[Dot, None] = {}  # of which no decree has told
        self._ordered: set[Dot] = set()  # a decree may come before its line

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case Delivered(operation=operation):
                self._lines[operation.dot] = None
                if operation.dot not in self._ordered:
                    self._waiting[operation.dot] = None
                mine = (operation.dot.node, operation.dot.incarnation)
                said = mine == (node.me, node.incarnation)
                return [Report(Said(operation.dot))] if said else []
            case LineageEntered():
                self._waiting = dict(self._lines)
                self._ordered.clear()
                self._next_ns = None
            case Committed(decree=decree) if isinstance(decree.what, Order):
                self._ordered.add(decree.what.dot)
                self._waiting.pop(decree.what.dot, None)
            case Synced():
                self._next_ns = now_ns + self._first_ns
            case PeerChanged() | CoordinatorChanged() | Committed():
                pass
            case _:
                return []
        return [Report(event)]

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands: list[Command] = []
        if now_ns - self._second_ns >= SECOND:
            self._second_ns = now_ns
            commands.append(Report(SecondPassed()))
        if self._every_ns and self._next_ns is not None and now_ns >= self._next_ns:
            self._next_ns = max(self._next_ns + self._every_ns, now_ns)
            commands.append(Submit(b"a line of some length, as people write it"))
        if node.decides and self._waiting:
            due = [Order(dot) for dot in list(self._waiting)[:LINES_AT_ONCE]]
            commands.append(Propose(tuple(due)))
        return commands
