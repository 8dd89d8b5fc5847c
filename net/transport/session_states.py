"""The states of a session index, from the first datagram to its end (docs/PROTOCOL.md, 2)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from net.state_table import StateTable


class SessionState(Enum):
    """How far a handshake is, or the session that it made. Each side has an index of its own."""

    CLOSED = "closed"
    CALLING = "calling"
    PROVING = "proving"
    HALF_OPEN = "half open"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


class SessionEvent(Enum):
    """What moves it."""

    DIAL = "we dial, Hello goes"
    HELLO = "Hello comes, Reply goes"
    REPLY = "Reply comes, Finish goes"
    STALLED = "no answer, another Hello goes"
    FINISH = "Finish comes, Confirm goes"
    CONFIRM = "Confirm comes, Confirmed goes"
    REKEY = "Rekey comes, Rekeyed goes"
    REKEYED = "Rekeyed comes, Confirmed goes"
    HEARD = "a sealed datagram comes"
    ENDED = "given up, crowded out, worn or silent"


_S, _E = SessionState, SessionEvent
SESSION: Final = StateTable(
    _S.CLOSED,
    {
        (_S.CLOSED, _E.DIAL): _S.CALLING,
        (_S.CLOSED, _E.HELLO): _S.HALF_OPEN,
        (_S.CLOSED, _E.REKEY): _S.UNCONFIRMED,
        (_S.CLOSED, _E.REKEYED): _S.CONFIRMED,
        (_S.CALLING, _E.REPLY): _S.PROVING,
        (_S.CALLING, _E.STALLED): _S.CALLING,
        (_S.CALLING, _E.ENDED): _S.CLOSED,
        (_S.PROVING, _E.STALLED): _S.CALLING,
        (_S.PROVING, _E.CONFIRM): _S.CONFIRMED,
        (_S.PROVING, _E.ENDED): _S.CLOSED,
        (_S.HALF_OPEN, _E.FINISH): _S.UNCONFIRMED,
        (_S.HALF_OPEN, _E.ENDED): _S.CLOSED,
        (_S.UNCONFIRMED, _E.HEARD): _S.CONFIRMED,
        (_S.UNCONFIRMED, _E.ENDED): _S.CLOSED,
        (_S.CONFIRMED, _E.ENDED): _S.CLOSED,
    },
)
