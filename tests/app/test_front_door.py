"""The front door: races as cards, the form that opens one, passphrases; by keys and by mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.circuit_source import DEFAULT
from racer.app.window.ports import ADDRESSES_MAX, LeftRace, RaceCard
from racer.app.window.scene import AskPassphrase, Depart, OpenRace, Practice
from racer.app.window.scenes.race_list import listed_races
from racer.app.window.scenes.race_scene import RaceScene
from racer.core.rules.modes import Mode
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import Phase
from tests.app.test_scenes import Play
from tests.app.written import note_written

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def open_form(play: Play) -> None:
    """Open the form, with the ring on its first row."""
    play.press(pygame.K_n)
    play.frames(1)
    form = play.game._menu._form
    assert form is not None
    form.focus.move_to("name")
    play.frames(1)


def test_a_new_race_is_two_presses_away(play: Play) -> None:
    play.press(pygame.K_n)
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.opened == ["Ada's race"]


def test_a_new_race_gets_the_name_that_was_typed(play: Play) -> None:
    open_form(play)
    play.press(pygame.K_RETURN)
    play.type("sunday cupp")
    play.frames(1)
    play.press(pygame.K_BACKSPACE, pygame.K_RETURN)
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.wishes == [OpenRace("sunday cup", None, RaceSetup(DEFAULT, 3))]


def test_a_new_race_without_a_name_is_called_by_its_founder(play: Play) -> None:
    for control in ("new race", "open"):
        click(play, control)
    assert play.directory.opened == ["Ada's race"]


def test_the_form_says_what_is_raced_by_whom_and_who_may_come_in(play: Play) -> None:
    open_form(play)
    for key in (pygame.K_DOWN, pygame.K_RIGHT):
        play.press(key)
    play.type("hush")
    play.press(pygame.K_RETURN)
    play.frames(1)
    form = play.game._menu._form
    assert form is not None
    for control, times in (("track", 1), ("laps", 2), ("bots", 3), ("skill", 1), ("mode", 1)):
        form.focus.move_to(control)
        for _ in range(times):
            play.press(pygame.K_RIGHT)
            play.frames(1)
    click(play, "open")
    setup = RaceSetup("alder-park", 5, mode=list(Mode)[1])
    assert play.directory.wishes == [OpenRace("Ada's race", "hush", setup, 3, 0.45)]


def test_a_locked_race_without_a_passphrase_is_not_opened(play: Play) -> None:
    open_form(play)
    play.press(pygame.K_DOWN, pygame.K_RIGHT, pygame.K_ESCAPE)
    play.frames(1)
    click(play, "open")
    assert play.directory.opened == []


def locked_card() -> RaceCard:
    return RaceCard("friday", 3, Phase.LOBBY, "harbour-ring", locked=True)


def after_a_wrong_word(screen: Screen, circuits: CircuitSource, waiting: str) -> Play:
    """Return a window in which a locked race was entered by a wrong word; and why one waits."""
    play = Play(screen, circuits, (locked_card(),))
    play.directory.waiting = waiting
    play.press(pygame.K_RETURN)
    play.type("wrong")
    play.press(pygame.K_RETURN)
    return play


def test_a_locked_race_asks_for_its_passphrase_and_never_opens_a_second_one(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.press(pygame.K_RETURN)
    play.type("hush")
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert (play.directory.joined, play.directory.words) == (["friday"], ["hush"])
    assert play.directory.opened == []
    play.frames(2)
    play.press(pygame.K_c)
    assert play.directory.settings.passphrases == (), "nobody said that it should be kept"


def test_a_passphrase_is_kept_if_one_says_so_and_once_it_has_let_one_in(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.directory.waiting = "friday: Sam is listed at 192.168.1.7 but has not answered"
    play.press(pygame.K_RETURN, pygame.K_TAB)
    play.type("hush")
    play.press(pygame.K_RETURN)
    play.frames(2)
    assert not play.directory.settings.passphrases
    play.handle.waiting = ""
    play.frames(2)
    assert play.directory.settings.passphrases == (("friday", "hush"),), "nothing more is pressed"
    play.press(pygame.K_ESCAPE)
    play.answer()
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.words == ["hush", "hush"], "now nobody is asked"


def test_who_opens_a_locked_race_may_have_its_passphrase_kept(play: Play) -> None:
    for keeps in (False, True):
        open_form(play)
        play.press(pygame.K_DOWN, pygame.K_RIGHT)
        play.type("hush")
        play.press(pygame.K_RETURN)
        play.frames(1)
        if keeps:
            form = play.game._menu._form
            assert form is not None
            form.focus.move_to("keep")
            play.press(pygame.K_RIGHT)
            play.frames(1)
        click(play, "open")
        play.frames(2)
        play.press(pygame.K_c)
        assert play.directory.settings.passphrases == ((("Ada's race", "hush"),) if keeps else ())
        play.game.perform_ask(Depart())
        play.frames(1)


def test_who_asked_to_watch_has_the_word_kept_and_watches_at_the_second_try_too(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.directory.waiting = "friday: it has another passphrase"
    play.press(pygame.K_w, pygame.K_TAB)
    play.type("wrong")
    play.press(pygame.K_RETURN)
    play.frames(2)
    play.game.perform_ask(AskPassphrase("friday"))
    play.directory.watched, play.directory.waiting = "", ""
    play.press(pygame.K_TAB)
    play.type("hush")
    play.press(pygame.K_RETURN)
    play.frames(2)
    play.press(pygame.K_c)
    assert play.directory.watched == "friday"
    assert play.directory.settings.passphrases == (("friday", "hush"),)


def test_a_word_that_let_nobody_in_is_not_kept_by_another_race(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.directory.waiting = "friday: it has another passphrase"
    play.press(pygame.K_RETURN, pygame.K_TAB)
    play.type("wrong")
    play.press(pygame.K_RETURN)
    play.frames(2)
    play.directory.waiting = ""
    play.game.perform_ask(Depart())
    play.game.perform_ask(Practice())
    play.frames(2)
    play.press(pygame.K_c)
    assert play.directory.settings.passphrases == ()


@pytest.mark.parametrize("barred", ["barred", "denied", ""])
def test_only_who_gets_in_by_waiting_is_on_the_way_to_the_grid(
    screen: Screen,
    all_circuits: CircuitSource,
    monkeypatch: pytest.MonkeyPatch,
    barred: str,
) -> None:
    play = after_a_wrong_word(
        screen, all_circuits, "friday: it is at 10.0.0.2, under another passphrase"
    )
    assert play.directory.handle is not None
    if barred:
        setattr(play.directory.handle, barred, True)
    told = note_written(monkeypatch)
    play.frames(2)
    assert play.directory.waiting in told
    assert ("To the grid …" in told) is not bool(barred)
    assert ("This race does not let you in" in told) is bool(barred)


def test_enter_asks_for_another_word_once_one_was_refused_and_never_before(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = after_a_wrong_word(screen, all_circuits, "friday: nobody answers")
    play.frames(2)
    play.press(pygame.K_RETURN)
    room = play.game._room
    assert isinstance(room, RaceScene), "a second Enter is for nothing"
    assert play.directory.handle is not None
    play.directory.handle.denied = True
    play.frames(2)
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert play.game._room is None
    assert play.game._menu._prompt is not None


def test_who_is_not_let_in_may_try_another_passphrase(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.press(pygame.K_RETURN)
    play.type("wrong")
    play.press(pygame.K_RETURN)
    play.handle.waiting = "friday: Sam is listed at 192.168.1.7 but has not answered"
    play.frames(2)
    play.press(pygame.K_RETURN)
    assert play.game._room is not None, "Enter may have been pressed twice to get in"
    play.press(pygame.K_RIGHT, pygame.K_RETURN)
    assert play.handle.left
    play.type("hush")
    play.press(pygame.K_RETURN)
    assert play.directory.words == ["wrong", "hush"]


@pytest.mark.parametrize("word", ["", "hush"])
def test_back_to_a_locked_race_of_which_nothing_is_heard_takes_its_word(
    screen: Screen, all_circuits: CircuitSource, word: str
) -> None:
    others = RaceCard("friday", 3, Phase.LOBBY, "harbour-ring", locked=False)
    play = Play(screen, all_circuits, (others,))
    play.directory.offer = LeftRace("friday", locked=True)
    kept = (("friday", word),) if word else ()
    play.directory.settings = replace(play.directory.settings, passphrases=kept)
    play.frames(1)
    first, second = play.game._menu._races
    assert (first.card, first.locked, first.ours) == (None, True, True)
    assert (second.card, second.ours) == (others, False), "the open one is another race"
    play.press(pygame.K_RETURN)
    if not word:
        assert play.directory.joined == [], "without the word an open race would be founded"
        play.type("hush")
        play.press(pygame.K_RETURN)
    assert (play.directory.joined, play.directory.words) == (["friday"], ["hush"])


def test_back_to_an_open_race_takes_no_word_and_none_of_a_locked_one_of_that_name(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits, (locked_card(),))
    play.directory.offer = LeftRace("friday", locked=False)
    kept = (("friday", "hush"),)
    play.directory.settings = replace(play.directory.settings, passphrases=kept)
    play.frames(1)
    assert [race.card for race in play.game._menu._races] == [None, locked_card()]
    play.press(pygame.K_RETURN)
    assert (play.directory.joined, play.directory.words) == (["friday"], [None])


@pytest.mark.parametrize("old", [False, True])
def test_a_race_that_a_crash_left_long_ago_is_offered_as_that(
    screen: Screen, all_circuits: CircuitSource, *, old: bool
) -> None:
    play = Play(screen, all_circuits, ())
    play.directory.offer = LeftRace("friday", locked=False, old=old)
    play.frames(1)
    (row,) = play.game._menu._races
    words, _ = play.game._menu._list._summary_of(row)
    assert ("twelve hours ago" in words) == old


@pytest.mark.parametrize("ours", [False, True])
def test_a_full_race_lets_one_wait_and_back_to_ones_own_car(
    screen: Screen, all_circuits: CircuitSource, *, ours: bool
) -> None:
    full = RaceCard("friday", 24, Phase.RACING, "harbour-ring", False, cars=24, full=True)
    play = Play(screen, all_circuits, (full,))
    play.directory.offer = LeftRace("friday", locked=False) if ours else None
    play.frames(1)
    (row,) = play.game._menu._races
    words, _ = play.game._menu._list._summary_of(row)
    assert ("back to your car" if ours else "join to wait for one, or watch") in words
    play.press(pygame.K_RETURN)
    assert play.directory.joined == ["friday"]


def click(play: Play, control: str) -> None:
    """Press a control of the title, or of the question over it, with the mouse."""
    menu, room = play.game._menu, play.game._room
    pages = [room._focus._page if isinstance(room, RaceScene) else menu._focus._page]
    if menu._form is not None:
        pages = [menu._form.focus._page]
    if menu._prompt is not None:
        grid = menu._prompt._grid
        pages = [menu._prompt._buttons._page, () if grid is None else grid.page()]
    if menu._consent is not None:
        pages = [menu._consent.focus._page]
    box = next(each.box for page in pages for each in page if each.id == control)
    at = tuple(round(part * play.game._devices.scale) for part in box.centre)
    play.game.on_event(pygame.Event(pygame.MOUSEMOTION, pos=at, rel=(0, 0), buttons=(0, 0, 0)))
    play.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    play.game.on_event(pygame.Event(pygame.MOUSEBUTTONUP, pos=at, button=1))
    play.frames(1)


def test_a_named_race_is_opened_with_the_mouse_alone(play: Play) -> None:
    for control in ("new race", "name", "letters", "c", "u", "p", "space", "1", "done", "open"):
        click(play, control)
    assert play.directory.opened == ["cup 1"]


def test_the_mouse_alone_quits(play: Play) -> None:
    for control in ("new race", "name", "cancel", "never", "quit", "go"):
        click(play, control)
    assert not play.game.running
    assert play.directory.opened == []


def test_a_listed_race_is_joined_by_a_click_on_its_card(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    card = RaceCard("friday", 3, Phase.LOBBY, "harbour-ring", locked=False)
    play = Play(screen, all_circuits, (card,))
    click(play, "race friday")
    assert play.directory.joined == ["friday"]


def test_a_race_in_a_long_list_is_found_by_arrows_and_by_the_wheel(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    names = [f"race {k:02}" for k in range(20)]
    cards = tuple(RaceCard(n, 3, Phase.RACING, "dockyard", locked=False) for n in names)
    play = Play(screen, all_circuits, cards)
    for _ in range(12):
        play.press(pygame.K_DOWN)
        play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.joined == [names[12]]
    play = Play(screen, all_circuits, cards)
    for _ in range(30):
        play.game.on_event(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-1))
        play.frames(1)
    click(play, f"race {names[19]}")
    assert play.directory.joined == [names[19]]


def test_layouts_differ_in_letters_and_not_in_the_places_of_keys(play: Play) -> None:
    cyrillic = pygame.Event(
        pygame.KEYDOWN, key=ord("и"), mod=0, unicode="и", scancode=pygame.KSCAN_B
    )
    play.game.on_event(cyrillic)
    assert play.directory.opened == ["practice"]


def test_no_race_hides_another_by_its_name() -> None:
    names = (("friday", True), ("friday locked", False), ("friday", False), ("locked race x", True))
    cards = tuple(RaceCard(name, 1, Phase.LOBBY, "dockyard", locked) for name, locked in names)
    listed = listed_races(cards, None)
    assert {race.card for race in listed} == set(cards)
    assert len({race.id for race in listed}) == 4


def test_an_address_or_code_of_friends_is_sought_and_a_wrong_one_asked_for_again(
    play: Play,
) -> None:
    play.press(pygame.K_a)
    play.frames(1)
    play.type("nonsense")
    play.press(pygame.K_RETURN)
    play.frames(1)
    prompt = play.game._menu._prompt
    assert prompt is not None
    assert "is not HOST:PORT" in prompt.question.note
    for _ in "nonsense":
        play.press(pygame.K_BACKSPACE)
    play.type("10.0.0.7:40000")
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert play.directory.sought == ["nonsense", "10.0.0.7:40000"]
    assert play.directory.settings.addresses == ("10.0.0.7:40000",), "what is none is not kept"


def test_the_last_addresses_are_kept_and_called_back_by_the_arrow_up(play: Play) -> None:
    typed = [f"10.0.0.{k}:4000" for k in range(ADDRESSES_MAX + 1)]
    for place in (*typed, typed[3]):
        play.press(pygame.K_a)
        play.type(place)
        play.press(pygame.K_RETURN)
    assert play.directory.settings.addresses == (*typed[1:3], *typed[4:], typed[3])
    play.press(pygame.K_a)
    play.frames(1)
    prompt = play.game._menu._prompt
    assert prompt is not None
    assert typed[3] in prompt.question.hint
    play.press(pygame.K_UP, pygame.K_UP, pygame.K_RETURN)
    assert play.directory.sought[-1] == typed[-1]


def test_what_keeps_friends_apart_is_one_key_away_and_back_is_the_list(play: Play) -> None:
    def pages() -> list[str]:
        return [control.id for control in play.game._menu._focus._page]

    play.press(pygame.K_h)
    play.frames(1)
    assert pages() == ["quit"], "behind it nothing can be pressed"
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    assert "practice" in pages()


def test_who_presses_twice_to_leave_a_race_does_not_quit(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(2)
    play.game.close()
    play.press(pygame.K_ESCAPE)
    assert play.game.running
    play.frames(80)
    play.press(pygame.K_ESCAPE)
    play.answer()
    assert not play.game.running
