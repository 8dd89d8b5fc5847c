"""What the signs mean, on the page itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from racer.app.timeline import glyphs
from racer.app.timeline.placement import width_px
from racer.app.timeline.story import Ending, MarkKind
from racer.app.timeline.style import PAGE_PX, REIGNS

if TYPE_CHECKING:
    from racer.app.timeline.story import Story
    from racer.app.timeline.svg import Svg

BAND_WORDS: Final = "the bar below a node: whom it takes for the coordinator; no bar: nobody"
VACANT_WORDS: Final = "from the end of a coordinator until the next one is known to anybody"
LINE_WORDS: Final = "An arrow leads from the node that is judged to the one that judges it."
MESSAGES: Final = (
    ("message election", "prepare, promise, refusal"),
    ("message log", "append and its answer"),
    ("message other", "other datagrams"),
)
SIGNS: Final = (
    (Ending.CRASHED, "crash"),
    (Ending.LEFT, "left in good order"),
    (MarkKind.STARTED, "starts again, or is back in its car"),
    (MarkKind.JOINED, "joined"),
    ("suspect", "suspects"),
    ("down", "holds for down"),
    ("left", "saw it leave"),
    ("alive", "hears again"),
    (MarkKind.LINEAGE, "enters a lineage"),
    (MarkKind.LAP, "lap"),
    (MarkKind.PICKUP, "canister"),
    (MarkKind.CONTROL, "drives a car"),
    (MarkKind.FINISH, "finish"),
    (MarkKind.RESULTS, "official results"),
)
ROW_PX: Final = 18.0
LEFT_PX: Final = 12.0


def legend(svg: Svg, top: float, story: Story, remarks: Sequence[str]) -> float:
    """Draw the legend and the remarks on this drawing; returns the bottom."""
    y = top + ROW_PX
    x = LEFT_PX
    for sign, words in SIGNS:
        width = 20 + width_px(words) + 12
        if x + width > PAGE_PX - LEFT_PX:
            x, y = LEFT_PX, y + ROW_PX
        _draw_sign(svg, x + 8, y - 4, sign)
        svg.text(x + 20, y, words)
        x += width
    y += ROW_PX
    svg.add("rect", x=LEFT_PX, y=y - 9, width=14.0, height=10.0, fill=REIGNS[0], class_="band")
    svg.text(LEFT_PX + 20, y, BAND_WORDS)
    y += ROW_PX
    svg.add("rect", x=LEFT_PX, y=y - 9, width=14.0, height=10.0, class_="vacant")
    svg.text(LEFT_PX + 20, y, VACANT_WORDS)
    y += ROW_PX
    svg.text(LEFT_PX + 20, y, LINE_WORDS)
    if story.messages:
        y += ROW_PX
        _draw_message_kinds(svg, y)
    for remark in remarks:
        y += ROW_PX
        svg.text(LEFT_PX + 20, y, remark, class_="faint")
    return y


def _draw_message_kinds(svg: Svg, y: float) -> None:
    x = LEFT_PX
    for kind, words in MESSAGES:
        svg.add("line", x1=x, x2=x + 14, y1=y - 4, y2=y - 4, class_=kind)
        svg.text(x + 20, y, words)
        x += 20 + width_px(words) + 12
    svg.add("circle", cx=x + 7, cy=y - 4, r=2.0, class_="lost")
    svg.text(x + 20, y, "lost on the way")


def _draw_sign(svg: Svg, x: float, y: float, sign: Ending | MarkKind | str) -> None:
    if isinstance(sign, Ending):
        glyphs.ending(svg, x, y, sign, sign.value)
    elif isinstance(sign, MarkKind):
        glyphs.mark(svg, x, y, sign, sign.value)
    else:
        glyphs.verdict(svg, x, y, sign, sign)
