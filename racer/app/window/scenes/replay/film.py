"""A film of a replay: pictures handed to ffmpeg, which makes a file of them."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import suppress
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.ports import at_home

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM: Final = "ffmpeg"
FPS: Final = 30
FOLDER: Final = at_home("Videos")
WAITING_MAX: Final = 8  # pictures that ffmpeg may lag behind: 20 MB
END_S: Final = 10.0  # it gets so long to finish its file
LACKING: Final = "A film needs ffmpeg, which is not on this machine: install its package."


def can_film() -> bool:
    """Whether there is what makes films."""
    return shutil.which(PROGRAM) is not None


@final
class Film:
    """One film that is being made.

    Raises:
        OSError: its folder cannot be made, or ffmpeg not be started.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.path = FOLDER / time.strftime("racer-%Y%m%d-%H%M%S.mp4")
        self.size = size
        self.failed = False
        self._pictures: Queue[bytes | None] = Queue(WAITING_MAX)
        self._process = subprocess.Popen(
            [PROGRAM, *_words(size), str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._thread = Thread(target=self._hand_on, name="film", daemon=True)
        self._thread.start()

    @property
    def has_room(self) -> bool:
        """Whether the next picture can be taken at once."""
        return not self._pictures.full()

    def add(self, picture: pygame.Surface) -> None:
        """Take the next picture; call it only while there is room."""
        self._pictures.put(pygame.image.tobytes(picture, "RGB"))

    def end(self) -> bool:
        """Finish the file; return whether it is whole."""
        if self._thread.is_alive():
            with suppress(Full):
                self._pictures.put(None, timeout=END_S)
        self._thread.join(END_S)
        return not self.failed and self._process.poll() == 0

    def _hand_on(self) -> None:
        """Write what comes; where ffmpeg takes no more, drop it."""
        assert self._process.stdin is not None, "asked for"
        try:
            for picture in _until_none(self._pictures):
                self._process.stdin.write(picture)
            self._process.stdin.close()
            self._process.wait(END_S)
        except (OSError, subprocess.TimeoutExpired):
            self.failed = True
            self._process.kill()
            self._process.wait()
            for _ in _until_none(self._pictures):
                pass


def _until_none(queue: Queue[bytes | None]) -> Iterator[bytes]:
    while (picture := queue.get()) is not None:
        yield picture


def _words(size: tuple[int, int]) -> list[str]:
    """Return how ffmpeg is asked: raw pictures come in; sides are made even, as players want."""
    even = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}"]
    return ["-y", *source, "-r", str(FPS), "-i", "-", "-vf", even, "-pix_fmt", "yuv420p"]
