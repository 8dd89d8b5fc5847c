"""Tells where in the game its player is: the scene, the ring, what is asked, what keys are called.

It looks into the window's parts, as tests do, and changes none of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from racer.app.window.input.actions import Action
from racer.app.window.input.places import PLACES
from racer.app.window.scenes.people.identity_page import IdentityPage
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.app.window.scenes.split_scene import SplitScene

if TYPE_CHECKING:
    from racer.app.player.launch import LanDirectory
    from racer.app.window.game import Game
    from racer.app.window.scenes.race_scene import RaceScene
    from racer.play.view import RaceView
    from tests.lan.lab import Line

HINTS: Final = (Action.CHAT, Action.NEW_RACE, Action.REPLAYS, Action.SOUND, Action.START)
DRIVING: Final = ("W", "A", "S", "D")
CHAT_LINES: Final = 12


class Usher:
    """Prints a line whenever something of it changes."""

    def __init__(self, game: Game, directory: LanDirectory) -> None:
        self._game = game
        self._directory = directory
        self._told: Line = {}

    def on_frame(self) -> None:
        """Print what has changed since the last picture."""
        line = self._line()
        if line != self._told:
            self._told = line
            print(json.dumps(line), flush=True)

    def _line(self) -> Line:
        game = self._game
        page = game._page
        shown = getattr(page, "_replay", None) or page or game._scene_below
        names = game._devices.names
        line: dict[str, Any] = {"event": "at", "scene": type(shown).__name__}
        line["nearby"] = [card.race for card in self._directory.nearby()]
        line["hints"] = {action.value: game._devices.key(action) for action in HINTS}
        line["wheel"] = [names.name(PLACES[name]) for name in DRIVING]
        line["sound"] = self._directory.settings.sound
        line |= _asked(game)
        line["ring"] = _ring(game)
        room = _seat(game)
        line["typing"] = room is not None and room.chat.is_open
        if room is not None:
            line |= _room_line(room)
        if isinstance(page, SettingsPages) and page._keys is not None:
            line["told"] = page._keys._told_line(page._key_faults, game._devices)
        return line


def chat_of(view: RaceView) -> list[str]:
    """Return what was said last, by anybody."""
    return [line.text for line in view.chat[-CHAT_LINES:] if line.node]


def _seat(game: Game) -> RaceScene | None:
    room = game._room
    return room._seats[0] if isinstance(room, SplitScene) else room


def _asked(game: Game) -> Line:
    """Return the question that is asked, and what was typed so far; or of the chat."""
    page, room = game._page, _seat(game)
    prompt = page._prompt if isinstance(page, SettingsPages) else game._menu._prompt
    if prompt is not None and room is None:
        return {"asked": prompt.question.words, "typed": prompt._field.text}
    typed = room.chat._entry.text if room is not None and room.chat.is_open else ""
    return {"asked": "", "typed": typed}


def _ring(game: Game) -> str:
    """Return what Enter would press."""
    page, menu = game._page, game._menu
    if isinstance(page, SettingsPages):
        return (page._keys or page._panel).focus.at
    if isinstance(page, IdentityPage):
        return page.focus.at
    room = _seat(game)
    asked = menu._consent if room is None else room._last.doubt.about
    if asked is not None:
        return asked.focus.at
    if room is not None:
        letters = room.chat._letters
        return (room._focus if letters is None else letters.focus).at
    if menu._prompt is not None:
        grid = menu._prompt._grid
        return "" if grid is None else grid.focus.at
    return (menu._focus if menu._form is None else menu._form.focus).at


def _room_line(room: RaceScene) -> Line:
    view = room._handle.view()
    waiting = "" if view is None else view.waiting
    return {
        "stage": room._stage_now(view).value,
        "waiting": waiting,
        "failure": room._handle.failure() or "",
        "trouble": room._handle.trouble_line(),
        "said": [] if view is None else chat_of(view),
    }
