"""Circuits that travel: whoever lacks the circuit that the room names gets it from who has it.

The circuit's text is content of the substrate, shared and fetched by digest. Reading a text takes
longer than a tick may, so a `CircuitCatalog` does it beside, in its own time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol, assert_never, final

from net import Command, ContentArrived, Digest, NodeView, Report, Share, Submit, Want
from racer.play.limits import CIRCUIT_BYTES_MAX, FETCH_AGAIN_NS
from racer.play.reports import CircuitSeen
from racer.play.room.messages import Fetching, encode
from racer.play.room.room import Room

_WHOLE: Final = 4  # quarters: the circuit can be driven
_FETCHED: Final = 3  # its text is here


class CircuitStatus(StrEnum):
    """How a catalog stands with a circuit."""

    LOOKING = "looking"  # it is looked for or read; ask again
    LACKING = "lacking"
    READY = "ready"  # it can be looked up, with its racing line
    FAULTY = "faulty"  # its text is none that this version reads


class CircuitCatalog(Protocol):
    """The circuits of this machine, and those that have come to it. Nothing here takes long."""

    def digest_of(self, name: str) -> Digest | None:
        """Return the content of the circuit that this machine has by that name."""
        ...

    def status(self, content: Digest) -> CircuitStatus:
        """Tell how it stands with a circuit; the first question begins a look for it."""
        ...

    def text(self, content: Digest) -> bytes | None:
        """Return the text of a circuit that is here or being read."""
        ...

    def offer(self, content: Digest, text: bytes) -> None:
        """Take a text that has come: it is read and kept."""
        ...


@dataclass(frozen=True, slots=True)
class SyncStep:
    """What one tick of the sync asks for and tells."""

    commands: tuple[Command, ...] = ()
    lines: tuple[str, ...] = ()  # for a person
    arrived: bool = False  # the circuit has come, just now


@final
class CircuitSync:
    """Brings the circuit of the room here, tells how far it is, and gives it on."""

    def __init__(self, catalog: CircuitCatalog) -> None:
        self.share = 1.0  # how much of the room's circuit is here
        self._catalog = catalog
        self._content: Digest | None = None
        self._shared: Digest | None = None
        self._quarters: int | None = None  # as last told to all; None: we never lacked it
        self._wanted_ns: int | None = None
        self._settled = False  # it is here, or never will be

    def on_content(self, event: ContentArrived) -> None:
        """Take what has come, if it is the circuit that we lack."""
        if (
            event.digest == self._content
            and self._catalog.status(event.digest) is CircuitStatus.LACKING
        ):
            self._catalog.offer(event.digest, event.content)

    def on_tick(self, room: Room, node: NodeView, now_ns: int) -> SyncStep:
        """Return what to ask, give and tell now."""
        chosen = room.chosen
        content = None if chosen is None else chosen.content
        if content != self._content:
            self._switch_circuit(content)
        if chosen is None or content is None or not node.synced or self._settled:
            return SyncStep()
        shared = self._share_text(content)
        step = self._follow_status(content, chosen.track, node, now_ns)
        return replace(step, commands=(*shared, *step.commands))

    def _follow_status(self, content: Digest, track: str, node: NodeView, now_ns: int) -> SyncStep:
        """Return what follows from how the catalog stands with the room's circuit."""
        status = self._catalog.status(content)
        match status:
            case CircuitStatus.LOOKING if self._quarters is None:
                return SyncStep()  # perhaps we have it
            case CircuitStatus.LOOKING:
                self.share = _FETCHED / _WHOLE
                return SyncStep(self._tell_progress(content, track, _FETCHED))
            case CircuitStatus.LACKING:
                progress = node.progress(content) or 0.0
                self.share = progress * _FETCHED / _WHOLE
                told = self._tell_progress(content, track, int(progress * _FETCHED))
                return SyncStep((*told, *self._request_content(content, now_ns)))
            case CircuitStatus.READY:
                self._settled, self.share = True, 1.0
                if self._quarters is not None:  # we lacked it
                    return SyncStep(self._tell_progress(content, track, _WHOLE), arrived=True)
                return SyncStep((Report(CircuitSeen(track, content.hex(), 1.0)),), arrived=True)
            case CircuitStatus.FAULTY:
                self._settled, self.share = True, 0.0
                line = f"{track} is no circuit that can be read: choose another"
                return SyncStep(self._tell_progress(content, track, 0), (line,))
            case _:
                assert_never(status)

    def _switch_circuit(self, content: Digest | None) -> None:
        self._content, self._quarters, self._wanted_ns = content, None, None
        self._settled = False
        self.share = 1.0

    def _share_text(self, content: Digest) -> list[Command]:
        """Share the room's circuit, once its text is here."""
        text = None if self._shared == content else self._catalog.text(content)
        if text is None:
            return []
        self._shared = content
        return [Share(text)]

    def _tell_progress(self, content: Digest, track: str, quarters: int) -> tuple[Command, ...]:
        """Tell how much of the circuit is here, where that is news."""
        if self._quarters is not None and quarters <= self._quarters:
            return ()
        self._quarters = quarters
        seen = CircuitSeen(track, content.hex(), quarters / _WHOLE)
        return Submit(encode(Fetching(content, quarters))), Report(seen)

    def _request_content(self, content: Digest, now_ns: int) -> list[Command]:
        """Want the circuit; again where nobody gave it."""
        if self._wanted_ns is not None and now_ns - self._wanted_ns < FETCH_AGAIN_NS:
            return []
        self._wanted_ns = now_ns
        return [Want(content, CIRCUIT_BYTES_MAX)]
