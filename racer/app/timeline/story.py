"""What a diagram shows: nodes with their lives, tenures, verdicts and marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final


class Ending(StrEnum):
    """How a life ended."""

    CRASHED = "crashed"
    LEFT = "left"
    OPEN = "open"  # it goes on after the end of what we know


@final
@dataclass(frozen=True, slots=True)
class Tenure:
    """Whom a node took for the coordinator, from when to when."""

    node: str
    epoch: int
    lineage: str
    from_s: float
    to_s: float


@final
@dataclass(frozen=True, slots=True)
class PeerVerdict:
    """What a node said of a peer."""

    at_s: float
    of: str
    state: str  # suspect, alive, down, left


class MarkKind(StrEnum):
    """What a mark on a node's line stands for."""

    STARTED = "started"
    JOINED = "joined"
    RESUMED = "resumed"
    LINEAGE = "lineage"
    CONTROL = "control"
    LAP = "lap"
    PICKUP = "pickup"
    FINISH = "finish"
    RESULTS = "results"


@final
@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a node told of itself."""

    at_s: float
    kind: MarkKind
    text: str


@final
@dataclass(frozen=True, slots=True)
class Lifespan:
    """From a start of a process to its end."""

    from_s: float
    to_s: float
    ending: Ending
    tenures: tuple[Tenure, ...]
    verdicts: tuple[PeerVerdict, ...]
    marks: tuple[Mark, ...]


@final
@dataclass(frozen=True, slots=True)
class Lane:
    """A node with its lives, oldest first."""

    node: str
    name: str
    lives: tuple[Lifespan, ...]


@final
@dataclass(frozen=True, slots=True)
class MessageArrow:
    """A datagram of the simulator. `arrives_s` None: it was lost. `kind`: election, log, other."""

    sender: str
    receiver: str
    sent_s: float
    arrives_s: float | None
    kind: str = "other"
    text: str = ""


@final
@dataclass(frozen=True, slots=True)
class FaultSpan:
    """What was done to the room from outside."""

    at_s: float
    to_s: float
    text: str
    nodes: tuple[str, ...] = ()  # whose line shows it too


@final
@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of the race, from when its first node saw it."""

    name: str
    from_s: float
    to_s: float


@final
@dataclass(frozen=True, slots=True)
class Story:
    """All that a diagram shows. Times are seconds from `zero_s` on."""

    lanes: tuple[Lane, ...]
    phases: tuple[PhaseSpan, ...]
    to_s: float
    zero_s: float = 0.0
    faults: tuple[FaultSpan, ...] = ()
    messages: tuple[MessageArrow, ...] = ()

    def name_of(self, node: str) -> str:
        return next((lane.name for lane in self.lanes if lane.node == node), node)
