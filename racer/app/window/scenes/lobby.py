"""Before the race: who is here, and what the next race is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.race_settings import RACE_SETTINGS
from racer.app.window.base.box import Box
from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    FAINT,
    GOOD,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    WHITE,
)
from racer.app.window.controls.control import Selector
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.input.actions import Action
from racer.app.window.scenes.circuit_card import CHOICES_FROM, ROW, CircuitCard
from racer.app.window.scenes.pending_choice import PendingChoice
from racer.app.window.world.cars.garage import Garage
from racer.core.tuning import CARS, GRID_MAX, LAPS_MAX
from racer.play.view import ChooseCar

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.control import Page, Picked
    from racer.app.window.input.devices import Devices
    from racer.app.window.scene import Frame
    from racer.app.window.world.painter import WorldPainter
    from racer.core.rules.race_setup import RaceSetup
    from racer.play.view import DriverView, Intent, RaceView

STATES: Final[dict[str, Colour]] = {"alive": GOOD, "suspect": ACCENT, "down": BAD, "left": FAINT}
LAPS: Final = tuple(str(number) for number in range(1, LAPS_MAX + 1))
PLATES: Final = (
    ("start", "start", Action.START),
    ("add bot", "add a bot", Action.ADD_BOT),
    ("remove bot", "remove one", None),
    ("car", "your car", Action.CAR),
    ("chat", "chat", Action.CHAT),
    ("phrases", "phrase", Action.PHRASES),
    ("leave", "leave", Action.BACK),
)


@final
class LobbyScene:
    """Shows a race's lobby and turns what is chosen in it into intents."""

    def __init__(self, circuits: CircuitSource) -> None:
        self._circuits = circuits
        self._choice_pending = PendingChoice()
        self._card = CircuitCard(circuits)
        self._garage: Garage | None = None
        self._garage_scale = 0.0

    def page(self, canvas: Canvas, view: RaceView, devices: Devices, bots: int) -> Page:
        """Return what can be pressed and chosen."""
        view = self._choice_pending.over(view)
        shown = [plate for plate in PLATES if bots or plate[0] != "remove bot"]
        plates = strip_buttons(canvas, devices, tuple(shown))
        start = replace(plates[0], lit=True)
        return (start, *self._setup_page(canvas, view), *plates[1:])

    def _setup_page(self, canvas: Canvas, view: RaceView) -> Page:
        x, y, width, _ = _card_box(canvas)
        setup, names = view.setup, self._circuits.names()
        track = view.circuit or self._circuits.track(setup.track)
        at = names.index(setup.track) if setup.track in names else 0
        titles = list(names)
        titles[at] = track.title if track is not None else setup.track
        rows = [("track", "circuit", tuple(titles), at), ("laps", "laps", LAPS, setup.laps - 1)]
        rows += [(s.field, s.label, s.choices, s.at(setup)) for s in RACE_SETTINGS]
        return tuple(
            Selector(
                id=name,
                box=Box(x + 12.0, y + CHOICES_FROM + k * ROW, width - 24.0, ROW - 4.0),
                label=label,
                options=options,
                at=at,
                enabled=name != "laps" or not setup.mode.rules.laps_told,
            )
            for k, (name, label, options, at) in enumerate(rows)
        )

    def on_picked(self, picked: Picked, view: RaceView) -> Intent:
        """Return what a choice asks for."""
        setup = self._choice_pending.over(view).setup
        return self._choice_pending.choose(self._changed_setup(picked, setup))

    def _changed_setup(self, picked: Picked, setup: RaceSetup) -> RaceSetup:
        match picked.id:
            case "track":
                names = self._circuits.names()
                return replace(setup, track=names[picked.at], content=None)
            case "laps":
                return replace(setup, laps=picked.at + 1)
            case _:
                setting = next(each for each in RACE_SETTINGS if each.field == picked.id)
                return setting.chosen(setup, picked.at)

    def next_car(self, view: RaceView) -> ChooseCar | None:
        """Return the wish for the kind after ours; it goes round."""
        mine = next((driver for driver in view.drivers if driver.mine), None)
        return None if mine is None else ChooseCar((mine.car + 1) % len(CARS))

    def draw(
        self, canvas: Canvas, view: RaceView, world: WorldPainter | None, frame: Frame
    ) -> None:
        """Draw the lobby on a bird's view of its circuit."""
        self._choice_pending.on_view(view, frame.now_ns)
        view = self._choice_pending.over(view)
        canvas.surface.fill(INK)
        if world is not None:
            _draw_backdrop(canvas, world, frame)
        self._draw_title(canvas, view)
        self._draw_drivers(canvas, view)
        self._card.draw(canvas, view, _card_box(canvas))
        draw_strip(canvas)

    def _draw_title(self, canvas: Canvas, view: RaceView) -> None:
        canvas.text(view.race, 40.0, 26.0, 50, WHITE, bold=True, shadow=True)
        words = f"{len(view.drivers)} here"
        if view.players:
            words += f", starts by itself with {view.players}"
        if view.coordinator_name:
            words += f" · {view.coordinator_name} coordinates"
        canvas.text(words, 42.0, 86.0, 18, SOFT, shadow=True)
        mine = next((driver for driver in view.drivers if driver.mine), None)
        if mine is not None and 0 <= mine.car < len(CARS):
            words = f"your car: {CARS[mine.car].title}"
            canvas.text(words, 700.0, 86.0, 18, WHITE, align=1.0, shadow=True)
        if not view.synced:
            canvas.text("catching up with the race …", 42.0, 108.0, 16, ACCENT, shadow=True)

    def _draw_drivers(self, canvas: Canvas, view: RaceView) -> None:
        """Draw the grid panel: a place for each car, filled or free."""
        x, y, width, line = 40.0, 132.0, 660.0, 60.0
        canvas.panel(x, y, width, 20.0 + line * 8.0 / 2.0 + 60.0, PANEL, 214)
        canvas.text("GRID", x + 18.0, y + 10.0, 14, FAINT, bold=True)
        places = 8 if len(view.drivers) <= 8 else GRID_MAX
        row_height = 64.0 if places == 8 else 32.0
        for k in range(places):
            left = x + 14.0 + (k % 2) * (width / 2.0 - 6.0)
            top = y + 34.0 + (k // 2) * row_height
            driver = view.drivers[k] if k < len(view.drivers) else None
            self._draw_slot(canvas, view, driver, (left, top, width / 2.0 - 18.0, row_height - 6.0))

    def _draw_slot(
        self,
        canvas: Canvas,
        view: RaceView,
        driver: DriverView | None,
        box: tuple[float, float, float, float],
    ) -> None:
        x, y, width, height = box
        if driver is None:
            canvas.panel(x, y, width, height, PANEL_LIGHT, 70, 8)
            canvas.text("free", x + 74.0, y + height / 2.0 - 9.0, 15, FAINT)
            return
        canvas.panel(x, y, width, height, PANEL_LIGHT, 240 if driver.mine else 190, 8)
        if driver.mine:
            canvas.bar(x, y + 6.0, 4.0, height - 12.0, ACCENT)
        number = driver.number
        if number is not None:
            picture = self._garage_for_canvas(canvas).picture(
                number, 0.0, braking=False, ghost=False, kind=driver.car
            )
            middle = (canvas.px(x + 38.0), canvas.px(y + height / 2.0))
            at = (middle[0] - picture.get_width() // 2, middle[1] - picture.get_height() // 2)
            canvas.surface.blit(picture, at)
        tall = height > 40.0
        top = y + (7.0 if tall else 3.0)
        colour = ACCENT if driver.mine else WHITE
        wide = canvas.text(_short_name(driver.name), x + 74.0, top, 19, colour, bold=True)
        if driver.coordinator:
            _draw_crown(canvas, x + 84.0 + wide, top + 5.0)
        self._draw_driver_state(canvas, driver, (x, y, width, height))

    def _draw_driver_state(
        self, canvas: Canvas, driver: DriverView, box: tuple[float, float, float, float]
    ) -> None:
        x, y, width, height = box
        right = x + width - 12.0
        words = "" if driver.rtt_ms is None else f"{driver.rtt_ms:.0f} ms"
        colour = STATES.get(driver.state, FAINT)
        middle = (canvas.px(right - 3.0), canvas.px(y + 16.0))
        pygame.draw.aacircle(canvas.surface, colour, middle, canvas.px(4))
        if height > 40.0:
            kind = "bot" if driver.bot else "you" if driver.mine else "driver"
            if driver.state != "alive":
                kind = driver.state
            ready = "" if driver.ready else ", not ready"
            if driver.circuit < 1.0:
                ready = f", {100.0 * driver.circuit:.0f} % of the circuit"
            words_of = f"{CARS[driver.car].title} · {kind}{ready}"
            canvas.text(words_of, x + 74.0, y + 31.0, 14, SOFT)
            canvas.text(words, right, y + 31.0, 14, FAINT, align=1.0)
        else:
            if driver.circuit < 1.0:
                words = f"circuit {100.0 * driver.circuit:.0f} %"
            canvas.text(words, right - 14.0, y + 6.0, 13, FAINT, align=1.0)

    def _garage_for_canvas(self, canvas: Canvas) -> Garage:
        if self._garage is None or self._garage_scale != canvas.scale:
            self._garage, self._garage_scale = Garage(1.1 * canvas.scale), canvas.scale
        return self._garage


def _card_box(canvas: Canvas) -> Box:
    """Return where the circuit's panel stands, on the right."""
    height = min(canvas.height - 132.0 - 64.0, 524.0)
    return Box(724.0, 132.0, canvas.width - 764.0, height)


def _draw_backdrop(canvas: Canvas, world: WorldPainter, frame: Frame) -> None:
    """Let the circuit glide past below, darkened."""
    world.glide(canvas, frame)
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)


def _draw_crown(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small crown: this node coordinates."""
    points = ((0, 4), (4, 8), (8, 0), (12, 8), (16, 4), (14, 14), (2, 14))
    scale = canvas.scale
    polygon = [((x + a) * scale, (y + b) * scale) for a, b in points]
    pygame.draw.polygon(canvas.surface, ACCENT, polygon)


def _short_name(name: str) -> str:
    return name if len(name) <= 15 else name[:14] + "…"
