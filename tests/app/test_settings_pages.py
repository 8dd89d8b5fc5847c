"""Settings are changed in the window, hold at once, and are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.player.settings_file import read_settings, write_settings
from racer.app.window import game
from racer.app.window.base.figures import Figures
from racer.app.window.base.paints import PAINTS_FOR, Eyes
from racer.app.window.controls.control import Button
from racer.app.window.hud.columns import HudSide
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.assistance import Help
from racer.app.window.input.bindings import default_bindings
from racer.app.window.input.devices import Devices
from racer.app.window.input.key_names import UsNames
from racer.app.window.input.places import BUTTON_NAMES, NAMES, PLACES
from racer.app.window.input.two_drivers import SECOND_KEYS, second_bindings
from racer.app.window.ports import CAMERAS, Settings
from racer.app.window.scenes.settings.keys_panel import (
    BESIDE,
    UNKNOWN_BUTTON,
    UNKNOWN_KEY,
    KeysPanel,
    table_faults,
)
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.app.window.scenes.settings.settings_tabs import TABS, rows_of
from racer.play.view import Drive, Rescue
from tests.app.keys import key_down
from tests.app.test_scenes import Play, racing

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.input.bindings import Named


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    play = Play(screen, all_circuits)
    play.press(pygame.K_s)
    play.frames(1)
    return play


def settings_of(play: Play) -> SettingsPages:
    page = play.game._page
    assert isinstance(page, SettingsPages)
    return page


NETWORKS = (("eth0", "192.168.1.7"),)


def turn(play: Play, control: str, key: int) -> None:
    panel = settings_of(play)._panel
    settings = play.directory.settings
    for tab in TABS:
        if any(row.id == control for row in rows_of(tab, settings, NETWORKS, "")):
            panel.tab = tab
    play.frames(1)
    panel.focus.move_to(control)
    play.press(key)
    play.frames(1)


def choose_key(play: Play, chosen: str, event: pygame.Event) -> str:
    """Bind a key anew, and return what was told."""
    pages = settings_of(play)
    if pages._keys is None:
        turn(play, "keys", pygame.K_RETURN)
    keys = pages._keys
    assert keys is not None
    keys.table = chosen.split()[1]
    play.frames(1)
    keys.focus.move_to(chosen)
    play.press(pygame.K_RETURN)
    play.game.on_event(event)
    play.frames(1)
    return keys.words


def test_what_is_set_holds_at_once_and_is_kept(play: Play) -> None:
    turn(play, "hud", pygame.K_RIGHT)
    turn(play, "aid", pygame.K_RIGHT)
    turn(play, "engine", pygame.K_LEFT)
    settings = play.directory.settings
    assert (settings.hud, settings.aid, settings.engine) == ("left", True, 0.9)
    assert play.game._world_cache.hud_side is HudSide.LEFT
    assert play.game._world_cache.aid
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    assert play.game._page is None
    assert play.game.running


def test_cars_are_painted_anew_as_soon_as_other_eyes_are_chosen(play: Play) -> None:
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    racing(play)
    world = play.game._world_cache._world
    assert world is not None
    before = pixels_of(world.garage.picture(1, 0.0, braking=False, ghost=False))
    play.directory.settings = replace(play.directory.settings, eyes=Eyes.FULL.value)
    play.press(pygame.K_F8)  # settings are taken with any event
    play.frames(1)
    canvas = play.game._canvas
    assert canvas.eyes is Eyes.FULL
    assert canvas.paint(25) == PAINTS_FOR[Eyes.FULL][1]
    assert pixels_of(world.garage.picture(1, 0.0, braking=False, ghost=False)) != before
    assert play.game._world_cache._world is world, "the land stays"


def pixels_of(picture: pygame.Surface) -> bytes:
    return pygame.image.tobytes(picture, "RGBA")


def test_figures_letters_camera_and_help_hold_at_once(play: Play) -> None:
    before = play.game._canvas.text_width("once", 16)
    for control in ("text", "camera", "eyes", "comma", "miles", "brakes", "steers"):
        turn(play, control, pygame.K_RIGHT)
    canvas, cache = play.game._canvas, play.game._world_cache
    assert canvas.text_width("once", 16) > before
    assert canvas.figures == Figures(comma=True, miles=True)
    assert canvas.eyes is Eyes.FULL
    assert (cache.camera, cache.help) == (CAMERAS[1], Help(steers=True, brakes=True))


def test_a_passphrase_that_is_kept_is_forgotten_and_a_network_chosen(play: Play) -> None:
    kept = (("friday", "one"), ("committee", "two"))
    play.directory.settings = replace(play.directory.settings, passphrases=kept)
    turn(play, "passphrases", pygame.K_RIGHT)
    turn(play, "forget", pygame.K_RETURN)
    play.answer()
    assert play.directory.settings.passphrases == (("friday", "one"),)
    turn(play, "network", pygame.K_LEFT)
    assert play.directory.settings.network == "10.0.0.4"


def test_commands_follow_their_letters_into_another_layout(play: Play) -> None:
    class Shifted:
        """A keyboard that has each letter where a US one has the next."""

        def name(self, place: int) -> str:
            return NAMES[place]

        def place(self, name: str) -> int | None:
            return PLACES[name] + 1 if len(name) == 1 and name < "Z" else PLACES[name]

    play.game._devices.names = Shifted()
    play.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    assert play.game._devices.bindings.keys[Action.CHAT] == (PLACES["U"],)


def test_the_name_is_typed_there_too(play: Play) -> None:
    turn(play, "name", pygame.K_RETURN)
    play.type(" B")
    play.press(pygame.K_RETURN)
    assert play.directory.settings.name == "Ada B"


def told_or_bound(column: str, event: pygame.Event) -> str | tuple[int, ...]:
    """Return what the ghost has after an event, or why it has not."""
    panel, usual = KeysPanel(), default_bindings(UsNames())
    panel.ask(f"ghost {column}")
    bound = panel.on_event(event, usual)
    if bound is None:
        assert panel.is_listening, "one may press another"
        return panel.words
    return (bound.keys if column == "key 0" else bound.buttons)[Action.GHOST]


def test_every_button_of_a_pad_is_bound_or_refused_in_words() -> None:
    for number in range(40):
        down = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=3, button=number)
        known = number < len(BUTTON_NAMES)
        assert told_or_bound("pad 0", down) == ((number,) if known else UNKNOWN_BUTTON)
    assert BUTTON_NAMES[15:] == ("Share", *(f"Paddle {k}" for k in range(1, 5)), "Touchpad")


def test_every_key_is_bound_or_refused_in_words() -> None:
    for place in range(4, 300):
        down = pygame.Event(pygame.KEYDOWN, key=0, mod=0, unicode="", scancode=place)
        if place != pygame.KSCAN_ESCAPE:
            assert told_or_bound("key 0", down) == ((place,) if place in NAMES else UNKNOWN_KEY)
    assert {"Ro", "Yen", "Henkan", "Muhenkan", "Hangul", "Num ,", "F24"} <= PLACES.keys()


def test_a_button_that_few_pads_have_is_shown_by_name_and_kept(play: Play) -> None:
    down = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=3, button=15)
    assert choose_key(play, "rescue pad 0", down) == ""
    assert dict(play.directory.settings.buttons) == {"rescue": ("Share",)}
    play.game._devices.by_pad = True
    assert play.game._devices.key(Action.RESCUE) == "Share"


def test_a_key_where_a_button_is_asked_for_is_told(play: Play) -> None:
    assert "here a button" in choose_key(play, "rescue pad 0", key_down(pygame.K_F5))
    down = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=3, button=0)
    play.press(pygame.K_ESCAPE)
    assert "here a key" in choose_key(play, "rescue key 0", down)
    assert play.directory.settings.buttons == play.directory.settings.keys == ()


def test_a_key_that_was_bound_anew_counts_in_the_race(play: Play) -> None:
    assert choose_key(play, "rescue key 0", key_down(pygame.K_F5)) == ""
    assert dict(play.directory.settings.keys) == {"rescue": ("F5",)}
    play.press(pygame.K_ESCAPE, pygame.K_ESCAPE)
    racing(play)
    play.press(pygame.K_r)
    assert play.handle.sent == []
    play.press(pygame.K_F5)
    assert play.handle.sent == [Rescue()]


def test_who_loses_a_key_to_another_action_is_told(play: Play) -> None:
    assert "racing line" in choose_key(play, "rescue key 0", key_down(pygame.K_l))
    assert dict(play.directory.settings.keys) == {"rescue": ("L",), "racing-line": ("R",)}


def test_a_button_of_a_pad_is_bound_by_pressing_it(play: Play) -> None:
    down = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=1, button=10)
    choose_key(play, "rescue pad 0", down)
    bindings = play.game._devices.bindings
    assert bindings.button_action(10, Scope.TRACK) is Action.RESCUE


def test_all_keys_and_buttons_of_an_action_are_shown_and_can_be_unbound(play: Play) -> None:
    turn(play, "keys", pygame.K_RETURN)
    keys = settings_of(play)._keys
    assert keys is not None
    play.frames(1)
    labels = {each.id: each.label for each in keys.focus._page if isinstance(each, Button)}
    assert [labels[f"boost key {k}"] for k in range(4)] == [
        *("Left Shift", "Right Shift", "Left Ctrl"), "·"
    ]  # fmt: skip
    keys.focus.move_to("boost key 2")
    play.press(pygame.K_DELETE)
    assert dict(play.directory.settings.keys) == {"boost": ("Left Shift", "Right Shift")}
    keys.focus.move_to("table pad")
    play.press(pygame.K_RETURN)
    play.frames(1)
    for chosen in ("clear", "boost pad 1"):
        keys.focus.move_to(chosen)
        play.press(pygame.K_RETURN)
        play.frames(1)
    assert dict(play.directory.settings.buttons) == {"boost": ("X",)}
    assert not keys.is_listening


def test_the_second_drivers_keys_are_bound_anew_and_kept(play: Play) -> None:
    assert choose_key(play, "rescue second 0", key_down(pygame.K_PAGEDOWN)) == ""
    settings = play.directory.settings
    assert settings.second_keys == (("rescue", ("Page Down", "Num Enter")),)
    assert settings.keys == settings.buttons == (), "the first one's stay"
    assert read_settings(write_settings(settings), Settings("x")) == (settings, ())
    keys = settings_of(play)._keys
    assert keys is not None
    assert {each.id.split()[0] for each in keys.focus._page if " second " in each.id} == {
        action.value for action in SECOND_KEYS
    }
    keys.focus.move_to("usual")
    play.press(pygame.K_RETURN)
    play.answer()
    assert play.directory.settings.second_keys == ()


def test_what_leads_back_to_the_panel_keeps_one_key(play: Play) -> None:
    turn(play, "keys", pygame.K_RETURN)
    keys = settings_of(play)._keys
    assert keys is not None
    play.frames(1)
    keys.focus.move_to("back key 0")
    play.press(pygame.K_DELETE)
    assert "needs one" in keys.words
    assert play.game._devices.bindings.keys[Action.BACK] == (PLACES["Esc"],)


def test_a_button_that_a_file_has_for_two_things_is_told(play: Play) -> None:
    play.directory.settings = replace(play.directory.settings, buttons=(("boost", ("A",)),))
    play.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    bindings = play.game._devices.bindings
    faults = table_faults(bindings, second_bindings(bindings))
    assert faults == {"pad": "One button is for “handbrake” and for “boost”: the first counts."}
    panel = KeysPanel()
    panel.choose("table pad", bindings)
    assert panel._told_line(faults, Devices()) == faults["pad"]


LOST = "“back onto the track” and “pause”"


@pytest.mark.parametrize(
    ("anew", "told"),
    [
        ((("boost", ("Up",)),), "One key is for “accelerate” and for “boost”: the first counts."),
        (
            (("boost", ("Esc",)), ("rescue", ("R",))),
            f"The first driver has no key left for {LOST}: all are the second's.",
        ),
        ((("boost", ("O",)),), None),
    ],
)
def test_a_key_of_the_second_driver_that_cannot_be_is_told_and_its_plate_is_marked(
    play: Play, anew: Named, told: str | None
) -> None:
    play.directory.settings = replace(play.directory.settings, second_keys=anew)
    play.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    turn(play, "keys", pygame.K_RETURN)
    play.frames(1)
    keys = settings_of(play)._keys
    assert keys is not None
    plate = next(each for each in keys.focus._page if each.id == "table second")
    assert isinstance(plate, Button)
    assert plate.label.endswith("!") is (told is not None)
    keys.choose("table second", play.game._devices.bindings)
    bound = play.game._devices.bindings
    line = keys._told_line(table_faults(bound, second_bindings(bound, anew)), Devices())
    assert line == (told or BESIDE)


def test_escape_gives_up_a_question_and_usual_takes_all_back(play: Play) -> None:
    choose_key(play, "rescue key 0", key_down(pygame.K_F5))
    choose_key(play, "rescue key 1", key_down(pygame.K_ESCAPE))
    assert dict(play.directory.settings.keys) == {"rescue": ("F5",)}
    pages = settings_of(play)
    assert pages._keys is not None
    pages._keys.focus.move_to("usual")
    play.press(pygame.K_RETURN)
    play.answer()
    assert not play.directory.settings.keys
    assert play.game._devices.bindings.keys[Action.RESCUE] == (PLACES["R"],)


def test_full_screen_and_pictures_are_bound_anew_like_all_else(
    play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(game, "PICTURES", tmp_path)
    assert choose_key(play, "picture key 0", key_down(pygame.K_F11)) != "", "F11 had another use"
    assert dict(play.directory.settings.keys)["picture"] == ("F11",)
    full = [play.screen.full]
    for _ in range(2):
        play.press(pygame.K_F12)
        full.append(play.screen.full)
    play.press(pygame.K_F11)
    assert full == [False, True, False], "a key that is to be bound does nothing else"
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]


def test_settings_open_over_a_race_and_no_key_of_theirs_drives(play: Play) -> None:
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    racing(play)
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    play.press(pygame.K_DOWN, pygame.K_RETURN)
    play.frames(1)
    turn(play, "autopilot", pygame.K_RIGHT)
    play.press(pygame.K_UP)
    play.frames(2)
    room = play.game._room
    assert room is not None
    assert room.chat.autopilot
    assert play.directory.settings.autopilot, "and the race does not set it back"
    assert not any(
        isinstance(intent, Drive) and intent.controls.throttle for intent in play.handle.sent
    )
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    assert play.game._page is None
    assert not play.handle.left, "one stands in the pause menu again"


def test_the_second_drivers_menu_keys_follow_those_it_drives_by_and_are_not_kept(
    play: Play,
) -> None:
    for column in ("throttle second 0", "rescue second 0"):
        key = pygame.K_i if column.startswith("throttle") else pygame.K_o
        assert choose_key(play, column, key_down(key)) == ""
        play.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    anew = play.directory.settings.second_keys
    assert {action for action, _ in anew} == {"throttle", "rescue"}
    bound = second_bindings(play.game._devices.bindings, anew)
    assert bound.keys[Action.UP] == (PLACES["I"],)
    assert set(bound.keys[Action.CONFIRM]) > set(bound.keys[Action.HANDBRAKE])


def test_what_no_second_driver_does_has_no_key_of_its_in_the_file() -> None:
    settings, troubles = read_settings('[keys-2]\nchat = ["K"]\nboost = ["K"]\n', Settings("x"))
    assert settings.second_keys == (("boost", ("K",)),)
    assert [words.partition(";")[0] for words in troubles] == [
        "settings.toml: keys-2.chat is no action"
    ]
