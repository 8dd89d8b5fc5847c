"""What a node thinks of the present life of another (docs/PROTOCOL.md, 5)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from net.state_table import StateTable


class Health(Enum):
    """What we think of a life. A new incarnation of the same node begins as a new life."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    SUSPECT = "suspect"
    DOWN = "down"
    LEFT = "left"


class HealthEvent(Enum):
    """What moves it."""

    MET = "its session opens"
    SILENT = "not heard for SUSPECT_NS"
    HEARD = "heard"
    EXPIRED = "nor by anybody for DOWN_NS"
    FAREWELL = "Farewell comes"
    FORGOTTEN = "FORGET_DOWN_NS are over"


_S, _E = Health, HealthEvent
HEALTH: Final = StateTable(
    _S.UNKNOWN,
    {
        (_S.UNKNOWN, _E.MET): _S.ALIVE,
        (_S.ALIVE, _E.SILENT): _S.SUSPECT,
        (_S.ALIVE, _E.FAREWELL): _S.LEFT,
        (_S.SUSPECT, _E.HEARD): _S.ALIVE,
        (_S.SUSPECT, _E.EXPIRED): _S.DOWN,
        (_S.SUSPECT, _E.FAREWELL): _S.LEFT,
        (_S.DOWN, _E.HEARD): _S.ALIVE,
        (_S.DOWN, _E.FAREWELL): _S.LEFT,
        (_S.DOWN, _E.FORGOTTEN): _S.UNKNOWN,
        (_S.LEFT, _E.FAREWELL): _S.LEFT,
        (_S.LEFT, _E.FORGOTTEN): _S.UNKNOWN,
    },
)
