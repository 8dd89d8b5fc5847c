"""Before the race: who is here, which circuit, how many laps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.race_settings import RACE_SETTINGS
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
from racer.app.window.hud.key_hints import draw_keys
from racer.app.window.scenes.circuit_card import CircuitCard
from racer.app.window.scenes.pending_choice import PendingChoice
from racer.app.window.world.cars.garage import Garage
from racer.core.tuning import CARS, GRID_MAX, LAPS_MAX
from racer.play.view import ChooseCar, Start

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.scene import Frame
    from racer.app.window.world.painter import WorldPainter
    from racer.core.rules.race_setup import RaceSetup
    from racer.play.view import DriverView, Intent, RaceView

STATES: Final[dict[str, Colour]] = {"alive": GOOD, "suspect": ACCENT, "down": BAD, "left": FAINT}
KEYS: Final = (
    ("Enter", "start"),
    ("Left Right", "circuit"),
    ("Up Down", "laps"),
    *((setting.key.upper(), setting.label) for setting in RACE_SETTINGS),
    ("C", "car"),
    ("B", "add a bot"),
    ("T", "chat"),
    ("Esc", "leave"),
)


@final
class LobbyScene:
    """Shows a race's lobby and turns its keys into intents."""

    def __init__(self, circuits: CircuitSource) -> None:
        self._circuits = circuits
        self._choice_pending = PendingChoice()
        self._card = CircuitCard(circuits)
        self._garage: Garage | None = None
        self._garage_scale = 0.0

    def on_key(self, key: int, view: RaceView) -> Intent | None:
        """Return what a key asks for."""
        match key:
            case pygame.K_RETURN | pygame.K_KP_ENTER:
                return Start()
            case pygame.K_c:
                return self._choose_next_car(view)
            case _:
                wanted = self._changed_setup(key, self._choice_pending.over(view).setup)
                return None if wanted is None else self._choice_pending.choose(wanted)

    def _changed_setup(self, key: int, setup: RaceSetup) -> RaceSetup | None:
        """Return what a key makes of the next race."""
        match key:
            case pygame.K_LEFT:
                return self._neighbour_circuit(setup, -1)
            case pygame.K_RIGHT:
                return self._neighbour_circuit(setup, 1)
            case pygame.K_UP:
                return replace(setup, laps=min(LAPS_MAX, setup.laps + 1))
            case pygame.K_DOWN:
                return replace(setup, laps=max(1, setup.laps - 1))
            case _:
                found = (setting for setting in RACE_SETTINGS if ord(setting.key) == key)
                setting = next(found, None)
                return None if setting is None else setting.turned(setup)

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
        height = canvas.height - 132.0 - 64.0
        self._card.draw(canvas, view, (724.0, 132.0, canvas.width - 764.0, min(height, 476.0)))
        draw_keys(canvas, KEYS)

    def _choose_next_car(self, view: RaceView) -> ChooseCar | None:
        """Return the wish for the kind after ours; it goes round."""
        mine = next((driver for driver in view.drivers if driver.mine), None)
        return None if mine is None else ChooseCar((mine.car + 1) % len(CARS))

    def _neighbour_circuit(self, setup: RaceSetup, step: int) -> RaceSetup:
        """Return the setup with the circuit of ours before or after its own."""
        names, name = self._circuits.names(), setup.track
        at = names.index(name) if name in names else 0
        return replace(setup, track=names[(at + step) % len(names)], content=None)

    def _draw_title(self, canvas: Canvas, view: RaceView) -> None:
        canvas.text(view.race, 40.0, 26.0, 50, WHITE, bold=True, shadow=True)
        words = f"{len(view.drivers)} here"
        if view.players:
            words += f", starts by itself with {view.players}"
        if view.coordinator_name:
            words += f" · {view.coordinator_name} coordinates"
        canvas.text(words, 42.0, 86.0, 18, SOFT, shadow=True)
        alone = sum(not driver.bot for driver in view.drivers) <= 1
        hint = "B adds bots, Enter starts" if alone else "Enter starts with whoever is here"
        canvas.text(hint, 700.0, 88.0, 15, ACCENT, align=1.0, shadow=True)
        mine = next((driver for driver in view.drivers if driver.mine), None)
        if mine is not None and 0 <= mine.car < len(CARS):
            words = f"C  your car: {CARS[mine.car].title}"
            canvas.text(words, 700.0, 66.0, 15, WHITE, align=1.0, shadow=True)
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
