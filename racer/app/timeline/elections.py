"""Who came to coordinate, and for how long nobody did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.timeline.story import Ending

if TYPE_CHECKING:
    from racer.app.timeline.story import Story, Tenure

VACANT_S_MAX: Final = 10.0  # a coordinator that ended earlier is not why there was an election


@final
@dataclass(frozen=True, slots=True)
class ElectionSeen:
    """A coordinator of one epoch of one lineage, as the first that knew of it tells."""

    at_s: float
    node: str
    epoch: int
    lineage: str
    knew: int  # nodes that ever took it for the coordinator
    vacant_since_s: float | None  # when the one before had ended, if it had


def elections(story: Story) -> tuple[ElectionSeen, ...]:
    """Return all that the nodes tell of, in the order of time."""
    seen: dict[tuple[str, int, str], dict[str, float]] = {}
    for lane in story.lanes:
        for tenure in (tenure for life in lane.lives for tenure in life.tenures):
            firsts = seen.setdefault((tenure.lineage, tenure.epoch, tenure.node), {})
            firsts.setdefault(lane.node, tenure.from_s)
    ordered = sorted((min(firsts.values()), key, len(firsts)) for key, firsts in seen.items())
    found: list[ElectionSeen] = []
    for at_s, (lineage, epoch, node), knew in ordered:
        before = found[-1] if found else None
        since_s = None if before is None else _previous_end_s(story, before, at_s)
        found.append(ElectionSeen(at_s, node, epoch, lineage, knew, since_s))
    return tuple(found)


def in_charge(story: Story) -> tuple[Tenure, ...]:
    """Return the tenures as those who coordinate tell of themselves, in the order of time."""
    found = [
        tenure
        for lane in story.lanes
        for life in lane.lives
        for tenure in life.tenures
        if tenure.node == lane.node
    ]
    return tuple(sorted(found, key=lambda tenure: (tenure.from_s, tenure.epoch, tenure.node)))


def _previous_end_s(story: Story, before: ElectionSeen, at_s: float) -> float | None:
    """Return when the life ended in which a node coordinated, if that is why another came."""
    ends = [
        life.to_s
        for lane in story.lanes
        if lane.node == before.node
        for life in lane.lives
        if life.ending is not Ending.OPEN and before.at_s <= life.to_s <= at_s
    ]
    since_s = max(ends, default=None)
    return None if since_s is None or at_s - since_s > VACANT_S_MAX else since_s
