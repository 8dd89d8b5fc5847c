"""What is told beside the race, and in its lobby: votes, news, troubles, and the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.box import Box
from racer.app.window.hud.layout import MARGIN, Anchor, Layout
from racer.app.window.hud.notices import NARROW, TROUBLE_MAX, draw_notices, draw_trouble
from racer.app.window.scenes.people.grid_panel import PANEL_BOX
from racer.app.window.scenes.people.poll_banner import draw_polls
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.app.window.scenes.chat.chat_box import ChatBox
    from racer.play.view import RaceView

NOTICES: Final = 3
NEWS_TOP, NEWS_BOTTOM = 152.0, 318.0  # of notices there: below its heading, above what is chosen
LEFT: Final = PANEL_BOX.x - MARGIN  # in line with the grid
STRIP: Final = 32.0  # the plates along the lower edge


def draw_lobby_news(
    canvas: Canvas, view: RaceView, frame: Frame, chat: ChatBox, trouble: str, at: str
) -> None:
    """Draw what is told, and the chat between the grid and the keys.

    Args:
        trouble: a line about what does not work; "": all does.
        at: the id of the control that has the ring.
    """
    news = Layout(Box(708.0, NEWS_TOP, canvas.width - 708.0, NEWS_BOTTOM - NEWS_TOP))
    draw_polls(canvas, view, news, Anchor.TOP_LEFT)
    draw_notices(canvas, view, news, NOTICES)
    below = Layout(Box(LEFT, 452.0, canvas.width - LEFT, canvas.height - STRIP - 452.0))
    draw_trouble(canvas, trouble, below)
    chat.draw(canvas, view, frame, below, steady=True, at=at)
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
