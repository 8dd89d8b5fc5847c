"""The settings as pages of choices and sliders; behind them is one of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Button
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page
from racer.app.window.scenes.settings.settings_tabs import CHOICES, TABS, network_choices, rows_of

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page, Picked, Slid
    from racer.app.window.ports import Settings
    from racer.app.window.scenes.settings.settings_tabs import Row

WIDTH: Final = 680.0
ROW: Final = 44.0
ROWS: Final = 8  # of the longest page: all are as high
TOP: Final = 112.0  # to the first row
FOOT: Final = 84.0


@final
class SettingsPanel:
    """Shows settings and returns them changed.

    Args:
        networks: of this machine: interface and address of each.
    """

    def __init__(self, networks: tuple[tuple[str, str], ...] = ()) -> None:
        self.focus = Focus()
        self.tab = TABS[0]
        self._networks = networks
        self._race = ""  # whose passphrase is looked at

    def on_picked(self, picked: Picked, settings: Settings) -> Settings:
        """Return the settings with a choice."""
        changed: dict[str, Any] = {}
        match picked.id:
            case "network":
                choices = network_choices(settings, self._networks)
                changed["network"] = list(choices)[picked.at]
            case "passphrases":
                self._race = settings.passphrases[picked.at][0]
            case choice if choice in CHOICES:
                changed[choice] = CHOICES[choice][picked.at]
            case switch:
                changed[switch] = bool(picked.at)
        return replace(settings, **changed)

    def on_slid(self, slid: Slid, settings: Settings) -> Settings:
        """Return the settings with a volume."""
        changed: dict[str, Any] = {slid.id: slid.value}
        return replace(settings, **changed)

    def on_forget(self, settings: Settings) -> Settings:
        """Return the settings without the passphrase that is looked at."""
        kept = dict(settings.passphrases)
        kept.pop(self._race if self._race in kept else next(iter(kept), ""), None)
        return replace(settings, passphrases=tuple(kept.items()))

    def draw(self, canvas: Canvas, settings: Settings) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        high = TOP + ROW * ROWS + FOOT
        box = Box((canvas.width - WIDTH) / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 255, 16)
        canvas.text("SETTINGS", box.x + 28.0, box.y + 18.0, 24, WHITE, bold=True)
        words = "kept in settings.toml of your profile"
        canvas.text(words, box.right - 28.0, box.y + 24.0, 15, FAINT, align=1.0)
        rows = rows_of(self.tab, settings, self._networks, self._race)
        page = self._place_rows(box, rows)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)
        y = box.y + TOP + ROW * len(rows) + 6.0
        for k, line in enumerate(self._notes_below()):
            canvas.text(line, box.x + 34.0, y + 23.0 * k, 15, SOFT)

    def _notes_below(self) -> tuple[str, ...]:
        """Return what is said below the rows of a page."""
        match self.tab:
            case "driver":
                return (
                    "The name holds from the next race on.",
                    "Both kinds of help act on your own keys and pad.",
                )
            case "network":
                where = (
                    ", ".join(address for _, address in self._networks)
                    or "nowhere: no network is up"
                )
                return (
                    f"This machine is reached at {where}.",
                    "Another network is used from the next start on. A passphrase is kept where",
                    "one says so as it is asked; whoever reads your files reads it.",
                )
            case _:
                return ()

    def _place_rows(self, box: Box, rows: list[Row]) -> Page:
        placed = tuple(
            replace(row, box=Box(box.x + 20.0, box.y + TOP + k * ROW, box.width - 40.0, ROW - 6.0))
            for k, row in enumerate(rows)
        )
        wide = (box.width - 40.0 - 3 * 8.0) / len(TABS)
        tabs = tuple(
            Button(
                id=f"tab {name}",
                box=Box(box.x + 20.0 + k * (wide + 8.0), box.y + 60.0, wide, 38.0),
                label=name.capitalize(),
                on=name == self.tab,
            )
            for k, name in enumerate(TABS)
        )
        top = box.bottom - 58.0
        return (
            *placed,
            *tabs,
            Button(id="keys", box=Box(box.x + 20.0, top, 320.0, 40.0), label="Keys and buttons"),
            Button(id="back", box=Box(box.right - 220.0, top, 200.0, 40.0), label="Done", lit=True),
        )
