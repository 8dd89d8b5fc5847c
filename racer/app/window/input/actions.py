"""What keys and buttons mean. A scene asks for actions; which key it was, it does not know."""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """Something that a key or a button of a pad can be for."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    CONFIRM = "confirm"
    BACK = "back"
    NEXT = "next"  # control
    NEW_RACE = "new race"
    PRACTICE = "practice"
    NAME = "name"
