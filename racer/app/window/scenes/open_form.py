"""The form by which a race is opened: its name, who may come in, and what is raced first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.app.race_settings import RACE_SETTINGS, meaning_of
from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK, PANEL, SOFT, WHITE
from racer.app.window.circuit_source import DEFAULT
from racer.app.window.controls.control import Button, Field, Picked, Selector
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.paint import draw_page
from racer.app.window.controls.prompt import Question
from racer.app.window.input.text_field import RACE_CHARS_MAX
from racer.app.window.scene import OpenRace
from racer.core.rules.race_setup import RaceSetup
from racer.core.tuning import GRID_MAX, LAPS_MAX

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.control import Page

LAPS: Final = 3
BOTS_MAX: Final = GRID_MAX - 1  # and the person
SKILLS: Final = (("mixed", None), ("slow", 0.45), ("middling", 0.65), ("fast", 0.85))
DOORS: Final = ("open to all", "locked")
DECIDERS: Final = ("votes of all", "I, as host")
REMEMBER: Final = "remember it"
REMEMBERS: Final = ("no", "yes, on this machine")
PASSPHRASE_CHARS_MAX: Final = 64
WIDTH: Final = 620.0
ROW: Final = 40.0
NAME: Final = "name"
PASSPHRASE: Final = "passphrase"


@final
class OpenForm:
    """Holds what was filled in so far.

    Args:
        circuits: what may be raced on.
        usual: the race's name where nobody types one.
        passphrase: what locks it at first, if anything does.
    """

    def __init__(self, circuits: CircuitSource, usual: str, passphrase: str | None = None) -> None:
        self.focus = Focus()
        self.focus.move_to("open")  # who wishes for nothing has it open with the next press
        self._circuits = circuits
        self._usual = usual
        self._name = ""
        self._locked = passphrase is not None
        self._passphrase = passphrase or ""
        self._keeps = False  # the passphrase, beyond this race
        self._setup = RaceSetup(DEFAULT, LAPS)
        self._hosts = False
        self._bots = 0
        self._skill = 0

    def question(self, field: str) -> Question:
        """Return what to ask for a field's line."""
        if field == NAME:
            return Question(NAME, "Name of the race", RACE_CHARS_MAX, hint=self._usual)
        note = "Tell it to those who are to come in. Bots of this machine know it."
        return Question(PASSPHRASE, "Passphrase", PASSPHRASE_CHARS_MAX, note=note)

    def fill(self, field: str, text: str) -> None:
        """Take in a line that was typed; the ring goes on to the button that opens."""
        if field == NAME:
            self._name = text
        else:
            self._passphrase, self._locked = text, bool(text)
        self.focus.move_to("open")

    def on_picked(self, picked: Picked) -> str:
        """Take in a choice; return the field that now wants a line, or ""."""
        match picked.id:
            case "door":
                self._locked = picked.at == 1
                return PASSPHRASE if self._locked and not self._passphrase else ""
            case "keep":
                self._keeps = picked.at == 1
            case "track":
                self._setup = replace(self._setup, track=self._circuits.names()[picked.at])
            case "laps":
                self._setup = replace(self._setup, laps=picked.at + 1)
            case "host":
                self._hosts = picked.at == 1
            case "bots":
                self._bots = picked.at
            case "skill":
                self._skill = picked.at
            case _:
                setting = next(each for each in RACE_SETTINGS if each.field == picked.id)
                self._setup = setting.chosen(self._setup, picked.at)
        return ""

    def wish(self) -> OpenRace | None:
        """Return the race to open; None while its passphrase is missing."""
        if self._locked and not self._passphrase:
            return None
        return OpenRace(
            self._name or self._usual,
            self._passphrase if self._locked else None,
            self._setup,
            self._bots,
            SKILLS[self._skill][1],
            self._hosts,
            self._locked and self._keeps,
        )

    def draw(self, canvas: Canvas) -> None:
        """Draw it over whatever is there."""
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)
        rows = self._rows()
        high = 74.0 + ROW * len(rows) + 68.0
        box = Box((canvas.width - WIDTH) / 2.0, (canvas.height - high) / 2.0, WIDTH, high)
        canvas.panel(*box, PANEL, 250, 16)
        canvas.text("OPEN A RACE", box.x + 28.0, box.y + 20.0, 24, WHITE, bold=True)
        words = meaning_of(self.focus.at, self._setup) or "others on this network see it at once"
        words = canvas.fitted(words, WIDTH - 56.0 - 180.0, 15)
        canvas.text(words, box.right - 28.0, box.y + 26.0, 15, SOFT, align=1.0)
        page = self._place_rows(box, rows)
        self.focus.show(page)
        draw_page(canvas, page, self.focus.at)

    def _rows(self) -> list[Field | Selector]:
        names, setup, nowhere = self._circuits.names(), self._setup, Box(0.0, 0.0, 0.0, 0.0)
        titles = list(names)
        at = names.index(setup.track)
        track = self._circuits.track(setup.track)
        titles[at] = setup.track if track is None else track.title
        choices = [
            ("track", "circuit", tuple(titles), at),
            ("laps", "laps", tuple(str(k + 1) for k in range(LAPS_MAX)), setup.laps - 1),
            *((s.field, s.label, s.choices, s.at(setup)) for s in RACE_SETTINGS),
            ("host", "who decides", DECIDERS, int(self._hosts)),
            ("bots", "bots of this machine", tuple(map(str, range(BOTS_MAX + 1))), self._bots),
            ("skill", "how good they are", tuple(words for words, _ in SKILLS), self._skill),
        ]
        rows: list[Field | Selector] = [
            Field(id=NAME, box=nowhere, label="name", text=self._name, hint=self._usual),
            Selector(id="door", box=nowhere, label="door", options=DOORS, at=int(self._locked)),
        ]
        if self._locked:
            hint, word, keep = "needed: nobody could come in", self._passphrase, int(self._keeps)
            rows += [
                Field(id=PASSPHRASE, box=nowhere, label=PASSPHRASE, text=word, hint=hint),
                Selector(id="keep", box=nowhere, label=REMEMBER, options=REMEMBERS, at=keep),
            ]
        rows += [
            Selector(
                id=name,
                box=nowhere,
                label=label,
                options=options,
                at=k,
                enabled=(name != "skill" or self._bots > 0)
                and (name != "laps" or not setup.mode.rules.laps_told),
            )
            for name, label, options, k in choices
        ]
        return rows

    def _place_rows(self, box: Box, rows: list[Field | Selector]) -> Page:
        top = box.bottom - 58.0
        placed = [
            replace(row, box=Box(box.x + 20.0, box.y + 66.0 + k * ROW, box.width - 40.0, ROW - 5.0))
            for k, row in enumerate(rows)
        ]
        ready = self.wish() is not None
        return (
            *placed,
            Button(
                id="open",
                box=Box(box.x + 20.0, top, 380.0, 42.0),
                label="Open the race",
                lit=True,
                enabled=ready,
            ),
            Button(id="never", box=Box(box.x + 412.0, top, 188.0, 42.0), label="Never mind"),
        )
