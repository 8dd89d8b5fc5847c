"""The states of an election, as one member goes through it (docs/PROTOCOL.md, 8.2)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from net.state_table import StateTable


class ElectionState(Enum):
    """How far a member is with becoming coordinator."""

    RESTING = "resting"
    WAITING = "waiting for its turn"
    COLLECTING = "collecting promises"
    ADOPTING = "adopting the best log"


class ElectionEvent(Enum):
    """What moves it."""

    VACANT = "nobody coordinates"
    TAKEN = "somebody does, or we may not stand"
    TURN = "our turn"
    ASKED = "HandOver comes"
    OUTBID = "we promise another"
    REFUSED = "Refusal comes"
    EXPIRED = "CANDIDACY_NS are over"
    BEHIND = "a majority promised, one holds a better log"
    ADOPTED = "its log is ours"
    REMOVED = "it says that we are no member"
    WON = "a majority promised, none holds a better log"


_S, _E = ElectionState, ElectionEvent
ELECTION: Final = StateTable(
    _S.RESTING,
    {
        (_S.RESTING, _E.VACANT): _S.WAITING,
        (_S.RESTING, _E.ASKED): _S.COLLECTING,
        (_S.WAITING, _E.TAKEN): _S.RESTING,
        (_S.WAITING, _E.TURN): _S.COLLECTING,
        (_S.WAITING, _E.ASKED): _S.COLLECTING,
        (_S.COLLECTING, _E.TAKEN): _S.RESTING,  # but not where we were asked
        (_S.COLLECTING, _E.ASKED): _S.COLLECTING,
        (_S.COLLECTING, _E.OUTBID): _S.WAITING,
        (_S.COLLECTING, _E.REFUSED): _S.WAITING,
        (_S.COLLECTING, _E.EXPIRED): _S.WAITING,
        (_S.COLLECTING, _E.BEHIND): _S.ADOPTING,
        (_S.COLLECTING, _E.REMOVED): _S.WAITING,
        (_S.COLLECTING, _E.WON): _S.RESTING,
        (_S.ADOPTING, _E.TAKEN): _S.RESTING,
        (_S.ADOPTING, _E.ASKED): _S.COLLECTING,
        (_S.ADOPTING, _E.OUTBID): _S.WAITING,
        (_S.ADOPTING, _E.REFUSED): _S.WAITING,
        (_S.ADOPTING, _E.EXPIRED): _S.WAITING,
        (_S.ADOPTING, _E.ADOPTED): _S.COLLECTING,
    },
)
