"""What the transport did and dropped, by reason; nothing that a stranger sends does more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class TransportCounters:
    """Whole numbers since the start; they only grow."""

    # dropped, with no answer
    malformed: int = 0  # no layout of ours
    other_version: int = 0  # first messages of another version of the protocol
    other_room: int = 0  # first messages for another race
    over_rate: int = 0  # first messages beyond a source's share, or beyond all bounds
    unknown_session: int = 0  # an index that we do not have, or no longer
    forged: int = 0  # failed authentication: forgers, other passphrases, line errors
    replayed: int = 0
    early: int = 0  # frames of a session whose peer has not yet said who it is
    past_life: int = 0  # handshakes and frames of a life that its node has left behind
    unproved: int = 0  # a peer whose signing key does not vouch for its session key
    itself: int = 0  # handshakes with this very node
    peers_full: int = 0
    dials_full: int = 0
    # not sent
    unsent: int = 0  # frames for nodes without a confirmed session, or too large
    # done
    dials: int = 0
    cookies: int = 0  # asked of senders, under load
    answers: int = 0  # first messages that cost us arithmetic
    sessions: int = 0  # handshakes that completed
    rekeys: int = 0  # dials to renew keys
    paths: int = 0  # peers that moved to another address
