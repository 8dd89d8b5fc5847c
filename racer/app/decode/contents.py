"""What messages carry for the game, which `net` does not read: facts, rulings, cars."""

from __future__ import annotations

from typing import TypeAlias

from net import Operation, Rule
from net.wire.messages import StreamState
from racer.core.recordings.car_codec import CarFrame
from racer.play.cars.local_race import read_state
from racer.play.room.messages import Fact, Ruling, decode_fact, decode_ruling

Contents: TypeAlias = Fact | Ruling | CarFrame


def contents_of(value: object) -> tuple[str, Contents] | None:
    """Return which field of a value holds something of the game, and that; None: none does.

    What another version of the game wrote may be nothing to us.
    """
    found: Contents | None = None
    match value:
        case Operation(body=body):
            name, found = "body", decode_fact(body)
        case Rule(body=body):
            name, found = "body", decode_ruling(body)
        case StreamState(payload=payload):
            name, found = "payload", read_state(payload, payload)  # of whichever race it is
        case _:
            return None
    return None if found is None else (name, found)
