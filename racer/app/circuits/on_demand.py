"""Circuits as a node needs them: each read when it is asked for, by threads, or got by network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final, final

from net import content_digest
from racer.app.circuits.built import built_circuit
from racer.app.circuits.cache_folder import cache_folder
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import LibraryError, circuit_text
from racer.app.circuits.text_cache import TextCache
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine
from racer.core.rules.race_setup import circuit_key
from racer.play.circuit_sync import CircuitStatus

if TYPE_CHECKING:
    from net import Digest

RECEIVED_MAX: Final = 8  # circuits of other nodes at one seat; the oldest go


@final
class CircuitsOnDemand(Mapping[str, Track]):
    """Circuits, each there soon after it was first asked for, with its racing line in `lines`.

    They are asked for by name or by `circuit_key`, those that other nodes sent too. Reading one
    takes up to some seconds. Who was killed has no time for all of them when it starts again, and
    the thread that runs the node must never stand still for one: a thread for each reads it. Until
    then it is missing.
    """

    def __init__(self, cache: TextCache | None = None) -> None:
        self.lines: dict[str, RacingLine] = {}
        self._cache = cache
        self._tracks: dict[str, Track] = {}
        self._asked: set[str] = set()
        self._texts: dict[Digest, bytes] = {}
        self._statuses: dict[Digest, CircuitStatus] = {}
        self._received: list[Digest] = []
        self._reading = Lock()  # one at a time: each takes a core

    def __getitem__(self, key: str) -> Track:
        if key not in self._tracks:
            self._request_circuit(key)
        return self._tracks[key]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._tracks))

    def __len__(self) -> int:
        return len(self._tracks)

    # --- circuits that have records: `CircuitIndex` of `racer.play.records.record_book` ---

    def name_of(self, content: Digest) -> str | None:
        """Return what a circuit is called: one of this machine, or one that came and was read."""
        name = self._local_name(content)
        track = self._tracks.get(circuit_key("", content)) if name is None else None
        return name if track is None else track.name

    def track_of(self, content: Digest) -> Track | None:
        """Return a circuit that `name_of` has a name for; asking for it may be what brings it."""
        name = self._local_name(content)
        return self._tracks.get(circuit_key("", content)) if name is None else self.get(name)

    def _local_name(self, content: Digest) -> str | None:
        return next((name for name, each in circuit_ids().items() if each == content), None)

    # --- circuits that travel: `racer.play.circuit_sync.CircuitCatalog` ---

    def digest_of(self, name: str) -> Digest | None:
        """Return the content of the circuit that this machine has by that name."""
        return circuit_ids().get(name)

    def status(self, content: Digest) -> CircuitStatus:
        """Tell how it stands with a circuit; the first question begins a look for it."""
        self._request_circuit(circuit_key("", content))
        return self._statuses.get(content, CircuitStatus.LOOKING)

    def text(self, content: Digest) -> bytes | None:
        """Return the text of a circuit that is here or being read."""
        return self._texts.get(content)

    def offer(self, content: Digest, text: bytes) -> None:
        """Take a text that has come: a thread reads and keeps it."""
        while len(self._received) >= RECEIVED_MAX:
            self._drop_circuit(self._received.pop(0))
        self._received.append(content)
        self._asked.add(circuit_key("", content))  # nobody need look for it any more
        self._texts[content] = text
        self._statuses[content] = CircuitStatus.LOOKING
        self._start_thread(self._load_received, content, text)

    def _drop_circuit(self, content: Digest) -> None:
        key = circuit_key("", content)
        self._tracks.pop(key, None)
        self.lines.pop(key, None)
        self._texts.pop(content, None)
        self._statuses.pop(content, None)
        self._asked.discard(key)

    # --- in threads ---------------------------------------------------------------------------

    def _request_circuit(self, key: str) -> None:
        if key in self._asked:
            return
        if key.startswith("#"):
            self._asked.add(key)
            self._start_thread(self._find_content, bytes.fromhex(key[1:]))
        elif key in circuit_ids():
            self._asked.add(key)
            self._start_thread(self._read_local, key)

    def _start_thread(self, target: Callable[..., None], *args: object) -> None:
        Thread(target=target, args=args, name="circuit", daemon=True).start()

    def _read_local(self, name: str) -> None:
        """Read the circuit that this machine has by that name."""
        text = _local_text(name)
        if text is not None:
            self._add_circuit(name, content_digest(text), text)

    def _find_content(self, content: Digest) -> None:
        """Look for a circuit on this machine."""
        name = self._local_name(content)
        text = None if name is None else _local_text(name)
        if text is None and self._cache is not None:
            text = self._cache.load(content)
        if text is None:
            self._statuses[content] = CircuitStatus.LACKING
            return
        self._texts[content] = text
        self._add_circuit(circuit_key("", content), content, text)

    def _load_received(self, content: Digest, text: bytes) -> None:
        self._add_circuit(circuit_key("", content), content, text)
        if self._cache is not None and self._statuses.get(content) is CircuitStatus.READY:
            self._cache.save(content, text)

    def _add_circuit(self, key: str, content: Digest, text: bytes) -> None:
        with self._reading:
            found = built_circuit(text)
        if found is None:
            self._statuses[content] = CircuitStatus.FAULTY
            return
        track, line = found
        self.lines[key] = line
        self._tracks[key] = track  # after the line: whoever finds the circuit finds it too
        if key.startswith("#"):
            self._statuses[content] = CircuitStatus.READY


def circuits_on_demand() -> CircuitsOnDemand:
    """Return the circuits of this machine, and those of others that its cache keeps."""
    return CircuitsOnDemand(received_texts())


def received_texts() -> TextCache:
    """Return the circuits of others that came to this machine."""
    return TextCache(cache_folder() / "circuits")


def _local_text(name: str) -> bytes | None:
    """Return the text of one of the circuits of this machine, if it can be read."""
    try:
        return circuit_text(name).encode()
    except (LibraryError, KeyError):
        return None
