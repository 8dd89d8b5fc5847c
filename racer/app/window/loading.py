"""What the menu does without, loaded by a thread while it is seen."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, final

from racer.app.window.circuit_source import DEFAULT

if TYPE_CHECKING:
    from racer.app.sound.mixer import Mixer
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.ports import RaceDirectory


@final
class Loading:
    """The scenes beyond the menu, the nodes of races, the sound, the circuit behind the title.

    All of it takes as long as all that comes before the first picture. Python's lock goes to and
    fro every millisecond meanwhile: pictures go on.
    """

    def __init__(self, directory: RaceDirectory, circuits: CircuitSource) -> None:
        self.mixer: Mixer | None = None
        self._directory = directory
        self._circuits = circuits
        self._is_done = False
        self._thread = Thread(target=self._load_rest, name="loading", daemon=True)

    def begin(self) -> None:
        """Begin, unless it has begun."""
        if self._thread.ident is None:
            self._thread.start()

    @property
    def done(self) -> bool:
        """Whether all is here."""
        return self._is_done

    def wait(self) -> None:
        """Wait for all of it: somebody was quicker than it."""
        self.begin()
        self._thread.join()

    def close(self) -> None:
        """Let go of the sound device; before pygame ends."""
        if self._thread.ident is not None:
            self._thread.join()
        if self.mixer is not None:
            self.mixer.close()

    def _load_rest(self) -> None:
        import racer.app.window.beyond_menu  # noqa: F401 - there is nothing to call yet
        from racer.app.sound.mixer import Mixer

        self._circuits.track(DEFAULT)
        self._directory.prepare()
        self.mixer = Mixer()
        self._is_done = True
