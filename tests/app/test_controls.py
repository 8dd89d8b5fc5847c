"""One ring goes through a page by keyboard, mouse and pad, and what it does is told as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, UNLIT
from racer.app.window.controls.control import (
    Back,
    Button,
    Card,
    Chosen,
    Idle,
    Page,
    Picked,
    Scrolled,
    Selector,
    Slid,
    Slider,
)
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.letter_grid import DONE, ERASE, PAGES, ROWS, LetterGrid
from racer.app.window.controls.paint import draw_thumb
from racer.app.window.controls.parts import choice_arrows, slider_track
from racer.app.window.controls.prompt import Prompt, Question
from racer.app.window.controls.scroll import Scroll
from racer.app.window.input.actions import Action
from racer.app.window.input.devices import Devices
from racer.app.window.input.inputs import Clicked, Pointed, Pressed, Rolled
from racer.app.window.input.text_field import Entered

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas


def button(name: str, x: float, y: float, *, enabled: bool = True) -> Button:
    return Button(id=name, box=Box(x, y, 100.0, 40.0), label=name, enabled=enabled)


LEFT = tuple(button(name, 0.0, 50.0 * k) for k, name in enumerate("abc"))
RIGHT = tuple(button(name, 400.0, 10.0 + 50.0 * k) for k, name in enumerate("xyz"))
PAGE: Page = (*LEFT, *RIGHT)


def focus_on(page: Page, at: str = "") -> Focus:
    focus = Focus()
    focus.show(page)
    if at:
        focus.move_to(at)
    return focus


def go(focus: Focus, *actions: Action) -> str:
    for action in actions:
        focus.on_input(Pressed(action))
    return focus.at


def middle(page: Page, name: str) -> tuple[float, float]:
    return next(control.box.centre for control in page if control.id == name)


def test_the_first_of_a_page_has_the_ring() -> None:
    assert focus_on(PAGE).at == "a"
    assert focus_on(()).at == ""


def test_arrows_go_to_the_nearest_control_that_way() -> None:
    focus = focus_on(PAGE)
    assert go(focus, Action.DOWN) == "b"
    assert go(focus, Action.RIGHT) == "y"
    assert go(focus, Action.UP) == "x"
    assert go(focus, Action.UP) == "x", "there is nothing above"
    assert go(focus, Action.LEFT) == "a"


def test_every_control_is_reached_by_the_next_key_and_it_goes_round() -> None:
    focus = focus_on(PAGE)
    assert [go(focus, Action.NEXT) for _ in PAGE] == list("bcxyza")


def test_the_mouse_takes_the_same_ring_along_and_presses_what_is_under_it() -> None:
    focus = focus_on(PAGE)
    assert focus.on_input(Pointed(*middle(PAGE, "z"))) is None
    assert go(focus, Action.UP) == "y"
    assert focus.on_input(Clicked(*middle(PAGE, "c"))) == Chosen("c")
    assert focus.at == "c"
    assert focus.on_input(Clicked(250.0, 20.0)) is None, "there is nothing there"
    assert focus.on_input(Pressed(Action.CONFIRM)) == Chosen("c")


def test_the_ring_stays_on_its_control_while_others_come_and_go() -> None:
    focus = focus_on(PAGE, "y")
    focus.show((button("new", 0.0, 0.0), *PAGE))
    assert focus.at == "y"
    focus.show(LEFT)
    assert focus.at == "a", "who lost its control begins anew"


def test_until_somebody_moves_the_ring_it_is_on_the_first() -> None:
    focus = focus_on(PAGE)
    page = (button("new", 0.0, 0.0), *PAGE)
    focus.show(page)
    assert focus.at == "new"
    go(focus, Action.DOWN)
    focus.show((button("newer", 0.0, 0.0), *page))
    assert focus.at != "newer"


def test_a_shortcut_presses_its_button_wherever_the_ring_is() -> None:
    quick = Button(id="q", box=Box(0.0, 300.0, 90.0, 30.0), label="q", shortcut=Action.PRACTICE)
    focus = focus_on((*PAGE, quick), "x")
    assert focus.on_input(Pressed(Action.PRACTICE)) == Chosen("q")
    assert focus.at == "x"
    assert focus.on_input(Pressed(Action.NEW_RACE)) is None


def test_back_leads_away_and_what_does_nothing_now_says_so() -> None:
    focus = focus_on((button("shut", 0.0, 0.0, enabled=False),))
    assert focus.on_input(Pressed(Action.CONFIRM)) == Idle("shut")
    assert focus.on_input(Clicked(50.0, 20.0)) == Idle("shut")
    assert focus.on_input(Pressed(Action.BACK)) == Back()


CHOICE = Selector(
    id="laps", box=Box(0.0, 0.0, 400.0, 44.0), label="laps", options=("1", "2", "3"), at=2
)
SLIDER = Slider(id="loud", box=Box(0.0, 60.0, 400.0, 44.0), label="loud", value=0.5)


@pytest.mark.parametrize(
    ("what", "at"),
    [
        (Pressed(Action.RIGHT), 0),
        (Pressed(Action.LEFT), 1),
        (Pressed(Action.CONFIRM), 0),
        (Rolled(-1), 1),
        (Clicked(*choice_arrows(CHOICE.box)[0].centre), 1),
        (Clicked(*choice_arrows(CHOICE.box)[1].centre), 0),
    ],
)
def test_a_choice_turns_by_arrows_wheel_and_clicks(
    what: Pressed | Rolled | Clicked, at: int
) -> None:
    assert focus_on((CHOICE, SLIDER)).on_input(what) == Picked("laps", at)


def test_a_slider_moves_by_steps_to_its_ends() -> None:
    focus = focus_on((CHOICE, SLIDER), "loud")
    assert focus.on_input(Pressed(Action.RIGHT)) == Slid("loud", 0.6)
    full = Slider(id="loud", box=SLIDER.box, label="loud", value=1.0)
    focus.show((CHOICE, full))
    assert focus.on_input(Rolled(1)) == Slid("loud", 1.0)


def test_a_slider_is_dragged_beyond_its_box_until_the_mouse_lets_go() -> None:
    focus = focus_on((CHOICE, SLIDER))
    track = slider_track(SLIDER.box)
    assert focus.on_input(Clicked(track.x, track.centre[1])) == Slid("loud", 0.0)
    far = Pointed(track.right + 500.0, 0.0, held=True)
    assert focus.on_input(far) == Slid("loud", 1.0)
    assert focus.on_input(Pointed(track.x, track.centre[1])) is None, "it was let go"
    assert focus.on_input(far) is None, "a button that went down elsewhere drags nothing"


def test_a_card_beyond_its_list_is_not_clicked_but_reached_by_arrows() -> None:
    window = Box(0.0, 0.0, 200.0, 100.0)
    cards = tuple(
        Card(id=f"{k}", box=Box(0.0, 50.0 * k, 200.0, 45.0), within=window) for k in range(4)
    )
    focus = focus_on(cards)
    assert focus.on_input(Clicked(20.0, 160.0)) is None
    assert go(focus, Action.DOWN, Action.DOWN, Action.DOWN) == "3"


def test_a_list_follows_the_ring_and_else_the_wheel() -> None:
    scroll = Scroll()
    assert scroll.offset(400.0, 100.0, "a", (0.0, 50.0)) == 0.0
    assert scroll.offset(400.0, 100.0, "d", (150.0, 200.0)) == 100.0
    scroll.roll(5000.0)
    assert scroll.offset(400.0, 100.0, "d", (150.0, 200.0)) == 300.0, "its end"
    assert scroll.offset(400.0, 100.0, "c", (100.0, 150.0)) == 100.0, "the ring moved"
    assert focus_on(LEFT).on_input(Rolled(1)) == Scrolled(1)


@pytest.mark.parametrize(("length", "share"), [(400.0, (0.25, 0.5)), (100.0, None), (80.0, None)])
def test_a_list_tells_which_part_of_it_is_in_sight_unless_all_is(
    length: float, share: tuple[float, float] | None
) -> None:
    scroll = Scroll()
    scroll.roll(100.0)
    scroll.offset(length, 100.0, "", None)
    assert scroll.share == share


def test_beside_the_list_a_bar_shows_where_in_it_one_is(canvas: Canvas) -> None:
    scroll, window = Scroll(), Box(100.0, 100.0, 200.0, 404.0)
    canvas.surface.fill((0, 0, 0))
    draw_thumb(canvas, scroll, window)
    assert canvas.surface.get_at((304, 300))[:3] == (0, 0, 0)
    scroll.offset(1600.0, 400.0, "", None)
    scroll.roll(600.0)
    scroll.offset(1600.0, 400.0, "", None)
    draw_thumb(canvas, scroll, window)
    column = [canvas.surface.get_at((304, y))[:3] for y in (150, 300, 450)]
    assert column == [UNLIT, FAINT, UNLIT]


def test_letters_on_the_screen_write_what_a_keyboard_would() -> None:
    grid = LetterGrid()
    grid.place(100.0, 100.0)
    assert grid.focus.at == ROWS[0][0]
    ids = [key.id for key in grid.page()]
    assert len(set(ids)) == len(ids)
    written = [grid.on_outcome(Chosen(name)) for name in ("a", "shift", "a", "space", "shift", "b")]
    assert written == ["a", "", "A", " ", "", "b"]
    assert grid.on_outcome(Chosen("done")) == DONE
    assert grid.on_outcome(Back()) == ERASE


def test_a_stick_reaches_every_letter() -> None:
    grid = LetterGrid()
    grid.place(0.0, 0.0)
    seen = {grid.focus.at}
    for _ in range(5):
        for action in (Action.RIGHT, Action.LEFT):
            for _ in range(12):
                seen.add(go(grid.focus, action))
        go(grid.focus, Action.DOWN)
        seen.add(grid.focus.at)
    assert seen == {key.id for key in grid.page()}


def test_presses_that_come_before_the_next_page_go_on_from_one_another() -> None:
    focus = focus_on((CHOICE, SLIDER), CHOICE.id)
    turned = [focus.on_input(Pressed(Action.RIGHT)) for _ in range(2)]
    count = len(CHOICE.options)
    assert turned == [Picked(CHOICE.id, (CHOICE.at + k) % count) for k in (1, 2)]
    focus.move_to("loud")
    assert focus.on_input(Pressed(Action.RIGHT)) == Slid("loud", 0.6)
    assert focus.on_input(Pressed(Action.RIGHT)) == Slid("loud", 0.7)


def test_pages_of_letters_have_all_signs_of_ascii_and_letters_of_more_alphabets() -> None:
    grid, written = LetterGrid(), {" "}
    grid.place(0.0, 0.0)
    for _ in PAGES:
        for capitals in (False, True):
            keys = [key.id for key in grid.page()]
            assert len(set(keys)) == len(keys)
            assert len({key.box for key in grid.page()}) == len(keys), "none lies over another"
            written |= {grid.on_outcome(Chosen(key)) for key in keys if len(key) == 1}
            assert grid.on_outcome(Chosen("shift")) == "", capitals
        assert grid.on_outcome(Chosen("turn")) == ""
    assert {chr(code) for code in range(32, 127)} <= written
    assert {*"äÜßẞéØŁşΩςЖЇЂאة"} <= written
    assert all(len(each) == 1 for each in written)
    assert grid.page()[0].id == ROWS[0][0], "round and round"


def test_by_pad_alone_one_types_an_address_and_wants_the_option(canvas: Canvas) -> None:
    question = Question("locked", "Which word?", 40, option="remember it on this machine")
    prompt = Prompt(question, letters=True)
    prompt.draw(canvas, 0.0, Devices())

    def press(control: str) -> object:
        assert prompt._grid is not None
        assert control in {each.id for each in prompt._grid.page()}
        prompt._grid.focus.move_to(control)
        answer = prompt.on_input(Pressed(Action.CONFIRM, pad=True))
        prompt.draw(canvas, 0.0, Devices())
        return answer

    for key in ("1", "turn", ":", "_", "turn", "ü"):
        assert press(key) is None
    assert prompt._grid is not None
    prompt._grid.focus.move_to("done")
    prompt.on_input(Pressed(Action.DOWN, pad=True))
    assert prompt._grid.focus.at == "option", "the ring goes there"
    assert press("option") is None
    assert prompt.option
    assert press("done") == Entered("1:_ü")
    prompt.close()
