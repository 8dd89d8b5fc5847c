"""What the transport did and dropped, by reason; nothing that a stranger sends does more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from net.counters import Counters, done, loss


@dataclass(slots=True)
class TransportCounters(Counters):
    """Whole numbers since the start; they only grow."""

    part: ClassVar[str] = "transport"
    # dropped, with no answer
    malformed: int = 0  # no layout of ours
    other_version: int = 0  # first messages, and answers to ours, without a version in common
    other_room: int = loss()  # first messages for another race
    over_rate: int = 0  # first messages beyond a source's share, or beyond all bounds
    unknown_session: int = loss()  # an index that we do not have, or no longer
    forged: int = 0  # failed authentication: forgers, other passphrases, line errors
    denied: int = 0  # handshakes of who has another passphrase: told to both
    guesses: int = 0  # handshakes not heard out: too many before had another passphrase
    blind: int = loss()  # first messages of who does not know the name of our race
    replayed: int = loss()
    early: int = loss()  # frames of a session whose peer has not yet said who it is
    past_life: int = loss()  # handshakes and frames of a life that its node has left behind
    unproved: int = 0  # a peer whose signing key does not vouch for its session key
    twins: int = 0  # handshakes of another machine with our identity, or with that of a peer here
    itself: int = loss()  # handshakes with this very node
    detoured: int = loss()  # handshakes by way of who is not reached straight, or of itself
    peers_full: int = 0
    dials_full: int = 0
    # not sent
    unsent: int = loss()  # frames for nodes without a confirmed session, or too large
    # done
    dials: int = done()
    cookies: int = done()  # asked of senders, under load
    negotiations: int = done()  # first messages that we answered with the versions we speak
    answers: int = done()  # first messages that cost us arithmetic
    sessions: int = done()  # handshakes that completed
    rekeys: int = done()  # dials to renew keys
    paths: int = done()  # peers that moved to another address
