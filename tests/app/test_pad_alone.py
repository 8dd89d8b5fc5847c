"""Who has a pad alone in hand is led by it, by stick or buttons, in lists and in questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.bindings import default_bindings
from racer.app.window.input.devices import Devices
from racer.app.window.input.gamepad import FULL
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.key_names import UsNames
from racer.app.window.input.places import BUTTON_LABELS, BUTTON_NAMES
from racer.app.window.input.pointer import Pointer
from racer.app.window.input.repeats import EVERY_NS, FIRST_NS, REPEATED, Repeats
from racer.app.window.input.two_drivers import FIRST, SECOND, TwoDrivers
from racer.app.window.scenes.driving import driving_keys
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.settings.keys_panel import WAITS_S, KeysPanel
from racer.play.view import Say
from tests.app.keys import key_down, key_up
from tests.app.test_gamepad import LEFT_X, LEFT_Y, THROTTLE, moved, pressed
from tests.app.test_scenes import Play
from tests.app.written import note_written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

A, B = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_B
X, Y = pygame.CONTROLLER_BUTTON_X, pygame.CONTROLLER_BUTTON_Y
DOWN, START = pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_START


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def repeats_of(repeats: Repeats, events: Iterable[pygame.Event], now_ns: int) -> int:
    given = repeats.follow(list(events), now_ns)
    return sum(event.type == REPEATED for event in given)


@pytest.mark.parametrize("axis", [LEFT_X, LEFT_Y, THROTTLE, pygame.CONTROLLER_AXIS_TRIGGERLEFT])
@pytest.mark.parametrize("scope", [Scope.MENU, Scope.TRACK])
def test_who_pushes_a_stick_or_a_trigger_reads_what_buttons_are_for(
    axis: int, scope: Scope
) -> None:
    devices = Devices()
    devices.on_event(moved(1, axis, 0.2), scope)
    assert devices.key(Action.CONFIRM) == "Enter", "a worn stick is no hand"
    devices.on_event(moved(1, axis, 0.9), scope)
    assert devices.key(Action.CONFIRM) == "A"


def test_a_trigger_that_rests_at_the_other_end_is_in_nobodys_hand() -> None:
    devices = Devices()
    resting = pygame.Event(
        pygame.CONTROLLERAXISMOTION, instance_id=1, axis=THROTTLE, value=round(-FULL) - 1
    )
    devices.on_event(resting, Scope.MENU)
    assert not devices.by_pad


def test_once_no_pad_is_left_keys_are_told_again_and_what_has_happened(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for event in (pressed(1, DOWN), pygame.Event(pygame.CONTROLLERDEVICEREMOVED, instance_id=1)):
        play.game.on_event(event)
        told.append(play.game._devices.by_pad)
    assert told == [True, False]
    words = note_written(monkeypatch)
    play.frames(1)
    assert any("A pad is gone" in each for each in words)


@pytest.mark.parametrize(
    ("down", "up"),
    [
        (key_down(pygame.K_DOWN), key_up(pygame.K_DOWN)),
        (pressed(1, DOWN), pressed(1, DOWN, up=True)),
        (moved(1, LEFT_Y, 1.0), moved(1, LEFT_Y, 0.1)),
    ],
)
def test_a_direction_that_is_held_goes_on_until_it_is_let_go(
    down: pygame.Event, up: pygame.Event
) -> None:
    repeats, devices = Repeats(), Devices()
    now_ns, pushes = 0, 0
    for events in ([down], *[[]] * 20):
        for event in repeats.follow(events, now_ns):
            pushes += sum(isinstance(each, Pressed) for each in devices.on_event(event, Scope.MENU))
        now_ns += EVERY_NS
    assert pushes == 1 + (20 - (FIRST_NS // EVERY_NS - 1))
    assert repeats_of(repeats, [up], now_ns) == 0
    assert repeats_of(repeats, [], now_ns + 10 * FIRST_NS) == 0


def test_what_went_down_and_up_while_a_picture_was_late_is_not_repeated() -> None:
    repeats = Repeats()
    repeats.follow([pressed(1, DOWN)], 0)
    assert repeats_of(repeats, [pressed(1, DOWN, up=True)], 10 * FIRST_NS) == 0


@pytest.mark.parametrize(
    "end", [pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED, pygame.CONTROLLERDEVICEREMOVED]
)
def test_what_is_held_as_hands_leave_is_not_repeated(end: int) -> None:
    repeats = Repeats()
    repeats.follow([pressed(1, DOWN)], 0)
    repeats.follow([pygame.Event(end, instance_id=1)], 1)
    assert repeats_of(repeats, [], 10 * FIRST_NS) == 0


def test_only_a_direction_goes_on_and_only_where_it_was_begun() -> None:
    devices, again = Devices(), pygame.Event(REPEATED, again=pressed(1, DOWN))
    devices.on_event(pressed(1, A), Scope.MENU)
    assert devices.on_event(again, Scope.MENU) == (), "A held enters nothing twice"
    devices.on_event(pressed(1, DOWN), Scope.LOBBY)
    assert devices.on_event(again, Scope.LOBBY) == (Pressed(Action.DOWN, pad=True),)
    assert devices.on_event(again, Scope.TRACK) == ()
    assert devices.on_event(again, Scope.LOBBY) == (), "the results came meanwhile"
    devices.on_event(key_down(pygame.K_RIGHT), Scope.LOBBY)
    assert devices.on_event(again, Scope.LOBBY) == (), "each of those is a vote"


def test_what_is_repeated_is_of_whom_it_was() -> None:
    drivers = TwoDrivers()
    drivers.second = frozenset({pygame.KSCAN_DOWN})
    for key, whose in ((pygame.K_DOWN, SECOND), (pygame.K_s, FIRST)):
        assert drivers.whose(pygame.Event(REPEATED, again=key_down(key))) == (whose,)


def test_the_pointer_is_seen_while_the_mouse_is_used_and_not_over_a_road(
    screen: Screen,
) -> None:
    pointer = Pointer()
    motion = pygame.Event(pygame.MOUSEMOTION, pos=(4, 4), rel=(1, 1), buttons=(0, 0, 0))
    for event, shown in ((pressed(1, A), False), (motion, True), (key_down(pygame.K_UP), False)):
        pointer.follow([event])
        assert pointer.shown == pygame.mouse.get_visible() == shown
    pointer.follow([motion])


def test_a_stick_that_is_to_be_clicked_is_not_told_as_one_to_be_pushed() -> None:
    devices = Devices()
    devices.by_pad = True
    assert devices.key(Action.NETWORK) == "Left stick click"
    assert len(BUTTON_LABELS) == len(BUTTON_NAMES)


def test_by_pad_alone_no_question_for_a_key_is_a_trap(play: Play) -> None:
    bindings = default_bindings(UsNames())
    panel = KeysPanel()
    panel.ask("chat key 0")
    listens = []
    for button in (A, B):  # neither can be a key, and B leads back
        assert panel.on_event(pressed(1, button), bindings) is None
        listens.append(panel.is_listening)
    assert listens == [True, False]
    for chosen in ("chat pad 0", "chat key 0"):
        panel.ask(chosen)
        listens = []
        for seconds in (WAITS_S - 0.1, 0.2):
            panel.wait(seconds)
            listens.append(panel.is_listening)
        assert listens == [True, False], "who presses nothing wants nothing"


def test_who_has_a_pad_in_hand_sees_its_buttons_first(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.game.on_event(pressed(1, DOWN))
    play.game._menu._focus.move_to("settings")
    play.game.on_event(pressed(1, A))
    play.frames(1)
    page = play.game._page
    assert page is not None
    page._panel.focus.move_to("keys")  # type: ignore[attr-defined]
    words = note_written(monkeypatch)
    for _ in range(3):
        play.frames(1)
        play.game.on_event(pressed(1, A))
    play.frames(1)
    assert page._keys.table == "pad"  # type: ignore[attr-defined]
    assert any("or nothing for 8 s" in each for each in words)
    assert not any("Esc" in each for each in words if each.startswith("Press what"))


def test_what_has_no_button_is_named_by_its_plate(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.game.on_event(pressed(1, DOWN))
    play.rest(10.0)
    words = note_written(monkeypatch)
    play.frames(1)
    assert "Friends race, and you do not see them? “why alone?” looks why." in words
    assert any(each.startswith("“address or code” takes") for each in words)


def test_letters_are_written_by_buttons_too_and_who_thought_better_of_it_gets_out(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*buttons: int) -> None:
        for button in buttons:
            play.game.on_event(pressed(1, button))
            play.frames(1)

    press(DOWN, pygame.CONTROLLER_BUTTON_BACK)  # "Your name"
    prompt = play.game._menu._prompt
    assert prompt is not None
    assert prompt._grid is not None
    words = note_written(monkeypatch)
    press(X, DOWN, A, Y, X, A)
    assert prompt._field.text.endswith("Q q"), "capitals, and a space"
    assert "X capitals  ·  Y space  ·  B erase  ·  Start done" in words
    assert not {"Esc", "Enter", "Tab"} & set(words), "no key of a keyboard that is not there"
    prompt._grid.focus.move_to("done")
    press(DOWN)
    assert prompt._grid.focus.at == "cancel"
    press(A)
    assert play.game._menu._prompt is None
    assert play.directory.settings.name == "Ada"
    press(pygame.CONTROLLER_BUTTON_BACK, A, START)
    assert play.directory.settings.name == "Ada1"


def test_in_the_lobby_nothing_lies_over_the_letters_of_a_line(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.game.on_event(pressed(1, X))
    play.frames(1)
    room = play.game._room
    assert isinstance(room, RaceScene)
    room._focus.move_to("chat")
    play.game.on_event(pressed(1, A))
    words = note_written(monkeypatch)
    play.frames(1)
    assert room.chat.is_open
    assert words.index("circuit") < words.index("q"), "what is painted later lies above"
    play.game.on_event(pressed(1, A))
    play.game.on_event(pressed(1, START))
    assert play.handle.sent[-1] == Say("1")


@pytest.mark.parametrize("plate", ["settings", "records", "trial", "replays", "new race", "name"])
def test_who_presses_back_once_too_often_does_not_quit_the_game(play: Play, plate: str) -> None:
    play.game.on_event(pressed(1, DOWN))
    play.game._menu._focus.move_to(plate)
    play.game.on_event(pressed(1, A))
    play.frames(1)
    if plate == "name":
        for _ in range(len("Ada")):
            play.game.on_event(pressed(1, B))
    for _ in range(2):
        play.game.on_event(pressed(1, B))
        play.frames(1)
    assert play.game.running
    assert play.game._page is None
    assert play.game._menu.front == (None,) * 4


def test_who_waits_for_the_start_reads_which_trigger_goes_and_which_brakes() -> None:
    devices = Devices()
    devices.by_pad = True
    hints = driving_keys(devices).hints
    assert hints[:2] == (("Left stick", "steer"), ("Triggers", "right goes, left brakes"))
    devices.by_pad = False
    assert driving_keys(devices).hints[0] == ("Arrows", "or W A S D: drive")
