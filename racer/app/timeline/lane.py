"""One node's part of the diagram: labels in rows, its line with signs, its band of tenures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.timeline import glyphs
from racer.app.timeline.placement import Label, Placed, place, width_px
from racer.app.timeline.story import Ending, MarkKind
from racer.app.timeline.style import (
    BAND_BELOW_PX,
    BAND_PX,
    LEFT_PX,
    RIGHT_PX,
    ROW_PX,
    ROWS_MAX,
)

if TYPE_CHECKING:
    from racer.app.timeline.placement import Scale
    from racer.app.timeline.story import Lane, Lifespan, Story, Tenure
    from racer.app.timeline.svg import Svg

PASSING: Final = frozenset({"suspect", "alive"})  # verdicts that a lossy network is full of
FIRST_ROW_PX: Final = 11.0  # baseline of the nearest row above the line

# What is placed first when room is scarce.
_RANKS: Final[Mapping[str, int]] = {
    MarkKind.STARTED: 0,
    MarkKind.RESUMED: 0,
    "down": 1,
    "left": 1,
    MarkKind.CONTROL: 2,
    MarkKind.RESULTS: 2,
    MarkKind.FINISH: 2,
    MarkKind.LINEAGE: 3,
    "suspect": 3,
    MarkKind.JOINED: 4,
    "alive": 4,
    MarkKind.LAP: 5,
    MarkKind.PICKUP: 6,
}
_ENDS: Final = {Ending.CRASHED: ("crash", "down"), Ending.LEFT: ("leaves", "left")}


@final
@dataclass(frozen=True, slots=True)
class Laid:
    """A lane with its place on the page."""

    lane: Lane
    labels: tuple[Placed, ...]
    lost: int  # labels for which there was no room
    line_y: float
    bottom: float


def lay(lane: Lane, story: Story, scale: Scale, top: float, *, crowded: bool = False) -> Laid:
    """Place a lane below `top`, as high as its labels need.

    Args:
        crowded: there are too many suspicions to name them.
    """
    labels = [
        label
        for label in labels_of(lane, story, scale)
        if not crowded or label.style not in PASSING
    ]
    placed, lost = place(labels, LEFT_PX, RIGHT_PX, ROWS_MAX)
    rows = 1 + max((each.row for each in placed), default=0)
    line_y = top + rows * ROW_PX + FIRST_ROW_PX
    return Laid(lane, tuple(placed), len(lost), line_y, line_y + BAND_BELOW_PX + BAND_PX)


def labels_of(lane: Lane, story: Story, scale: Scale) -> list[Label]:
    """Return the words on a lane that the scale shows."""
    found: list[Label] = []
    for life in lane.lives:
        for verdict in life.verdicts:
            words = f"{story.name_of(verdict.of)} {verdict.state}"
            found.append(Label(verdict.at_s, words, _RANKS[verdict.state], verdict.state))
        found.extend(Label(mark.at_s, mark.text, _RANKS[mark.kind]) for mark in life.marks)
        if life.ending in _ENDS:
            words, style = _ENDS[life.ending]
            found.append(Label(life.to_s, words, 0, style))
    return [
        Label(scale.x(label.x), label.text, label.rank, label.style)
        for label in found
        if scale.shows(label.x)
    ]


def paint(svg: Svg, laid: Laid, scale: Scale, story: Story, colours: Mapping[str, str]) -> None:
    """Draw a lane; `colours` are those of who coordinates, by node."""
    lane, y = laid.lane, laid.line_y
    swatch = {"x": 12.0, "y": y - 6, "width": 10.0, "height": 12.0}
    svg.add("rect", **swatch, fill=colours[lane.node], class_="band")
    svg.text(28, y + 2, lane.name, class_="name")
    svg.text(28, y + 14, lane.node if lane.node != lane.name else "never joined", class_="faint")
    svg.add("line", x1=LEFT_PX, x2=RIGHT_PX, y1=y, y2=y, class_="away")
    for placed in laid.labels:
        if placed.row > 0:
            x, above = placed.label.x, y - FIRST_ROW_PX - placed.row * ROW_PX
            svg.add("line", x1=x, x2=x, y1=y - 6, y2=above, class_="leader")
    for life in lane.lives:
        if life.to_s >= scale.from_s and life.from_s <= scale.to_s:
            _draw_life(svg, life, y, scale, story, colours)
    for placed in laid.labels:
        baseline = y - FIRST_ROW_PX - placed.row * ROW_PX
        svg.text(placed.left, baseline, placed.label.text, class_="halo")
        svg.text(placed.left, baseline, placed.label.text, class_=placed.label.style)


def _draw_life(
    svg: Svg, life: Lifespan, y: float, scale: Scale, story: Story, colours: Mapping[str, str]
) -> None:
    svg.add("line", x1=scale.x(life.from_s), x2=scale.x(life.to_s), y1=y, y2=y, class_="life")
    for tenure in life.tenures:
        if tenure.to_s >= scale.from_s and tenure.from_s <= scale.to_s:
            band(svg, tenure, y + BAND_BELOW_PX, scale, story, colours)
    for verdict in life.verdicts:
        if scale.shows(verdict.at_s):
            title = f"{verdict.at_s:.3f} s: {story.name_of(verdict.of)} {verdict.state}"
            glyphs.verdict(svg, scale.x(verdict.at_s), y, verdict.state, title)
    for mark in sorted(life.marks, key=lambda mark: -_RANKS[mark.kind]):  # what matters, on top
        if scale.shows(mark.at_s):
            title = f"{mark.at_s:.3f} s: {mark.text}"
            glyphs.mark(svg, scale.x(mark.at_s), y, mark.kind, title)
    if scale.shows(life.to_s):
        title = f"{life.to_s:.3f} s: {life.ending.value}"
        glyphs.ending(svg, scale.x(life.to_s), y, life.ending, title)


def band(
    svg: Svg, tenure: Tenure, top: float, scale: Scale, story: Story, colours: Mapping[str, str]
) -> None:
    """Draw a tenure in the colour of who coordinates, with as many words as fit."""
    left, right = scale.x(tenure.from_s), scale.x(tenure.to_s)
    name = story.name_of(tenure.node)
    whole = f"{name} coordinates, epoch {tenure.epoch}"
    title = f"{whole}, lineage {tenure.lineage}, from {tenure.from_s:.3f} s to {tenure.to_s:.3f} s"
    svg.titled(
        "rect",
        title,
        x=left,
        y=top,
        width=max(right - left, 0.5),
        height=BAND_PX,
        fill=colours.get(tenure.node, "#fff"),
        class_="band",
    )
    for words in (whole, f"{name} {tenure.epoch}", str(tenure.epoch)):
        if width_px(words) + 6 <= right - left:
            svg.text(left + 4, top + BAND_PX - 4, words)
            break
