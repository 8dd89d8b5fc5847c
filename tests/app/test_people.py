"""Who is here, who is ready, and what one may do about somebody: by keys, mouse and chat."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.player.nearby_cards import read_count
from racer.app.window.controls.control import Button
from racer.app.window.ports import RaceCard
from racer.app.window.scenes.chat.commands import Misunderstood, Remove, read_order
from racer.app.window.scenes.circuit_card import (
    CHOICES,
    CHOICES_FROM,
    ROW,
    VOTE_ROW,
    vote_lines,
    vote_rows,
)
from racer.app.window.scenes.lobby import (
    CARD_HIGH,
    LobbyScene,
    coming_words,
    crowd_words,
    start_label,
    start_words,
)
from racer.app.window.scenes.people.grid_panel import GridPanel
from racer.app.window.scenes.people.people_menu import PeopleMenu
from racer.app.window.scenes.race_list import RaceCards, listed_races
from racer.app.window.scenes.race_scene import RaceScene
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import (
    BeReady,
    Phase,
    RaceView,
    RemovalView,
    SettingVotes,
    Start,
    VoteRemoval,
)
from tests.app.fakes import MINE, FakeSeat
from tests.app.test_scenes import Play

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

GRACE = b"\x02" * 16
ODO = b"o" * 16


@pytest.fixture
def lobby(all_circuits: CircuitSource) -> RaceView:
    seat = FakeSeat(all_circuits)
    seat.unready = (2,)
    view = seat.view()
    assert view is not None
    return view


def with_watcher(view: RaceView) -> RaceView:
    odo = replace(view.drivers[0], node=ODO, name="Odo", number=None, ready=False, watching=True)
    return replace(view, drivers=(*view.drivers, odo))


def test_who_watches_is_told_apart_and_nobody_waits_for_it(lobby: RaceView) -> None:
    view = with_watcher(lobby)
    assert crowd_words(view).startswith("8 here, 1 watching")
    assert start_words(view) == "2 of 4 ready: starts when all are"
    assert [card.id for card in GridPanel().cards(view)][-1] == f"driver {ODO.hex()}"


def test_the_first_plate_starts_where_it_hangs_on_us_alone(lobby: RaceView) -> None:
    def ready(view: RaceView, *numbers: int) -> RaceView:
        drivers = tuple(replace(d, ready=d.bot or d.number in numbers) for d in view.drivers)
        return replace(view, drivers=drivers)

    assert start_label(ready(lobby, 1, 4)) == "ready"
    assert start_label(ready(lobby, 1, 2, 4)) == "start"
    assert start_label(ready(lobby, 3)) == "not ready"
    hosted = replace(ready(lobby), host_name="Ada", may_start=False)
    assert (start_label(hosted), start_words(hosted)) == ("ready", "Ada chooses and starts")
    assert start_label(replace(hosted, may_start=True)) == "start"


def test_a_start_waits_for_the_bots_that_were_asked_for_unless_one_insists(
    lobby: RaceView, all_circuits: CircuitSource
) -> None:
    drivers = tuple(replace(d, ready=d.number != MINE) for d in lobby.drivers)
    here = replace(lobby, drivers=drivers)
    bots = sum(driver.bot for driver in drivers)
    coming = replace(
        here, drivers=tuple(replace(d, number=None if d.number == 8 else d.number) for d in drivers)
    )
    words = "1 bot on the way: the race starts with them"
    assert coming_words(coming, bots, awaited=True) == words
    shy = replace(coming, drivers=(replace(coming.drivers[0], ready=False), *coming.drivers[1:]))
    assert coming_words(shy, bots, awaited=True) == "1 bot on the way: you are ready with them"
    scene = LobbyScene(all_circuits)
    assert scene.on_start(coming, bots) is None
    assert scene.start_due(coming, bots) is None, "the eighth has no car yet"
    assert scene.start_due(here, bots) == Start()
    assert scene.start_due(here, bots) is None, "once"
    assert scene.on_start(here, bots) == Start(), "all are here: nothing to wait for"
    assert scene.on_start(coming, bots) is None
    assert scene.on_start(coming, bots) == Start(), "who asks again has it without them"
    assert scene.on_start(coming, bots) is None
    scene.start_due(replace(coming, phase=Phase.RACING), bots)
    assert scene.start_due(here, bots) is None, "a race has begun: that wish is over"


def test_it_is_told_when_half_are_ready_how_long_the_others_have(lobby: RaceView) -> None:
    view = replace(lobby, starts_ns=lobby.now_ns + 11_500_000_000)
    assert start_words(view) == "2 of 4 ready: starts without the others in 12 s"


def test_votes_are_listed_as_soon_as_two_people_cast_one(
    lobby: RaceView, all_circuits: CircuitSource
) -> None:
    ring, laps = RaceSetup("eagle-pass", 3, sandbox=True), RaceSetup("dockyard", 7)
    one = (SettingVotes("track", ring, ("Ada",)), SettingVotes("sandbox", ring, ("Ada",)))
    assert vote_rows(replace(lobby, votes=one), all_circuits) == []
    both = (*one, SettingVotes("laps", laps, ("Ben",)))
    assert vote_rows(replace(lobby, votes=both), all_circuits) == [
        ("circuit", "Eagle Pass", "Ada"),
        ("sandbox", "on", "Ada"),
        ("laps", "7", "Ben"),
    ]


def test_whatever_is_voted_on_has_a_line_and_those_come_first_on_which_people_differ() -> None:
    rows = [("circuit", "Dockyard", "Zoë, Kim"), ("laps", "5", "Zoë"), ("laps", "3", "Kim")]
    assert list(vote_lines(rows).items()) == [
        ("laps", [("5", "Zoë"), ("3", "Kim")]),
        ("circuit", [("Dockyard", "Zoë, Kim")]),
    ]
    room = CARD_HIGH - (CHOICES_FROM + CHOICES * ROW + 4.0) - 22.0
    assert room >= CHOICES * VOTE_ROW, "a line each, and none is cut"


def test_a_line_of_chat_votes_too(lobby: RaceView) -> None:
    assert read_order("/remove grace", lobby.drivers) == Remove(GRACE, on=True)
    assert read_order("/keep Grace", lobby.drivers) == Remove(GRACE, on=False)
    assert isinstance(read_order("/remove nobody", lobby.drivers), Misunderstood)
    twins = [replace(driver, name="Grace") for driver in lobby.drivers]
    assert isinstance(read_order("/remove grace", twins), Misunderstood)


def test_the_list_tells_those_apart_who_bear_one_name(canvas: Canvas, lobby: RaceView) -> None:
    first, *others = lobby.drivers
    twin = replace(first, node=ODO, name=first.name.upper(), number=None, watching=True)
    view = replace(lobby, drivers=(first, *others, twin))
    menu = PeopleMenu()
    menu.open()
    rows = menu.page(canvas, view, ())
    labels = [each.label for each in rows if isinstance(each, Button)]
    assert f"{first.name} · driver · car {first.number}" in labels
    assert f"{first.name.upper()} · watches" in labels
    assert "Grace" in labels


@pytest.mark.usefixtures("shared_worlds")
def test_somebody_is_muted_and_voted_out_by_keys_and_by_mouse(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits)
    play.press(pygame.K_b)
    play.frames(2)
    room = play.game._room
    assert isinstance(room, RaceScene)
    room._focus.move_to(f"driver {GRACE.hex()}")
    play.press(pygame.K_RETURN)
    play.frames(1)
    play.press(pygame.K_RETURN)  # mute
    play.frames(1)
    assert play.directory.settings.muted == (GRACE.hex(),), "it is kept for the next time"
    card = next(c for c in room._focus._page if c.id == f"driver {GRACE.hex()}")
    click(play, card.box)
    click(play, next(c for c in room._focus._page if c.id == "remove").box)
    assert play.handle.sent == [VoteRemoval(GRACE, on=True)]
    view, sight = play.handle.view(), play.handle.view
    assert view is not None
    poll = RemovalView(GRACE, "Grace", ("Leslie",), 3, view.now_ns + 9_000_000_000, True)
    play.handle.view = lambda: replace(sight() or view, removals=(poll,))  # type: ignore[method-assign]
    click(play, card.box)
    play.press(pygame.K_DOWN, pygame.K_RETURN)
    assert play.handle.sent[-1] == VoteRemoval(GRACE, on=False), "a vote is taken back"
    play.frames(1)
    play.press(pygame.K_s)
    assert play.handle.sent[-1] != VoteRemoval(GRACE, on=True), "the keys are the lobby's again"
    play.handle.view = lambda: replace(view, removed="You were removed")  # type: ignore[method-assign]
    play.frames(1)
    play.press(pygame.K_ESCAPE)
    assert play.handle.left


@pytest.mark.usefixtures("shared_worlds")
def test_again_leads_to_a_lobby_in_which_one_is_ready(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits)
    play.press(pygame.K_b)
    play.frames(1)
    play.handle.start()
    play.handle.step(300)
    play.handle.phase = Phase.FINISHED
    play.frames(2, ticks=0)
    play.handle.back_to_lobby()
    play.frames(30, ticks=0)
    play.press(pygame.K_RETURN)
    assert play.handle.sent[-1] == BeReady(on=True)


def click(play: Play, box: Box) -> None:
    at = tuple(round(part * play.game._devices.scale) for part in box.centre)
    play.game.on_event(pygame.Event(pygame.MOUSEMOTION, pos=at, rel=(1, 1), buttons=(0, 0, 0)))
    play.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    play.frames(1)


def test_a_card_tells_why_not_and_that_one_waits_in_what_is_full(
    all_circuits: CircuitSource,
) -> None:
    cards = (
        RaceCard("a", 3, None, "", True, note="its passphrase was another than yours"),
        RaceCard("b", 25, Phase.RACING, "dockyard", False, cars=24, lap="1/3", full=True),
        RaceCard("c", 2, Phase.LOBBY, "dockyard", False, "you were voted out of it"),
        RaceCard("d", 3, Phase.LOBBY, "dockyard", False, cars=2, ping_ms=3.0),
    )
    rows = listed_races(cards, None)
    drawn = RaceCards(all_circuits)
    assert [drawn._summary_of(row)[0] for row in rows] == [
        "its passphrase was another than yours",
        "full: all 24 cars are taken; join to wait for one, or watch",
        "cannot be joined: you were voted out of it",
        "3 there, 2 cars · Dockyard",
    ]


@pytest.mark.parametrize(
    ("text", "count"), [("12", 12), (None, None), ("", None), ("-1", None), ("٣", None)]
)
def test_a_count_that_is_none_is_not_believed(text: str | None, count: int | None) -> None:
    assert read_count(text) == count
