"""What a person has seen: a wish that was made before a change is not obeyed after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.scenes.interludes import Doubt

if TYPE_CHECKING:
    from enum import Enum

    from racer.play.view import Phase, RaceView

SETTLE_NS: Final = 400_000_000  # who presses by then has not seen yet that the phase is another


@final
class LastPicture:
    """Remembers the last picture: its phase, its stage, and since when the phase is shown.

    A hand takes a third of a second. Who presses Enter for the start as the countdown begins, or R
    as the results come, meant what was there before.
    """

    def __init__(self) -> None:
        self.stage: Enum | None = None
        self.now_ns = 0
        self.pointed_ns = -(10**12)  # when the mouse moved last
        self.phase_is_new = False  # with this picture
        self.paused = False  # a person has opened the pause menu in this phase
        self.doubt = Doubt()  # what a person is asked, in this phase too
        self._phase: Phase | None = None
        self._since_ns: int | None = None  # when it came after another one

    def close_menus(self) -> None:
        """Have neither pause menu nor question over what is shown."""
        self.paused, self.doubt.about = False, None

    def on_picture(self, view: RaceView | None, stage: Enum, now_ns: int) -> None:
        """Take note of what is shown from now on."""
        phase = _phase_of(view)
        self.phase_is_new = phase is not None and phase is not self._phase
        if self.phase_is_new:
            self._since_ns = None if self._phase is None else now_ns
            self._phase = phase
        self.stage, self.now_ns = stage, now_ns

    def is_for(self, view: RaceView | None, stage: Enum) -> bool:
        """Whether who acts now knows what it is that he acts in."""
        if self.stage is not stage or (_phase_of(view) or self._phase) is not self._phase:
            return False
        return self._since_ns is None or self.now_ns - self._since_ns >= SETTLE_NS


def _phase_of(view: RaceView | None) -> Phase | None:
    """Return where the room stands, once one is in it."""
    return None if view is None or view.waiting else view.phase
