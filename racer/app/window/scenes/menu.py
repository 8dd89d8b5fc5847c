"""The title: bots race behind it, and the races nearby appear by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.palette import ACCENT, FAINT, GOOD, INK, PANEL, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.circuit_source import DEFAULT
from racer.app.window.hud.key_hints import draw_keys
from racer.app.window.input.text_field import (
    NAME_CHARS_MAX,
    RACE_CHARS_MAX,
    Cancelled,
    Entered,
    TextField,
)
from racer.app.window.scene import Close, JoinRace, OpenRace, Practice
from racer.app.window.scenes.demo import Demo
from racer.app.window.world.camera import Camera, Sight
from racer.app.window.world.playback import between, velocity
from racer.core.tuning import TICK_S

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.ports import RaceCard, RaceDirectory
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter

DEMO_CARS: Final = 8
WATCH_S: Final = 14.0  # behind the title the camera goes on to another car after so long
ASIDE_M: Final = 26.0  # the watched car is right of the middle: the list stands on the left
CARDS_MAX: Final = 7
LIST_WIDTH: Final = 560.0
KEYS: Final = (
    ("Enter", "join"),
    ("N", "new race"),
    ("B", "practice against bots"),
    ("Up Down", "select"),
    ("F2", "your name"),
    ("F11", "full screen"),
    ("Esc", "quit"),
)


@final
class MenuScene:
    """Lists the races nearby and starts or joins one."""

    def __init__(self, directory: RaceDirectory, world_cache: WorldCache) -> None:
        self._directory = directory
        self._circuits = world_cache.circuits
        self._selected = ""  # a race by name: the list may change under the cursor
        self._field: str | None = None  # what is being typed: "name" or "race"
        self._entry = TextField(NAME_CHARS_MAX)
        self._backdrop = _Backdrop(world_cache)
        self._clock_s = 0.0

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in a key."""
        if self._field is not None:
            return self._on_field_event(event)
        if event.type != pygame.KEYDOWN:
            return None
        match event.key:
            case pygame.K_RETURN | pygame.K_KP_ENTER:
                return self._join_race()
            case pygame.K_UP:
                self._move_selection(-1)
            case pygame.K_DOWN:
                self._move_selection(1)
            case pygame.K_n:
                self._start_typing("race", RACE_CHARS_MAX, "")
            case pygame.K_F2:
                self._start_typing("name", NAME_CHARS_MAX, self._directory.settings.name)
            case pygame.K_b:
                return Practice()
            case pygame.K_ESCAPE:
                return Close()
            case _:
                pass
        return None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the title over the demo."""
        self._clock_s += frame.dt
        self._backdrop.draw(canvas, frame)
        _draw_title(canvas)
        self._draw_races(canvas)
        x = canvas.width - 40.0
        name = self._directory.settings.name
        width = canvas.text_width(name, 22, bold=True)
        canvas.panel(x - width - 132.0, 36.0, width + 152.0, 44.0, PANEL, 215)
        canvas.text("driving as", x - width - 116.0, 50.0, 15, FAINT)
        canvas.text(name, x + 2.0, 44.0, 22, ACCENT, bold=True, align=1.0)
        draw_keys(canvas, KEYS)
        if self._field is not None:
            self._draw_dialogue(canvas)

    def _offered_races(self) -> tuple[str, ...]:
        """Return the races that can be selected: first the one to come back to."""
        offer = self._directory.resume_offer()
        names = [card.race for card in self._directory.nearby()]
        return tuple(dict.fromkeys(([offer] if offer else []) + names))

    def _current_race(self) -> str | None:
        offers = self._offered_races()
        if self._selected in offers:
            return self._selected
        return offers[0] if offers else None

    def _move_selection(self, step: int) -> None:
        offers, current = self._offered_races(), self._current_race()
        if current is not None:
            self._selected = offers[(offers.index(current) + step) % len(offers)]

    def _join_race(self) -> Ask | None:
        current = self._current_race()
        if current is None:
            return Practice()
        cards = [card for card in self._directory.nearby() if card.race == current]
        closed = bool(cards) and all(card.apart for card in cards)
        return None if closed else JoinRace(current)  # its row says why

    def _start_typing(self, field: str, limit: int, text: str) -> None:
        self._field = field
        self._entry = TextField(limit)
        self._entry.begin(text)

    def _on_field_event(self, event: pygame.Event) -> Ask | None:
        done = self._entry.on_event(event)
        if done is None:
            return None
        field, self._field = self._field, None
        self._entry.end()
        match done:
            case Entered(text) if field == "race":
                return OpenRace(text or self._default_race_name())
            case Entered(text) if text:
                self._directory.settings = replace(self._directory.settings, name=text)
            case Entered() | Cancelled():
                pass
        return None

    def _default_race_name(self) -> str:
        """Return what a race is called whose founder types no name."""
        return f"{self._directory.settings.name}'s race"[:RACE_CHARS_MAX]

    def _draw_races(self, canvas: Canvas) -> None:
        x, y = 40.0, 226.0
        cards = self._directory.nearby()
        offer = self._directory.resume_offer()
        canvas.panel(x, y, LIST_WIDTH, 404.0, PANEL, 214, 14)
        canvas.text("RACES NEARBY", x + 20.0, y + 14.0, 15, FAINT, bold=True)
        dots = "." * (1 + int(self._clock_s * 2.0) % 3)
        canvas.text(f"listening{dots}", x + LIST_WIDTH - 96.0, y + 14.0, 14, FAINT)
        top = y + 42.0
        if offer:
            self._draw_card(
                canvas, offer, "you were in this race: Enter takes you back", top, alert=True
            )
            top += 48.0
        for card in [card for card in cards if card.race != offer][:CARDS_MAX]:
            self._draw_card(canvas, card.race, _race_summary(card, self._circuits), top)
            top += 48.0
        if not cards and not offer:
            canvas.text("Nobody is racing here yet.", x + 20.0, top + 16.0, 22, WHITE, bold=True)
            words = ("Enter", "starts a race against bots.", "N", "opens one for your friends.")
            canvas.text(f"{words[0]}  {words[1]}", x + 20.0, top + 54.0, 18, SOFT)
            canvas.text(f"{words[2]}  {words[3]}", x + 20.0, top + 80.0, 18, SOFT)
        line = self._directory.network()
        if line:
            canvas.text(line, x + 20.0, y + 374.0, 14, ACCENT)

    def _draw_card(
        self, canvas: Canvas, race: str, about: str, y: float, *, alert: bool = False
    ) -> None:
        x = 40.0
        chosen = race == self._current_race()
        colour = ACCENT if chosen else PANEL_LIGHT
        canvas.panel(x + 12.0, y, LIST_WIDTH - 24.0, 42.0, colour, 245 if chosen else 170, 8)
        ink = INK if chosen else GOOD if alert else WHITE
        wide = canvas.text(race, x + 26.0, y + 8.0, 21, ink, bold=True)
        quiet = INK if chosen else SOFT
        room = LIST_WIDTH - 60.0 - wide
        size = 15.0 if canvas.text_width(about, 15) < room else 12.0
        canvas.text(about, x + LIST_WIDTH - 26.0, y + 12.0, size, quiet, align=1.0)

    def _draw_dialogue(self, canvas: Canvas) -> None:
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        x, y = canvas.width / 2.0 - 250.0, canvas.height / 2.0 - 80.0
        canvas.panel(x, y, 500.0, 150.0, PANEL, 250, 16)
        words = "Name of the new race" if self._field == "race" else "Your name"
        canvas.text(words, x + 28.0, y + 20.0, 18, SOFT)
        canvas.panel(x + 24.0, y + 50.0, 452.0, 48.0, PANEL_LIGHT, 255, 8)
        if self._field == "race" and not self._entry.text:
            canvas.text(self._default_race_name(), x + 42.0, y + 59.0, 24, FAINT)
        self._entry.draw(canvas, x + 38.0, y + 59.0, 430.0, 24, self._clock_s)
        canvas.text("Enter done · Esc never mind", x + 28.0, y + 114.0, 14, FAINT)


@final
class _Backdrop:
    """A demo race of bots, seen from over one of them, darkened where text stands."""

    def __init__(self, world_cache: WorldCache) -> None:
        circuits = world_cache.circuits
        track = circuits.track(DEFAULT)
        assert track is not None, "the default circuit ships with the game"
        self._world_cache = world_cache
        self._track = track
        self._demo = Demo(track, circuits.line(track), DEMO_CARS)
        self._camera = Camera()
        self._owed_s = 0.0
        self._time_s = 0.0
        self._shade: pygame.Surface | None = None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        world = self._world_cache.world(self._track, canvas, frame.dt)
        world.garage.expect([(number, 0) for number in range(DEMO_CARS)])
        world.warm()
        self._step_demo(world, frame.dt)
        cars = self._demo.cars()
        car = cars[int(self._time_s / WATCH_S) % len(cars)]
        part = self._owed_s / TICK_S
        x, y, _ = between(car, part)
        sight = self._camera.follow(x, y, *velocity(car.before, car.pose), frame.dt)
        sight = Sight(sight.x - ASIDE_M, sight.y)
        world.draw(canvas, sight, cars, (), part, frame.dt)
        size = canvas.surface.get_size()
        if self._shade is None or self._shade.get_size() != size:
            self._shade = _shade(size)
        canvas.surface.blit(self._shade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)

    def _step_demo(self, world: WorldPainter, dt: float) -> None:
        self._time_s += dt
        self._owed_s = min(self._owed_s + dt, 4.0 * TICK_S)
        while self._owed_s >= TICK_S:
            self._owed_s -= TICK_S
            self._demo.step()
            world.tick(self._demo.cars())


def _shade(size: tuple[int, int]) -> pygame.Surface:
    """Return a picture to multiply with: dark on the left, where the list stands."""
    small = pygame.Surface((8, 2)).convert()
    for k, grey in enumerate((92, 96, 112, 150, 196, 220, 226, 214)):
        small.fill((grey, grey, min(255, grey + 6)), (k, 0, 1, 2))
    return pygame.transform.smoothscale(small, size)


def _draw_title(canvas: Canvas) -> None:
    """Draw the name of the game, with a chequered tail."""
    x, y = 40.0, 40.0
    canvas.text("RACER", x, y, 118, WHITE, bold=True, shadow=True)
    wide = canvas.text_width("RACER", 118, bold=True)
    for row in range(3):
        for k in range(9):
            if (row + k) % 2 == 0:
                fade = 1.0 - k / 11.0
                side = 15.0
                grey = round(255 * fade)
                at = (x + wide + 22.0 + k * side + row * 5.0, y + 52.0 + row * side)
                canvas.bar(*at, side, side, (grey, grey, grey))
    canvas.bar(x + 4.0, y + 138.0, wide * 0.72, 5.0, ACCENT)
    canvas.text("one network, no server, first to the line", x + 4.0, y + 150.0, 19, SOFT)


def _race_summary(card: RaceCard, circuits: CircuitSource) -> str:
    if card.apart:
        return f"cannot be joined: {card.apart}"
    track = circuits.track(card.track)
    title = track.title if track is not None else card.track
    people = f"{card.players} driver{'s' if card.players != 1 else ''}"
    words = [people, title, str(card.phase)]
    return " · ".join([*words, "locked"] if card.locked else words)
