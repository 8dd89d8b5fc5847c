"""The circuit that a taped race was driven on, which may have another form today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.on_demand import received_texts
from racer.app.window.ports import TapedCircuit
from racer.core.circuits.track import TrackError
from racer.core.circuits.trackfile import parse_track

if TYPE_CHECKING:
    from racer.core.recordings.race_tape import TapeHead


def taped_circuit(head: TapeHead) -> TapedCircuit:
    """Return the circuit of a tape: its own form, where that came from others and is kept.

    Its name counts where the tape tells no content.
    """
    if head.content is None or circuit_ids().get(head.track) == head.content:
        return TapedCircuit(None, same=True)
    text = received_texts().load(head.content)
    try:
        track = None if text is None else parse_track(text.decode())
    except (TrackError, UnicodeDecodeError):
        track = None
    return TapedCircuit(track, same=track is not None)
