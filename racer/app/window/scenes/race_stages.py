"""What a person in a race has before them: what keys mean there, and which plates are shown."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from racer.app.window.input.actions import Action, Scope
from racer.app.window.scene import OfferIdentity, ShowSettings, TakePicture
from racer.app.window.scenes.results.standing_results import CHART, PEOPLE, PICTURE

if TYPE_CHECKING:
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.scene import Ask


class Stage(Enum):
    """What a person has before them, and so what keys mean."""

    WAITING = "not in the race"
    CHAT = "a line is typed"
    PAUSE = "pause menu"
    PEOPLE = "the people here, or one of them"
    ASKED = "asked whether one means it"
    LOBBY = "lobby"
    TRACK = "track"
    RESULTS = "results"


DRIVING: Final = frozenset({Stage.TRACK, Stage.CHAT, Stage.PAUSE, Stage.PEOPLE, Stage.ASKED})
"""What may lie over the race while it is before us."""

SCOPES: Final = {
    Stage.LOBBY: Scope.LOBBY,
    Stage.TRACK: Scope.TRACK,
    Stage.RESULTS: Scope.LOBBY,
    Stage.CHAT: Scope.LETTERS,
}
BACK: Final = {Stage.PAUSE: "continue", Stage.PEOPLE: "back"}
ASKS: Final[dict[str, Ask]] = {
    "settings": ShowSettings(),
    "identity": OfferIdentity(),
    "picture": TakePicture(),
}
ON_TRACK: Final = {
    "chat": Action.CHAT,
    "phrases": Action.PHRASES,
    "pause": Action.PAUSE,
    "line": Action.RACING_LINE,
    "rescue": Action.RESCUE,
}
PLATES: Final[dict[Stage, tuple[Plate, ...]]] = {
    Stage.TRACK: (
        ("pause", "pause", Action.PAUSE),
        ("chat", "chat", Action.CHAT),
        ("line", "racing line", Action.RACING_LINE),
        ("rescue", "back onto the track", Action.RESCUE),
    ),
    Stage.RESULTS: (
        CHART,
        PEOPLE,
        ("chat", "chat", Action.CHAT),
        ("phrases", "phrase", Action.PHRASES),
        PICTURE,
        ("leave", "leave", Action.BACK),
    ),
    Stage.WAITING: (("leave", "back to the menu", Action.BACK),),
    Stage.CHAT: (),
    Stage.ASKED: (),
}
