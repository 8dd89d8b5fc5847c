"""A vote to remove somebody, under way: whom, who is for it, how many it needs, how long yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, BAD, PANEL, SOFT, WHITE
from racer.app.window.hud.layout import Anchor

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.play.view import RaceView, RemovalView

SECOND_NS: Final = 1_000_000_000
SHOWN_MAX: Final = 2
WIDTH_MAX: Final = 500.0
HIGH: Final = 48.0


def poll_on(view: RaceView, node: bytes) -> RemovalView | None:
    """Return the vote on somebody, if one is under way."""
    return next((poll for poll in view.removals if poll.node == node), None)


def poll_words(view: RaceView, poll: RemovalView) -> str:
    """Return how a vote stands."""
    left_s = max(0, -(-(poll.lapses_ns - view.now_ns) // SECOND_NS))
    return f"{', '.join(poll.voters)}: {len(poll.voters)} of {poll.needed} votes, {left_s} s left"


def draw_polls(canvas: Canvas, view: RaceView, layout: Layout, place: Anchor) -> None:
    """Draw the votes that are under way, the oldest first."""
    polls = sorted(view.removals, key=lambda poll: poll.lapses_ns)[:SHOWN_MAX]
    for poll in polls:
        ours = poll.node == view.me
        title = "Remove you from the race?" if ours else f"Remove {poll.name} from the race?"
        title = canvas.fitted(title, WIDTH_MAX - 40.0, 17, bold=True)
        words = canvas.fitted(poll_words(view, poll), WIDTH_MAX - 40.0, 14)
        wide = max(canvas.text_width(title, 17, bold=True), canvas.text_width(words, 14)) + 40.0
        box = layout.take(place, wide, HIGH)
        if box is None:
            return
        canvas.panel(*box, PANEL, 235, 10)
        canvas.bar(box.x, box.y + 6.0, 4.0, HIGH - 12.0, BAD)
        canvas.text(title, box.x + 18.0, box.y + 5.0, 17, ACCENT if ours else WHITE, bold=True)
        canvas.text(words, box.x + 18.0, box.y + 27.0, 14, SOFT)
