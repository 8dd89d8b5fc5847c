"""What stands before the race or over it: the wait, why one is not let in, pause and question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, INK, PANEL, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.base.window_words import in_window
from racer.app.window.controls.consent import Consent
from racer.app.window.controls.control import Button
from racer.app.window.scene import Depart
from racer.app.window.scenes.race_stages import PLATES, Stage
from racer.play.view import EndRace, VoteRemoval

if TYPE_CHECKING:
    from enum import Enum

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.controls.control import Page
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.input.inputs import Input
    from racer.app.window.ports import RaceHandle
    from racer.app.window.scene import Frame
    from racer.play.view import RaceView

Grave: TypeAlias = Depart | EndRace | VoteRemoval
"""A wish by which somebody may lose something."""

ANOTHER: Final = ("passphrase", "another passphrase", None)
IDENTITY: Final = ("identity", "a new identity", None)
LINE: Final = 28.0  # from one line of text to the next
PAUSE: Final = (
    ("continue", "Continue"),
    ("settings", "Settings"),
    ("picture", "Take a picture"),
    ("end", "Vote to end the race"),
    ("people", "The people here"),
    ("leave", "Leave the race"),
)
PAUSE_HIGH: Final = 112.0 + 54.0 * len(PAUSE)


@final
class Anteroom:
    """Stands where the race is to be, while one is not in it: not yet, or no more.

    Args:
        locked: the name of a race that a passphrase is to let us in to; "": any other.
    """

    def __init__(self, handle: RaceHandle, locked: str = "") -> None:
        self._handle = handle
        self.locked = locked

    def applies(self, view: RaceView | None) -> bool:
        """Whether one is not in the race as this view has it."""
        shut_out = view is None or view.waiting or view.removed or _is_unknown(view)
        return bool(shut_out) or self._handle.failure() is not None

    @property
    def gone(self) -> str:
        """Why one is in the race no more, and will not be again; "" while one may be."""
        view, failure = self._handle.view(), self._handle.failure()
        return failure or ("" if view is None else view.removed)

    def plates(self, view: RaceView | None) -> tuple[Plate, ...]:
        """Return what one can do."""
        if self._handle.needs_identity():
            return (*PLATES[Stage.WAITING], IDENTITY)
        asks = self.locked and not (view is not None and view.removed)
        another = (ANOTHER,) if asks else ()
        if self._handle.is_denied():  # then it is what most people want: the first has the ring
            return (*another, *PLATES[Stage.WAITING])
        return (*PLATES[Stage.WAITING], *another)

    def draw(self, canvas: Canvas, view: RaceView | None, frame: Frame) -> None:
        """Draw why one is not in the race."""
        if view is not None and view.removed:
            draw_removed(canvas, view.removed)
            return
        failure, trouble = self._handle.failure(), self._handle.trouble_line()
        why = "" if view is None else view.waiting
        barred = self._handle.is_denied() or (view is not None and view.barred)
        if failure is None and barred:
            draw_barred(canvas, why, trouble)
            return
        draw_waiting(canvas, failure, frame, why, trouble)


def _is_unknown(view: RaceView) -> bool:
    """Whether nothing is known of the race yet: an empty lobby would be a lie."""
    return not view.synced and not view.setup.track


def draw_waiting(
    canvas: Canvas, failure: str | None, frame: Frame, why: str = "", trouble: str = ""
) -> None:
    """Draw that we are not in the race yet, and why it takes so long; or why it cannot go on.

    Args:
        failure: why it cannot; None: it can.
        trouble: what of this machine may be the reason, or of who is not reached.
    """
    canvas.surface.fill(INK)
    x, y = canvas.width / 2.0, canvas.height / 2.0
    if failure is not None:
        canvas.text("The race cannot go on", x, y - 60.0, 34, BAD, bold=True, align=0.5)
        for part in in_window(failure).split("; "):
            y = _draw_whole(canvas, part, y, 20, WHITE)
        return
    canvas.text("To the grid …", x, y - 40.0, 34, WHITE, bold=True, align=0.5)
    for k in range(3):
        on = frame.now_ns // 250_000_000 % 3 == k
        colour = ACCENT if on else PANEL_LIGHT
        canvas.panel(x - 52.0 + k * 40.0, y + 20.0, 24.0, 24.0, colour, 255, 12)
    below = _draw_whole(canvas, in_window(why), y + 72.0, 20, WHITE)
    _draw_whole(canvas, trouble, below + 12.0, 17, ACCENT)


def draw_barred(canvas: Canvas, why: str, trouble: str) -> None:
    """Draw that the race is here and does not let us in as we came, and why.

    Args:
        why: in words for a terminal.
        trouble: what of this machine may be the reason, or of who is not reached.
    """
    canvas.surface.fill(INK)
    x, y = canvas.width / 2.0, canvas.height / 2.0
    canvas.text("This race does not let you in", x, y - 60.0, 34, BAD, bold=True, align=0.5)
    below = _draw_whole(canvas, in_window(why), y, 20, WHITE)
    _draw_whole(canvas, trouble, below + 12.0, 17, ACCENT)


def draw_removed(canvas: Canvas, why: str) -> None:
    """Draw that we were removed from the race, and by whom."""
    canvas.surface.fill(INK)
    x, y = canvas.width / 2.0, canvas.height / 2.0
    canvas.text("You are out of this race", x, y - 76.0, 34, BAD, bold=True, align=0.5)
    below = _draw_whole(canvas, in_window(f"{why}."), y - 12.0, 20, WHITE)
    words = "While it lasts, it does not let you in again. Any other race does."
    canvas.text(words, x, below + 6.0, 17, SOFT, align=0.5)


def _draw_whole(canvas: Canvas, words: str, y: float, size: float, colour: Colour) -> float:
    """Draw words in as many rows as they take, in the middle; return where they end."""
    if not words:
        return y
    for row in canvas.rows(words, canvas.width - 80.0, size):
        canvas.text(row, canvas.width / 2.0, y, size, colour, align=0.5)
        y += LINE
    return y


def pause_page(canvas: Canvas, view: RaceView | None) -> Page:
    """Return the buttons of the pause menu."""
    votes = 0 if view is None else view.end_votes
    needed = 0 if view is None else view.end_needed
    told = {"end": f"End the race: {votes} of {needed} votes"} if votes else {}
    if view is not None and view.removals:
        told["people"] = f"The people here: a vote on {view.removals[0].name}"
    x, y = canvas.width / 2.0, _pause_top(canvas) + 98.0
    return tuple(
        Button(
            id=name,
            box=Box(x - 160.0, y + k * 54.0, 320.0, 44.0),
            label=told.get(name, words),
            lit=k == 0,
        )
        for k, (name, words) in enumerate(PAUSE)
    )


def _pause_top(canvas: Canvas) -> float:
    return (canvas.height - PAUSE_HIGH) / 2.0


@final
class Doubt:
    """Asks once whether somebody means what cannot be taken back."""

    def __init__(self) -> None:
        self.about: Consent[Grave] | None = None

    def weigh(self, wish: Grave, stage: Enum | None, view: RaceView | None) -> Grave | None:
        """Return a wish to be obeyed; None if it is to be asked about first."""
        self.about = _question_before(wish, stage, view)
        return wish if self.about is None else None

    def on_input(self, what: Input) -> Grave | None:
        """Take in what a person did; return the wish once it is meant."""
        asked = self.about
        wanted = None if asked is None else asked.on_input(what)
        if wanted is not None:
            self.about = None
        return asked.wish if asked is not None and wanted else None

    def draw(self, canvas: Canvas) -> None:
        """Draw the question over whatever is there, while it is open."""
        if self.about is not None:
            self.about.draw(canvas)


def _question_before(
    wish: Grave, stage: Enum | None, view: RaceView | None
) -> Consent[Grave] | None:
    """Return what is asked before a wish is obeyed; None where nothing is lost by it at once.

    Args:
        stage: where it was chosen. In the pause menu one has been asked already.
    """
    match wish:
        case Depart() if stage in {Stage.LOBBY, Stage.RESULTS}:
            return Consent(wish, "Leave the race?", "Leave", "Stay")
        case EndRace() if view is not None and view.end_votes + 1 >= view.end_needed:
            note = "Nobody else is to be asked: it is over for all at once."
            return Consent(wish, "End the race?", "End it", "Go on", note)
        case VoteRemoval(node, on=True) if view is not None and _is_host(view):
            name = next((each.name for each in view.drivers if each.node == node), "it")
            note = "While this room lasts, it does not come in again."
            return Consent(wish, f"Remove {name}?", "Remove", "Never mind", note)
        case _:
            return None


def _is_host(view: RaceView) -> bool:
    return any(driver.mine and driver.host for driver in view.drivers)


def draw_pause_menu(canvas: Canvas) -> None:
    """Draw the ground of the pause menu."""
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 120, 0)
    x, y = canvas.width / 2.0, _pause_top(canvas)
    canvas.panel(x - 190.0, y, 380.0, PAUSE_HIGH, PANEL, 240, 16)
    canvas.text("PAUSE", x, y + 18.0, 34, WHITE, bold=True, align=0.5)
    canvas.text("the race goes on without you", x, y + 62.0, 15, SOFT, align=0.5)
