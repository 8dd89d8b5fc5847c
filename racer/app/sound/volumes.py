"""How loud the player wants it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Volumes:
    """Each 0..1, on top of how loud things are beside each other."""

    engine: float = 1.0  # our own and the others'
    effects: float = 1.0  # tyres, ground, air, people, blows
    interface: float = 1.0  # lights, best lap, chat
