"""Circuits that a node has, or gets, without disk and threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net import Digest, content_digest
from racer.core.circuits.track import Track, TrackError
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line
from racer.core.rules.race_setup import circuit_key
from racer.play.circuit_sync import CircuitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


class ToyCatalog(dict[str, Track]):
    """Reads a text the moment it comes.

    Args:
        texts: of circuits that are here.
        takes: whether it takes what comes.
    """

    def __init__(self, texts: Iterable[bytes] = (), *, takes: bool = True) -> None:
        super().__init__()
        self.lines: dict[str, RacingLine] = {}
        self._texts: dict[Digest, bytes] = {}
        self._statuses: dict[Digest, CircuitStatus] = {}
        self._takes = takes
        for text in texts:
            self._take(content_digest(text), text)

    def digest_of(self, name: str) -> Digest | None:
        return next(
            (each for each in self._texts if self[circuit_key(name, each)].name == name), None
        )

    def status(self, content: Digest) -> CircuitStatus:
        return self._statuses.get(content, CircuitStatus.LACKING)

    def text(self, content: Digest) -> bytes | None:
        return self._texts.get(content)

    def offer(self, content: Digest, text: bytes) -> None:
        if self._takes:
            self._take(content, text)

    def _take(self, content: Digest, text: bytes) -> None:
        self._texts[content] = text
        key = circuit_key("", content)
        try:
            self[key] = parse_track(text.decode())
        except TrackError:
            self._statuses[content] = CircuitStatus.FAULTY
            return
        self.lines[key] = racing_line(self[key])
        self._statuses[content] = CircuitStatus.READY
