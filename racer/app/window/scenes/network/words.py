"""What each kind of event means, for who has never heard of it; and its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, BAD, BEST, BOOST, FAINT, GOOD, SOFT
from racer.play.view import NetworkKind

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour
    from racer.play.view import NetworkPeer

EXPLAINED: Final[dict[NetworkKind, str]] = {
    NetworkKind.VACANT: "The race goes on; only what needs one answer for all waits a moment.",
    NetworkKind.LEADER: "A majority promised to follow it and nobody older: an election.",
    NetworkKind.MEMBER: "Members have a vote: what a majority has on disk counts for all.",
    NetworkKind.LINEAGE: "One history that all in it agree on; it branches without a majority.",
    NetworkKind.MERGE: "Two halves met again: one history goes on, the other is told anew.",
    NetworkKind.DOUBT: "Before anybody is called dead, all are asked who has heard it.",
    NetworkKind.DOWN: "Nobody has heard it for long enough. Its car is driven for it.",
    NetworkKind.HEARD: "Its heartbeats come in, thirty a second, sealed with a key of its own.",
    NetworkKind.LEFT: "It said goodbye, so nobody has to find out.",
    NetworkKind.LEASE: "The right to drive a car, until the next lease of it.",
    NetworkKind.GRANT: "Several may have touched it; one decree says who has it, everywhere.",
    NetworkKind.DECREE: "An entry of the log that all share: the same, in one order, at all.",
    NetworkKind.CHECKPOINT: "All agree on what the past amounts to, and drop the past itself.",
    NetworkKind.REFUSAL: "What breaks a rule or cannot be read is not obeyed, never in silence.",
    NetworkKind.FULL: "Answers take far longer than at rest: more is said than it can carry.",
    NetworkKind.BUSY: "Other programs have the processor whenever it wants to send or to draw.",
    NetworkKind.BREAKAGE: "You did that. Watch how the others go on, and how you come back.",
}

COLOURS: Final[dict[NetworkKind, Colour]] = {
    NetworkKind.VACANT: ACCENT,
    NetworkKind.LEADER: GOOD,
    NetworkKind.MEMBER: GOOD,
    NetworkKind.LINEAGE: BEST,
    NetworkKind.MERGE: BEST,
    NetworkKind.DOUBT: ACCENT,
    NetworkKind.DOWN: BAD,
    NetworkKind.HEARD: GOOD,
    NetworkKind.LEFT: FAINT,
    NetworkKind.LEASE: BOOST,
    NetworkKind.GRANT: BOOST,
    NetworkKind.DECREE: SOFT,
    NetworkKind.CHECKPOINT: SOFT,
    NetworkKind.REFUSAL: BAD,
    NetworkKind.FULL: BAD,
    NetworkKind.BUSY: BAD,
    NetworkKind.BREAKAGE: ACCENT,
}

STATES: Final[dict[str, Colour]] = {"alive": GOOD, "suspect": ACCENT, "down": BAD, "left": FAINT}


def state_words(peer: NetworkPeer) -> str:
    """Return what a node's state is in a word or two."""
    if peer.mine:
        return "this machine"
    if peer.state == "suspect":
        return f"silent for {(peer.heard_ms or 0) / 1000.0:.1f} s"
    if peer.state == "down":
        return "down"
    if peer.state == "left":
        return "left"
    words = "" if peer.rtt_ms is None else f"{peer.rtt_ms:.1f} ms"
    return f"{words}, {100 * peer.loss:.0f} % lost" if peer.loss and peer.loss > 0.02 else words
