"""Who says words at a pace, and orders those of all where it decides: the history of a room."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

import msgspec

from net import (
    Command,
    Committed,
    Decree,
    Delivered,
    Dot,
    Event,
    Folded,
    LineageEntered,
    NodeId,
    NodeView,
    Operation,
    Order,
    Propose,
    Rule,
    Submit,
    Synced,
)

NODES: Final = 4
PACE: Final = 100  # operations in a virtual second, of all together
TICKS_A_SECOND: Final = 60
TAIL: Final = 100  # words that a fold keeps
WORD: Final = b"a line of some forty letters, like those said"
PROPOSED_MAX: Final = 16  # at once


class Words(msgspec.Struct, array_like=True, frozen=True):
    """How many words were ordered, the newest of them, and those without a place."""

    ordered: int = 0
    newest: tuple[Dot, ...] = ()
    waiting: tuple[Dot, ...] = ()


def read_words(fold: bytes) -> Words:
    """Return what some bytes hold; empty ones: nothing."""
    return msgspec.msgpack.decode(fold, type=Words) if fold else Words()


def fold_words(before: bytes, decrees: Sequence[Decree], operations: Sequence[Operation]) -> bytes:
    """Return the fold of what was said."""
    was = read_words(before)
    orders = [each.what.dot for each in decrees if isinstance(each.what, Order)]
    here = dict.fromkeys([*was.waiting, *(each.dot for each in operations)])
    for dot in orders:
        here.pop(dot, None)
    newest = (*was.newest, *orders)[-TAIL:]
    return msgspec.msgpack.encode(Words(was.ordered + len(orders), newest, tuple(here)))


class Speaker:
    """Says words at a pace, and orders those of all where it decides."""

    def __init__(self, me: NodeId, rng: Random) -> None:
        self.is_synced = False
        self._waiting: dict[Dot, None] = {}
        self._rng = rng

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        match event:
            case Synced():
                self.is_synced = True
            case LineageEntered():
                self.is_synced = False
            case _:
                pass
        self.follow(event)
        return []

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands: list[Command] = []
        if self.is_synced and self._rng.random() < PACE / NODES / TICKS_A_SECOND:
            commands.append(Submit(self.word()))
        whats = self.due(node, now_ns)
        if node.decides and whats:
            commands.append(Propose(tuple(whats[:PROPOSED_MAX])))
        return commands

    def follow(self, event: Event) -> None:
        """Take what was said and decreed."""
        match event:
            case Delivered(operation=operation):
                self._waiting[operation.dot] = None
            case Committed(decree=decree) if isinstance(decree.what, Order):
                self._waiting.pop(decree.what.dot, None)
            case Folded(fold=fold):
                self._waiting = dict.fromkeys(read_words(fold).waiting)
            case _:
                pass

    def word(self) -> bytes:
        """Return what is to be said now."""
        return WORD

    def due(self, node: NodeView, now_ns: int) -> Sequence[Order | Rule]:
        """Return what is to be decreed now, as far as we know."""
        return [*map(Order, self._waiting)]
