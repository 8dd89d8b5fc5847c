"""Who came to preside, and for how long nobody did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.timeline.story import Ending

if TYPE_CHECKING:
    from racer.app.timeline.story import Reign, Story

VACANT_S_MAX: Final = 10.0  # a coordinator that ended earlier is not why there was an election


@final
@dataclass(frozen=True, slots=True)
class Election:
    """A coordinator of one epoch of one lineage, as the first that knew of it tells."""

    at_s: float
    node: str
    epoch: int
    lineage: str
    knew: int  # nodes that ever took it for the coordinator
    vacant_since_s: float | None  # when the one before had ended, if it had


def elections(story: Story) -> tuple[Election, ...]:
    """Return all that the nodes tell of, in the order of time."""
    seen: dict[tuple[str, int, str], dict[str, float]] = {}
    for lane in story.lanes:
        for reign in (reign for life in lane.lives for reign in life.reigns):
            firsts = seen.setdefault((reign.lineage, reign.epoch, reign.node), {})
            firsts.setdefault(lane.node, reign.from_s)
    ordered = sorted((min(firsts.values()), key, len(firsts)) for key, firsts in seen.items())
    found: list[Election] = []
    for at_s, (lineage, epoch, node), knew in ordered:
        before = found[-1] if found else None
        since_s = None if before is None else _ended(story, before, at_s)
        found.append(Election(at_s, node, epoch, lineage, knew, since_s))
    return tuple(found)


def in_office(story: Story) -> tuple[Reign, ...]:
    """Return the reigns as those who preside tell of themselves, in the order of time."""
    found = [
        reign
        for lane in story.lanes
        for life in lane.lives
        for reign in life.reigns
        if reign.node == lane.node
    ]
    return tuple(sorted(found, key=lambda reign: (reign.from_s, reign.epoch, reign.node)))


def _ended(story: Story, before: Election, at_s: float) -> float | None:
    """Return when the life ended in which a node presided, if that is why another came."""
    ends = [
        life.to_s
        for lane in story.lanes
        if lane.node == before.node
        for life in lane.lives
        if life.ending is not Ending.OPEN and before.at_s <= life.to_s <= at_s
    ]
    since_s = max(ends, default=None)
    return None if since_s is None or at_s - since_s > VACANT_S_MAX else since_s
