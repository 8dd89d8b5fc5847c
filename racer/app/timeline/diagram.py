"""The whole page: title, strips for the room, lanes for the nodes, arrows, axis, legend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from racer.app.timeline import glyphs, lane, strips
from racer.app.timeline.elections import elections
from racer.app.timeline.legend import legend
from racer.app.timeline.placement import Scale
from racer.app.timeline.style import (
    LANE_GAP_PX,
    LEFT_PX,
    MESSAGES_GAP_PX,
    PAGE_PX,
    REIGNS,
    RIGHT_PX,
    STYLE,
)
from racer.app.timeline.svg import Svg

if TYPE_CHECKING:
    from racer.app.timeline.story import Story

VERDICTS_MAX: Final = 150  # more hide what they should tell: then only the gone are named
MARGIN_PX: Final = 12.0


@final
@dataclass(frozen=True, slots=True)
class Window:
    """What part of a story is drawn, in its seconds."""

    from_s: float
    to_s: float


def draw(story: Story, window: Window, title: str) -> str:
    """Return a story as an SVG document. Equal arguments give equal bytes."""
    scale = Scale(window.from_s, window.to_s, LEFT_PX, RIGHT_PX)
    colours = {each.node: REIGNS[n % len(REIGNS)] for n, each in enumerate(story.lanes)}
    front, back = Svg(), Svg()
    front.text(12, 24, title, class_="title")
    top = strips.phases(front, story, scale, 36.0)
    top = strips.offices(front, story, scale, top, colours)
    top = strips.faults(front, story, scale, top)
    crowded = _is_crowded(story, scale)
    laid: list[lane.Laid] = []
    bottom = top
    for each in story.lanes:
        laid.append(lane.lay(each, story, scale, bottom, crowded=crowded))
        bottom = laid[-1].bottom + (MESSAGES_GAP_PX if story.messages else LANE_GAP_PX)
    end = strips.axis(back, scale, 36.0, bottom)
    _shade_leaderless_spans(back, story, scale, top, bottom)
    lines = {row.lane.node: row.line_y for row in laid}
    _draw_messages(back, story, scale, lines, behind=True)
    _draw_messages(back, story, scale, lines, behind=False)
    _draw_verdict_arrows(back, story, scale, lines, crowded=crowded)
    _draw_pauses(back, story, scale, lines)
    for row in laid:
        lane.paint(front, row, scale, story, colours)
    end = legend(
        front, end + 8, story, _drawing_remarks(sum(row.lost for row in laid), crowded=crowded)
    )
    page = Svg()
    page.add("rect", x=0.0, y=0.0, width=PAGE_PX, height=end + MARGIN_PX, fill="#fff")
    page.include(back)
    page.include(front)
    return page.document(PAGE_PX, end + MARGIN_PX, title, STYLE)


def _shade_leaderless_spans(
    svg: Svg, story: Story, scale: Scale, top: float, bottom: float
) -> None:
    """Shade the time between the end of a coordinator and the next one."""
    for election in elections(story):
        since_s = election.vacant_since_s
        if since_s is None or election.at_s < scale.from_s or since_s > scale.to_s:
            continue
        left, right = scale.x(since_s), scale.x(election.at_s)
        box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        svg.add("rect", **box, class_="vacant")


def _draw_messages(
    svg: Svg, story: Story, scale: Scale, lines: Mapping[str, float], *, behind: bool
) -> None:
    """Draw datagrams: either those that are behind all, or those that elections consist of."""
    for message in story.messages:
        if not scale.shows(message.sent_s) or (message.kind == "other") != behind:
            continue
        x1, y1 = scale.x(message.sent_s), lines[message.sender]
        y2 = lines[message.receiver]
        if message.arrives_s is None:
            x2, y2 = x1 + 2, y1 + 0.4 * (y2 - y1)
            svg.add("circle", cx=x2, cy=y2, r=2.0, class_="lost")
        else:
            x2 = scale.x(message.arrives_s)
        line = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        title = f"{story.name_of(message.sender)}, {message.sent_s:.4f} s: {message.text}"
        svg.titled("line", title, **line, class_=f"message {message.kind}")


def _is_crowded(story: Story, scale: Scale) -> bool:
    shown = sum(
        scale.shows(verdict.at_s)
        for each in story.lanes
        for life in each.lives
        for verdict in life.verdicts
    )
    return shown > VERDICTS_MAX


def _draw_verdict_arrows(
    svg: Svg, story: Story, scale: Scale, lines: Mapping[str, float], *, crowded: bool
) -> None:
    """Draw an arrow from each accused to who accuses."""
    for each in story.lanes:
        for verdict in (verdict for life in each.lives for verdict in life.verdicts):
            if crowded and verdict.state in lane.PASSING:
                continue
            if verdict.of in lines and scale.shows(verdict.at_s):
                x, y = scale.x(verdict.at_s), lines[each.node]
                glyphs.arrow(svg, x, lines[verdict.of], y, verdict.state)


def _drawing_remarks(lost: int, *, crowded: bool) -> list[str]:
    """Return what a reader must know of this drawing."""
    remarks: list[str] = []
    if crowded:
        remarks.append("there are many suspicions: of them only the ticks are drawn")
    if lost:
        remarks.append(f"without room for their label: {lost} signs; draw fewer seconds to see all")
    return remarks


def _draw_pauses(svg: Svg, story: Story, scale: Scale, lines: Mapping[str, float]) -> None:
    for fault in story.faults:
        if fault.to_s < scale.from_s or fault.at_s > scale.to_s:
            continue
        for node in fault.nodes:
            if node in lines:
                x1, x2, y = scale.x(fault.at_s), scale.x(fault.to_s), lines[node]
                svg.add("line", x1=x1, x2=x2, y1=y, y2=y, class_="paused")
