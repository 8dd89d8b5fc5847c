"""What is told beside the race, and in its lobby: votes, news, troubles, and the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.hud.layout import GAP, MARGIN, Anchor, Layout
from racer.app.window.hud.notices import NARROW, TROUBLE_MAX, draw_notices, draw_trouble
from racer.app.window.scenes.chat.chat_box import ENTRY
from racer.app.window.scenes.people.grid_panel import PANEL_BOX
from racer.app.window.scenes.people.poll_banner import draw_polls
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.app.window.scenes.chat.chat_box import ChatBox
    from racer.play.view import RaceView

NOTICES: Final = 3
LEFT: Final = PANEL_BOX.x - MARGIN  # in line with the grid
WIDE: Final = PANEL_BOX.width + 2.0 * MARGIN  # and as wide: beside that stands what is to be raced
STRIP: Final = 32.0  # the plates along the lower edge


def draw_lobby_news(
    canvas: Canvas, view: RaceView, frame: Frame, chat: ChatBox, trouble: str, at: str
) -> None:
    """Draw what is told, and below it the chat, between the grid and the keys.

    What is told goes first, as far as there is room but for the chat's line; the chat has the rest.

    Args:
        trouble: a line about what does not work; "": all does.
        at: the id of the control that has the ring.
    """
    top, bottom = PANEL_BOX.bottom + frame.told_below, canvas.height - STRIP
    news = Layout(Box(LEFT, top, WIDE, bottom - ENTRY - GAP - top))
    draw_polls(canvas, view, news, Anchor.TOP_LEFT)
    draw_trouble(canvas, trouble, news)
    draw_notices(canvas, view, news, NOTICES)
    top = max((box.bottom - MARGIN + GAP for box in news.boxes), default=top)
    chat.draw(canvas, view, frame, Layout(Box(LEFT, top, WIDE, bottom - top)), steady=True, at=at)
    whole = Layout(Box(0.0, 0.0, canvas.width, canvas.height - STRIP))
    chat.phrases.draw(canvas, whole, frame.dt)


def draw_race_news(
    canvas: Canvas, view: RaceView, frame: Frame, chat: ChatBox, trouble: str, layout: Layout
) -> None:
    """Draw what is told over a race, or beside its results; the chat is not drawn over those."""
    finished = view.phase is Phase.FINISHED
    chat.phrases.draw(canvas, layout, frame.dt)
    if not finished or chat.is_open:
        chat.draw(canvas, view, frame, layout)
    draw_polls(canvas, view, layout, Anchor.TOP_LEFT)
    widest = NARROW if finished else TROUBLE_MAX
    draw_trouble(canvas, trouble, layout, widest)
    draw_notices(canvas, view, layout, widest=widest)
