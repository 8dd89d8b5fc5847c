"""The states of who calls the remaining members together (docs/PROTOCOL.md, 8.4)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from net.state_table import StateTable


class ForkState(Enum):
    """How far a member is with founding a degraded lineage."""

    RESTING = "resting"
    CALLING = "calling members"
    ADOPTING = "adopting the best log"


class ForkEvent(Enum):
    """What moves it."""

    DESERTED = "deserted, and we are first"
    RELIEVED = "no more, or another is first"
    BEHIND = "all have answered or it is time, one holds a better log"
    ADOPTED = "its log is ours"
    EXPIRED = "2 × CANDIDACY_NS are over"
    REMOVED = "it says that we are no member"
    FOUNDED = "all have answered or it is time, none holds a better log"


_S, _E = ForkState, ForkEvent
FORK: Final = StateTable(
    _S.RESTING,
    {
        (_S.RESTING, _E.DESERTED): _S.CALLING,
        (_S.CALLING, _E.RELIEVED): _S.RESTING,
        (_S.CALLING, _E.BEHIND): _S.ADOPTING,
        (_S.CALLING, _E.REMOVED): _S.RESTING,
        (_S.CALLING, _E.FOUNDED): _S.RESTING,
        (_S.ADOPTING, _E.RELIEVED): _S.RESTING,
        (_S.ADOPTING, _E.ADOPTED): _S.CALLING,
        (_S.ADOPTING, _E.EXPIRED): _S.RESTING,
    },
)
