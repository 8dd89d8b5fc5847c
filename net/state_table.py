"""State machines as data: what each event makes of each state (after h11's `_state.py`).

A machine keeps its state, and moves by its table alone, so the table is all of its states and ways.
docs/PROTOCOL.md shows it as a diagram, which a test draws from the table and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar, final

from net.errors import InvariantError

StateT = TypeVar("StateT", bound=Enum)
EventT = TypeVar("EventT", bound=Enum)


@final
@dataclass(frozen=True, slots=True)
class StateTable(Generic[StateT, EventT]):
    """The states of one machine. A state's value is its name, an event's value what happened."""

    initial: StateT
    transitions: Mapping[tuple[StateT, EventT], StateT]

    def after(self, state: StateT, event: EventT) -> StateT:
        """Return the state that follows.

        Raises:
            InvariantError: the event cannot happen in this state; the machine is wrong.
        """
        following = self.transitions.get((state, event))
        if following is None:
            raise InvariantError(f"{event.value!r} happened to one that is {state.value!r}")
        return following
