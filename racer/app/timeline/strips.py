"""What stands above the lanes, for the whole room: phases, who is in office, faults; and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from racer.app.timeline.elections import elections, in_charge
from racer.app.timeline.lane import band
from racer.app.timeline.placement import Label, place, width_px
from racer.app.timeline.style import BAND_PX, LEFT_PX, RIGHT_PX, ROW_PX

if TYPE_CHECKING:
    from racer.app.timeline.placement import Scale
    from racer.app.timeline.story import Story
    from racer.app.timeline.svg import Svg

OFFICES_MAX: Final = 4  # who coordinates at one time, in lineages of their own
FAULT_ROWS_MAX: Final = 4
GAP_PX: Final = 6.0


def phases(svg: Svg, story: Story, scale: Scale, top: float) -> float:
    """Draw the phases of the race; returns the bottom."""
    svg.text(12, top + BAND_PX - 4, "race")
    for phase in story.phases:
        if phase.to_s < scale.from_s or phase.from_s > scale.to_s:
            continue
        left, right = scale.x(phase.from_s), scale.x(phase.to_s)
        box = {"x": left, "y": top, "width": max(right - left, 0.5), "height": BAND_PX}
        svg.titled("rect", f"{phase.name} from {phase.from_s:.3f} s", **box, class_="phase")
        if width_px(phase.name) + 6 <= right - left:
            svg.text(left + 4, top + BAND_PX - 4, phase.name)
    return top + BAND_PX + GAP_PX


def offices(svg: Svg, story: Story, scale: Scale, top: float, colours: Mapping[str, str]) -> float:
    """Draw who coordinates by their own word, in rows where several do; returns the bottom."""
    svg.text(12, top + BAND_PX - 4, "in office")
    ends = [float("-inf")] * OFFICES_MAX
    used = 1
    for tenure in in_charge(story):
        if tenure.to_s < scale.from_s or tenure.from_s > scale.to_s:
            continue
        row = next((row for row, end in enumerate(ends) if end <= tenure.from_s), OFFICES_MAX - 1)
        ends[row] = tenure.to_s
        used = max(used, row + 1)
        band(svg, tenure, top + row * (BAND_PX + 2), scale, story, colours)
    bottom = top + used * (BAND_PX + 2)
    return _draw_leaderless_labels(svg, story, scale, bottom) + GAP_PX


def _draw_leaderless_labels(svg: Svg, story: Story, scale: Scale, top: float) -> float:
    labels = [
        Label(scale.x(since_s), f"nobody coordinates for {election.at_s - since_s:.2f} s", 0)
        for election in elections(story)
        if (since_s := election.vacant_since_s) is not None and scale.shows(since_s)
    ]
    placed, _ = place(labels, LEFT_PX, RIGHT_PX, 2)
    for each in placed:
        svg.text(each.left, top + (each.row + 1) * ROW_PX - 2, each.label.text, class_="down")
    return top + ROW_PX * (1 + max((each.row for each in placed), default=-1))


def faults(svg: Svg, story: Story, scale: Scale, top: float) -> float:
    """Name what was done to the room; returns the bottom."""
    shown = [fault for fault in story.faults if scale.shows(fault.at_s)]
    if not shown:
        return top
    svg.text(12, top + ROW_PX, "faults")
    labels = [Label(scale.x(fault.at_s), fault.text, 0) for fault in shown]
    placed, _ = place(labels, LEFT_PX, RIGHT_PX, FAULT_ROWS_MAX)
    for each in placed:
        baseline = top + (each.row + 1) * ROW_PX
        x = each.label.x
        svg.add("line", x1=x, x2=x, y1=baseline - 8, y2=baseline + 2, class_="down")
        svg.text(each.left, baseline, each.label.text)
    return top + ROW_PX * (1 + max((each.row for each in placed), default=0)) + GAP_PX


def axis(svg: Svg, scale: Scale, top: float, bottom: float) -> float:
    """Draw the grid of time from `top` to `bottom`, its seconds below; returns the bottom."""
    for at_s in scale.ticks():
        x = scale.x(at_s)
        svg.add("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid")
        svg.text(x, bottom + 14, f"{at_s:g} s", text_anchor="middle")
    svg.add("line", x1=LEFT_PX, x2=RIGHT_PX, y1=bottom, y2=bottom, class_="axis")
    return bottom + 24
