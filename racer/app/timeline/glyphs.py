"""The signs on a node's line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from racer.app.timeline.story import Ending, MarkKind
from racer.app.timeline.style import TICK_PX
from racer.app.timeline.svg import number

if TYPE_CHECKING:
    from racer.app.timeline.svg import Svg

ARROW_DASH: Final = {"suspect": "3 2", "alive": "1 2"}  # told apart without colour too


def verdict(svg: Svg, x: float, y: float, state: str, title: str) -> None:
    """Draw a tick on the line of whoever judged."""
    width = 2.5 if state in {"down", "left"} else 1.5
    tick = {"x1": x, "x2": x, "y1": y - TICK_PX, "y2": y + TICK_PX}
    svg.titled("line", title, **tick, stroke_width=width, class_=state)


def arrow(svg: Svg, x: float, from_y: float, to_y: float, state: str) -> None:
    """Draw an arrow from the line of the accused to that of whoever judged."""
    down = 1.0 if to_y > from_y else -1.0
    tip = to_y - down * (TICK_PX + 1)
    points = f"{_xy(x, tip)} {_xy(x - 3, tip - 6 * down)} {_xy(x + 3, tip - 6 * down)}"
    svg.add(
        "line",
        x1=x,
        y1=from_y,
        x2=x,
        y2=tip - 5 * down,
        stroke_width=1.4 if state == "down" else 0.8,
        stroke_dasharray=ARROW_DASH.get(state, "none"),
        class_=state,
    )
    svg.add("polygon", points=points, stroke_width=0.0, class_=state)


def ending(svg: Svg, x: float, y: float, how: Ending, title: str) -> None:
    """Draw how a life ended: a cross, or a ring."""
    match how:
        case Ending.CRASHED:
            cross = (
                f"M{_xy(x - 7, y - 7)}L{_xy(x + 7, y + 7)}M{_xy(x - 7, y + 7)}L{_xy(x + 7, y - 7)}"
            )
            svg.titled("path", title, d=cross, class_="crash")
        case Ending.LEFT:
            svg.titled("circle", title, cx=x, cy=y, r=4.0, class_="farewell")
        case Ending.OPEN:
            pass
        case _:
            assert_never(how)


def mark(svg: Svg, x: float, y: float, kind: MarkKind, title: str) -> None:
    """Draw something that a node told of itself."""
    match kind:
        case MarkKind.STARTED | MarkKind.RESUMED:
            points = f"{_xy(x - 3, y - 7)} {_xy(x + 8, y)} {_xy(x - 3, y + 7)}"
            svg.titled("polygon", title, points=points, class_="start")
        case MarkKind.JOINED:
            points = f"{_xy(x - 2, y - 4)} {_xy(x + 5, y)} {_xy(x - 2, y + 4)}"
            svg.titled("polygon", title, points=points, class_="join")
        case MarkKind.LINEAGE | MarkKind.RESULTS:
            points = f"{_xy(x, y - 6)} {_xy(x + 5, y)} {_xy(x, y + 6)} {_xy(x - 5, y)}"
            svg.titled("polygon", title, points=points, class_=kind.value)
        case MarkKind.LAP:
            svg.titled("line", title, x1=x, x2=x, y1=y - 4, y2=y + 4, class_="lap")
        case MarkKind.PICKUP | MarkKind.CONTROL:
            svg.titled("circle", title, cx=x, cy=y, r=4.0, class_=kind.value)
        case MarkKind.FINISH:
            svg.titled("rect", title, x=x - 4, y=y - 4, width=8.0, height=8.0, class_="finish")
        case _:
            assert_never(kind)


def _xy(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"
