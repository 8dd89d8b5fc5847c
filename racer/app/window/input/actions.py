"""What keys and buttons mean, and where they lie unless somebody moves them.

A scene asks for actions; which key it was, it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final


class Action(StrEnum):
    """Something that a key or a button of a pad can be for. The value names it in a file."""

    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    CONFIRM = "confirm"
    BACK = "back"
    NEXT = "next"
    NEW_RACE = "new-race"
    PRACTICE = "practice"
    TRIAL = "trial"
    RECORDS = "records"
    WATCH = "watch"
    REPLAYS = "replays"
    FIND = "find"
    LAP_CHART = "lap-chart"
    SETTINGS = "settings"
    ADDRESS = "address"
    DOCTOR = "doctor"
    NAME = "name"
    TWO_DRIVERS = "two-drivers"
    START = "start"
    CAR = "car"
    ADD_BOT = "add-bot"
    CHAT = "chat"
    PHRASES = "phrases"
    PHRASE_LIST = "phrase-list"
    SOUND = "sound"
    STEER_LEFT = "steer-left"
    STEER_RIGHT = "steer-right"
    THROTTLE = "throttle"
    BRAKE = "brake"
    HANDBRAKE = "handbrake"
    BOOST = "boost"
    RESCUE = "rescue"
    RACING_LINE = "racing-line"
    STANDINGS = "standings"
    PAUSE = "pause"
    NETWORK = "network"
    CAR_BEFORE = "car-before"
    CAR_BEHIND = "car-behind"
    DIRECTOR = "director"
    WHOLE_MAP = "whole-map"
    RUN = "run"
    EVENT_BEFORE = "event-before"
    GHOST = "ghost"
    FILM = "film"
    NODE_AFTER = "node-after"
    NODE_BEFORE = "node-before"
    KILL = "kill"
    CUT = "cut"
    FREEZE = "freeze"
    FULL_SCREEN = "full-screen"
    PICTURE = "picture"
    CAPITALS = "capitals"
    BLANK = "blank"
    MORE_LETTERS = "more-letters"
    END_LINE = "end-line"


class Scope(Enum):
    """Where an action means something; one key may have a meaning in each."""

    MENU = "menus"
    LOBBY = "lobby"
    TRACK = "track"
    WATCHING = "watching"
    REPLAY = "replay"
    NETWORK = "network view"
    LETTERS = "letters"


MENU: Final = frozenset({Scope.MENU})
LOBBY: Final = frozenset({Scope.LOBBY})
TRACK: Final = frozenset({Scope.TRACK})
WATCHING: Final = frozenset({Scope.WATCHING})
REPLAY: Final = frozenset({Scope.REPLAY})
OVERLAY: Final = frozenset({Scope.NETWORK})
RACE: Final = LOBBY | TRACK | WATCHING
LOOKING: Final = WATCHING | REPLAY
LETTERS: Final = frozenset({Scope.LETTERS})  # on the screen, for who has no keyboard at hand
PAGES: Final = MENU | LOBBY | LETTERS
EVERYWHERE: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action as people know it."""

    label: str
    scopes: frozenset[Scope]
    keys: tuple[str, ...]  # places by name; without `driven` what is printed there counts
    buttons: tuple[str, ...] = ()
    driven: bool = False  # keys are felt, not read: their places stay the same in every layout


ACTIONS: Final[dict[Action, ActionRow]] = {
    Action.STEER_LEFT: ActionRow("steer left", TRACK, ("Left", "A"), driven=True),
    Action.STEER_RIGHT: ActionRow("steer right", TRACK, ("Right", "D"), driven=True),
    Action.THROTTLE: ActionRow("accelerate", TRACK, ("Up", "W"), driven=True),
    Action.BRAKE: ActionRow("brake, reverse", TRACK, ("Down", "S"), driven=True),
    Action.HANDBRAKE: ActionRow("handbrake", TRACK, ("Space",), ("A", "Left shoulder"), True),
    Action.BOOST: ActionRow(
        "boost", TRACK, ("Left Shift", "Right Shift", "Left Ctrl"), ("X", "Right shoulder"), True
    ),
    Action.RESCUE: ActionRow("back onto the track", TRACK, ("R",), ("Y",)),
    Action.RACING_LINE: ActionRow("racing line", TRACK | WATCHING, ("L",), ("B",)),
    Action.STANDINGS: ActionRow("whole table", TRACK | WATCHING, ("Tab",), ("Back",)),
    Action.PAUSE: ActionRow("pause", TRACK | WATCHING, ("Esc",), ("Start",)),
    Action.CHAT: ActionRow("chat", RACE, ("T",)),
    Action.PHRASES: ActionRow("say a phrase", RACE, ("Q",), ("Right stick",)),
    Action.PHRASE_LIST: ActionRow("say a phrase", TRACK, (), ("Cross up", "Cross down")),
    Action.SOUND: ActionRow("sound on or off", EVERYWHERE, ("M",)),
    Action.NETWORK: ActionRow("the network", RACE | OVERLAY, ("F3",), ("Left stick",)),
    Action.FULL_SCREEN: ActionRow("full screen", EVERYWHERE, ("F11",)),
    Action.PICTURE: ActionRow("take a picture", EVERYWHERE, ("F12",)),
    Action.UP: ActionRow("up", PAGES | LOOKING, ("Up",), ("Cross up",), True),
    Action.DOWN: ActionRow("down", PAGES | LOOKING, ("Down",), ("Cross down",), True),
    Action.LEFT: ActionRow("left", PAGES | LOOKING, ("Left",), ("Cross left",), True),
    Action.RIGHT: ActionRow("right", PAGES | LOOKING, ("Right",), ("Cross right",), True),
    Action.CONFIRM: ActionRow("choose", PAGES | REPLAY, ("Enter", "Num Enter"), ("A",), True),
    Action.BACK: ActionRow("back", PAGES | REPLAY | OVERLAY, ("Esc",), ("B",)),
    Action.NEXT: ActionRow("next", MENU | LOBBY, ("Tab",), ("Right shoulder",)),
    Action.NEW_RACE: ActionRow("open a race", MENU, ("N",), ("Y",)),
    Action.PRACTICE: ActionRow("practise", MENU, ("B",), ("X",)),
    Action.TRIAL: ActionRow("time trial", MENU, ("T",)),
    Action.RECORDS: ActionRow("best laps", MENU, ("R",)),
    Action.LAP_CHART: ActionRow("lap chart, with the results", LOBBY, ("L",), ("Left shoulder",)),
    Action.REPLAYS: ActionRow("replays", MENU, ("V",)),
    Action.FIND: ActionRow("find a replay", MENU, ("F",), ("Right stick",)),
    Action.WATCH: ActionRow("watch a race", MENU, ("W",), ("Left shoulder",)),
    Action.SETTINGS: ActionRow("settings", MENU, ("S",)),
    Action.ADDRESS: ActionRow("address or code", MENU, ("A",)),
    Action.DOCTOR: ActionRow("why alone?", MENU, ("H",)),
    Action.NAME: ActionRow("your name", MENU, ("F2",), ("Back",)),
    Action.TWO_DRIVERS: ActionRow("two drivers", MENU, ("2",)),
    Action.START: ActionRow("start the race", LOBBY, ("S",), ("Start",)),
    Action.CAR: ActionRow("your car", LOBBY, ("C",), ("Y",)),
    Action.ADD_BOT: ActionRow("add a bot", LOBBY, ("B",), ("X",)),
    Action.CAR_BEFORE: ActionRow("car before", LOOKING, ("Page Up",), ("Left shoulder",)),
    Action.CAR_BEHIND: ActionRow("car behind", LOOKING, ("Page Down",), ("Right shoulder",)),
    Action.DIRECTOR: ActionRow("director", LOOKING, ("Home",), ("Y",)),
    Action.WHOLE_MAP: ActionRow("whole circuit", LOOKING, ("End",), ("X",)),
    Action.RUN: ActionRow("pause, go on", REPLAY, ("Space",), ("Start",), True),
    Action.EVENT_BEFORE: ActionRow("event before", REPLAY, ("Backspace",), ("Back",)),
    Action.GHOST: ActionRow("ghost of the best lap", REPLAY, ("G",), ("Left stick",)),
    Action.FILM: ActionRow("make a film, end it", REPLAY, ("F",), ("Right stick",)),
    Action.NODE_AFTER: ActionRow("next node", OVERLAY, ("Tab",), ("Cross right",)),
    Action.NODE_BEFORE: ActionRow("node before", OVERLAY, ("Page Up",), ("Cross left",)),
    Action.KILL: ActionRow("kill this process", OVERLAY, ("1",), ("Cross down",), True),
    Action.CUT: ActionRow("cut it off", OVERLAY, ("2",), ("Cross up",), True),
    Action.FREEZE: ActionRow("freeze it", OVERLAY, ("3",), ("Right stick",), True),
    Action.CAPITALS: ActionRow("capitals", LETTERS, (), ("X",)),
    Action.BLANK: ActionRow("space", LETTERS, (), ("Y",)),
    Action.MORE_LETTERS: ActionRow("more letters", LETTERS, (), ("Right shoulder",)),
    Action.END_LINE: ActionRow("done", LETTERS, (), ("Start",)),
}
"""All actions, in the order in which they are shown."""
