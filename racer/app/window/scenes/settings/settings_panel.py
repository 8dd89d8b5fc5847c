"""What a player may set: a page of choices and sliders, and behind it one of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, PANEL, WHITE
from racer.app.window.controls.control import Button, Field, Selector, Slid, Slider
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page
from racer.app.window.ports import FRAME_LIMITS, HUD_SIDES

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page, Picked
    from racer.app.window.ports import Settings

WIDTH: Final = 640.0
ROW: Final = 44.0
SWITCH: Final = ("off", "on")

Row: TypeAlias = Field | Selector | Slider | Button
NOWHERE: Final = Box(0.0, 0.0, 0.0, 0.0)

SWITCHES: Final = (
    ("aid", "racing line on the road"),
    ("autopilot", "car drives itself while you write"),
    ("full", "full screen"),
    ("sound", "sound"),
)
VOLUMES: Final = (
    ("engine", "engines"),
    ("effects", "tyres, ground, blows"),
    ("interface", "lights, best lap, chat"),
)


@final
class SettingsPanel:
    """Shows settings and returns them changed."""

    def __init__(self) -> None:
        self.focus = Focus()

    def on_picked(self, picked: Picked, settings: Settings) -> Settings:
        """Return the settings with a choice."""
        match picked.id:
            case "hud":
                return replace(settings, hud=HUD_SIDES[picked.at])
            case "frame_limit":
                return replace(settings, frame_limit=FRAME_LIMITS[picked.at])
            case switch:
                changed: dict[str, Any] = {switch: bool(picked.at)}
                return replace(settings, **changed)

    def on_slid(self, slid: Slid, settings: Settings) -> Settings:
        """Return the settings with a volume."""
        changed: dict[str, Any] = {slid.id: slid.value}
        return replace(settings, **changed)

    def draw(self, canvas: Canvas, settings: Settings) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        rows = _rows(settings)
        high = 70.0 + ROW * len(rows) + 64.0
        box = Box((canvas.width - WIDTH) / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 250, 16)
        canvas.text("SETTINGS", box.x + 28.0, box.y + 18.0, 24, WHITE, bold=True)
        words = "kept in settings.toml of your profile"
        canvas.text(words, box.right - 28.0, box.y + 24.0, 15, FAINT, align=1.0)
        page = _place_rows(box, rows)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)


def _rows(settings: Settings) -> list[Row]:
    limits = tuple(f"{limit} a second at most" for limit in FRAME_LIMITS)
    hud = HUD_SIDES.index(settings.hud)
    limit = FRAME_LIMITS.index(settings.frame_limit)
    rows: list[Row] = [
        Field(id="name", box=NOWHERE, label="your name", text=settings.name),
        Selector(id="hud", box=NOWHERE, label="board", options=HUD_SIDES, at=hud),
        Selector(id="frame_limit", box=NOWHERE, label="pictures", options=limits, at=limit),
    ]
    rows += [
        Selector(id=name, box=NOWHERE, label=label, options=SWITCH, at=int(getattr(settings, name)))
        for name, label in SWITCHES
    ]
    rows += [
        Slider(
            id=name,
            box=NOWHERE,
            label=label,
            value=getattr(settings, name),
            enabled=settings.sound,
        )
        for name, label in VOLUMES
    ]
    return rows


def _place_rows(box: Box, rows: list[Row]) -> Page:
    placed = tuple(
        replace(row, box=Box(box.x + 20.0, box.y + 62.0 + k * ROW, box.width - 40.0, ROW - 6.0))
        for k, row in enumerate(rows)
    )
    top = box.bottom - 56.0
    return (
        *placed,
        Button(id="keys", box=Box(box.x + 20.0, top, 300.0, 40.0), label="Keys and buttons"),
        Button(id="back", box=Box(box.right - 220.0, top, 200.0, 40.0), label="Done", lit=True),
    )
