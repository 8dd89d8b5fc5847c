"""The title: bots race behind it, and the races nearby appear by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never, final

from racer.app.window.base.box import Box
from racer.app.window.base.letters.cleaning import clean
from racer.app.window.base.palette import ACCENT, DUSK, FAINT, PANEL, SOFT, WHITE
from racer.app.window.controls.consent import Consent
from racer.app.window.controls.control import (
    Back,
    Button,
    Card,
    Chosen,
    Idle,
    Picked,
    Scrolled,
    Slid,
)
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.controls.paint import draw_page
from racer.app.window.controls.prompt import Prompt, Question
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.text_field import NAME_CHARS_MAX, RACE_CHARS_MAX, Entered
from racer.app.window.ports import ADDRESS_CHARS_MAX, ADDRESSES_MAX
from racer.app.window.scene import (
    Close,
    JoinRace,
    PlanTrial,
    Practice,
    ShowRecords,
    ShowReplays,
    ShowSettings,
    WatchRace,
)
from racer.app.window.scenes.diagnosis_panel import draw_diagnosis
from racer.app.window.scenes.open_form import PASSPHRASE_CHARS_MAX, REMEMBER, OpenForm
from racer.app.window.scenes.race_list import HEAD, RaceCards, draw_panel, list_box, listed_races

if TYPE_CHECKING:
    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Outcome, Page
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.app.window.input.text_field import Cancelled
    from racer.app.window.ports import RaceDirectory, RunningDiagnosis
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.backdrop import Backdrop
    from racer.app.window.scenes.race_list import ListedRace
    from racer.app.window.scenes.world_cache import WorldCache

LIST: Final = Box(40.0, 226.0, 620.0, 414.0)
FINDINGS: Final = Box(32.0, 218.0, 940.0, 430.0)  # over the list, and wider: commands are long
COLUMN: Final = 300.0  # units across: the buttons on the right
ROW: Final = 52.0
QUIT: Final = ("quit", "quit", Action.BACK)
MEETING: Final = (
    ("address", "address or code", Action.ADDRESS),
    ("doctor", "why alone?", Action.DOCTOR),
)
CLOSE: Final = (("quit", "back", Action.BACK),)
SETTLING_S: Final = 1.2  # Esc is not obeyed so soon after a race or a page was left
ALONE_S: Final = 8.0  # nobody was found for so long: the way to the doctor is shown
ASKED_ADDRESS: Final = "address"
ASKED_NAME: Final = "name"
ASKED_PASSPHRASE: Final = "passphrase"


@final
class MenuScene:
    """Lists the races nearby and starts or joins one."""

    def __init__(self, directory: RaceDirectory, world_cache: WorldCache, devices: Devices) -> None:
        self._devices = devices
        self._directory = directory
        self._focus = Focus()
        self._list = RaceCards(world_cache.circuits)
        self._races: tuple[ListedRace, ...] = ()  # of the last picture
        self._pointed = ""  # id of the race that the ring was on last
        self._prompt: Prompt | None = None
        self._form: OpenForm | None = None
        self._locked: JoinRace | WatchRace = JoinRace("")  # what a passphrase is asked for
        self._diagnosis: RunningDiagnosis | None = None
        self._consent: Consent[Close] | None = None  # asked whether the game is to end
        self._alone_s = 0.0  # so long nobody has been found
        self._backdrop: Backdrop | None = None
        self._clock_s = 0.0
        self._settling_s = 0.0  # so long yet Esc quits nothing

    @property
    def is_furnished(self) -> bool:
        """Whether there is a race behind it."""
        return self._backdrop is not None

    def furnish(self, backdrop: Backdrop) -> None:
        """Show a race behind it from now on."""
        self._backdrop = backdrop

    @property
    def front(self) -> object:
        return self._prompt, self._form, self._diagnosis, self._consent

    def come_back(self) -> None:
        """Be seen again, where a race or a page was."""
        self._settling_s = SETTLING_S

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        if self._prompt is not None and self._prompt.takes(event):
            return self._on_answer(self._prompt, self._prompt.on_event(event))
        scope = Scope.MENU if self._prompt is None else Scope.LETTERS
        for what in self._devices.on_event(event, scope):
            ask = self._on_input(what)
            if ask is not None:
                return ask
        return None

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for the line that is typed, whatever it is for elsewhere."""
        return self._prompt is not None and self._prompt.writes(event)

    def _on_input(self, what: Input) -> Ask | None:
        if self._prompt is not None:
            return self._on_answer(self._prompt, self._prompt.on_input(what))
        if self._form is not None:
            return self._on_form(self._form, self._form.focus.on_input(what))
        if self._consent is not None:
            return self._on_consent(self._consent, self._consent.on_input(what))
        return self._on_outcome(self._focus.on_input(what), what)

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the title over the demo."""
        self._clock_s += frame.dt
        self._settling_s = max(0.0, self._settling_s - frame.dt)
        if self._backdrop is None:
            canvas.surface.fill(DUSK)
        else:
            self._backdrop.draw(canvas, frame)
        _draw_title(canvas)
        self._draw_driver(canvas)
        cards = self._draw_races(canvas)
        self._alone_s = 0.0 if self._races else self._alone_s + frame.dt
        draw_strip(canvas)
        page = (*cards, *self._button_page(canvas))
        if self._diagnosis is not None:
            draw_diagnosis(canvas, self._diagnosis, FINDINGS)
            page = strip_buttons(canvas, self._devices, CLOSE)
        self._focus.show(page)
        draw_page(canvas, page, self._focus.at)
        if self._form is not None:
            self._form.draw(canvas)
        if self._prompt is not None:
            self._prompt.draw(canvas, frame.dt, self._devices)
        if self._consent is not None:
            self._consent.draw(canvas)

    def _draw_races(self, canvas: Canvas) -> tuple[Card, ...]:
        offer, nearby = self._directory.resume_offer(), self._directory.nearby()
        self._races = races = listed_races(nearby, offer)
        line = self._directory.network()
        box = list_box(LIST, len(races), alone=self._alone_s >= ALONE_S)
        draw_panel(canvas, box, 1 + int(self._clock_s * 2.0) % 3, line)
        cards = self._list.page(races, box, self._focus.at)
        self._list.draw(canvas, races, cards, self._focus.at)
        if not races:
            x, y = LIST.x + 20.0, LIST.y + HEAD + 14.0
            canvas.text("Nobody is racing here yet.", x, y, 22, WHITE, bold=True)
            canvas.text("Practise against bots, or open a race for", x, y + 38.0, 18, SOFT)
            canvas.text("your friends: it appears on their screens.", x, y + 64.0, 18, SOFT)
            if self._alone_s >= ALONE_S:
                why = self._devices.key(Action.DOCTOR) or "“why alone?”"
                where = self._devices.key(Action.ADDRESS) or "“address or code”"
                told = (
                    f"Friends race, and you do not see them? {why} looks why.",
                    f"{where} takes the address or code that their lobby shows.",
                )
                wide = max(canvas.text_width(words, 18) for words in told)
                size = 18 if wide <= LIST.width - 40.0 else 15
                for k, words in enumerate(told):
                    canvas.text(words, x, y + 110.0 + 26.0 * k, size, ACCENT)
        return cards

    def _button_page(self, canvas: Canvas) -> Page:
        x, y = canvas.width - 40.0 - COLUMN, LIST.y
        rows = (
            ("practice", "Practise against bots", Action.PRACTICE),
            ("trial", "Time trial", Action.TRIAL),
            ("new race", "Open a race", Action.NEW_RACE),
            ("watch", "Watch this race", Action.WATCH),
            ("records", "Best laps", Action.RECORDS),
            ("replays", "Replays", Action.REPLAYS),
            ("settings", "Settings", Action.SETTINGS),
            ("name", "Your name", Action.NAME),
        )
        column = tuple(
            Button(
                id=name,
                box=Box(x, y + k * ROW, COLUMN, ROW - 8.0),
                label=label,
                key=self._devices.key(action),
                flush=True,
                shortcut=action,
                lit=not self._races and name == "practice",
                enabled=name != "watch" or self._pointed_race() is not None,
            )
            for k, (name, label, action) in enumerate(rows)
        )
        told = "two drivers: on" if self._directory.pair else "two drivers: off"
        plates = (QUIT, *MEETING, ("two drivers", told, Action.TWO_DRIVERS))
        return (*column, *strip_buttons(canvas, self._devices, plates))

    def _pointed_race(self) -> ListedRace | None:
        """Return the race that the ring was on last, or the first."""
        ids = {race.id: race for race in self._races}
        if self._focus.at in ids:
            self._pointed = self._focus.at
        first = self._races[0] if self._races else None
        race = ids.get(self._pointed, first)
        return None if race is None or (race.card is not None and race.card.apart) else race

    def _on_outcome(self, outcome: Outcome | None, what: Input) -> Ask | None:
        match outcome:
            case None | Picked() | Slid() | Idle():
                return None
            case Back() | Chosen("quit") if self._diagnosis is not None:
                self._diagnosis = None
                self.come_back()
                return None
            case Back() | Chosen("quit") if self._settling_s > 0.0 and isinstance(what, Pressed):
                return None  # who pressed twice to leave a race does not want to quit
            case Back() | Chosen("quit"):
                self._consent = Consent(Close(), "Quit racer?", "Quit", "Stay")
                return None
            case Scrolled(steps):
                self._list.scroll(steps)
                return None
            case Chosen(chosen):
                return self._on_chosen(chosen, pad=isinstance(what, Pressed) and what.pad)
            case _:
                assert_never(outcome)

    def _on_consent(self, consent: Consent[Close], wanted: bool | None) -> Ask | None:
        if wanted is None:
            return None
        self._consent = None
        self.come_back()
        return consent.wish if wanted else None

    def _on_chosen(self, chosen: str, *, pad: bool) -> Ask | None:
        match chosen:
            case "practice":
                return Practice()
            case "replays":
                return ShowReplays()
            case "two drivers":
                self._directory.pair = not self._directory.pair
            case "settings":
                return ShowSettings()
            case "trial":
                return PlanTrial()
            case "records":
                return ShowRecords()
            case "watch":
                race = self._pointed_race()
                return None if race is None else self._join_race(race, pad=pad, watch=True)
            case "new race":
                known = self._directory.passphrase("")
                self._form = OpenForm(self._list.circuits, self._default_race_name(), known)
            case "address":
                self._ask_address(pad=pad)
            case "doctor":
                self._diagnosis = self._directory.diagnose()
            case "name":
                question = Question(ASKED_NAME, "Your name", NAME_CHARS_MAX)
                self._prompt = Prompt(question, self._directory.settings.name, letters=pad)
            case _:
                race = next((race for race in self._races if race.id == chosen), None)
                return None if race is None else self._join_race(race, pad=pad)
        return None

    def _ask_address(self, *, pad: bool, text: str = "", note: str = "") -> None:
        note = note or "Their lobby shows it: a code, or an address and a port."
        words = "Where do your friends race?"
        earlier = self._directory.settings.addresses
        hint = f"Up: {earlier[-1]}" if earlier and not pad else ""
        question = Question(ASKED_ADDRESS, words, ADDRESS_CHARS_MAX, hint=hint, note=note)
        self._prompt = Prompt(question, text, letters=pad, earlier=earlier)

    def _on_form(self, form: OpenForm, outcome: Outcome | None) -> Ask | None:
        match outcome:
            case Back() | Chosen("never"):
                self._form = None
                self.come_back()
            case Chosen("open"):
                self._form = None
                return form.wish()
            case Chosen(field):
                self._ask_for(form, field)
            case Picked() as picked:
                wanted = form.on_picked(picked)
                if wanted:
                    self._ask_for(form, wanted)
            case _:
                pass
        return None

    def _ask_for(self, form: OpenForm, field: str) -> None:
        self._prompt = Prompt(form.question(field), letters=self._devices.by_pad)

    def _join_race(self, race: ListedRace, *, pad: bool, watch: bool = False) -> Ask | None:
        """Join or watch a race; of a locked one the passphrase is asked for, unless it is known."""
        word = self._directory.passphrase(race.race) if race.locked else None
        island = "" if race.card is None else race.card.island
        kind = WatchRace if watch else JoinRace
        wish = kind(race.race, word, island=island)
        if race.locked and word is None:
            self.ask_passphrase(wish, pad=pad)
            return None
        return wish

    def ask_passphrase(self, wish: JoinRace | WatchRace, *, pad: bool) -> None:
        """Ask for the word that lets one in to a locked race, to drive or to watch."""
        self._locked = wish
        self._prompt = Prompt(
            Question(
                ASKED_PASSPHRASE,
                f"Passphrase of {wish.race}",
                PASSPHRASE_CHARS_MAX,
                note="Who has opened the race knows it.",
                secret=True,
                option=f"{REMEMBER} on this machine",
            ),
            letters=pad,
        )

    def _on_answer(self, prompt: Prompt, answer: Entered | Cancelled | None) -> Ask | None:
        if answer is None:
            return None
        self._prompt = None
        if not isinstance(answer, Entered):
            self.come_back()
            return None
        if self._form is not None:
            self._form.fill(prompt.question.about, answer.text)
            return None
        if prompt.question.about == ASKED_ADDRESS:
            if answer.text:
                self._seek_at(answer.text)
            return None
        if prompt.question.about == ASKED_PASSPHRASE:
            word, keep = answer.text, prompt.option
            return replace(self._locked, passphrase=word, keep=keep) if word else None
        if answer.text:
            self._directory.settings = replace(self._directory.settings, name=answer.text)
        return None

    def _seek_at(self, place: str) -> None:
        """Look for races at a place that was typed; keep it, or ask again if it is none."""
        wrong = self._directory.seek(place)
        if wrong:
            self._ask_address(pad=self._devices.by_pad, text=place, note=wrong)
            return
        settings = self._directory.settings
        kept = (*(each for each in settings.addresses if each != place), place)[-ADDRESSES_MAX:]
        self._directory.settings = replace(settings, addresses=kept)

    def _default_race_name(self) -> str:
        """Return what a race is called whose founder types no name."""
        return clean(f"{self._directory.settings.name}'s race", RACE_CHARS_MAX)

    def _draw_driver(self, canvas: Canvas) -> None:
        x = canvas.width - 40.0
        name = self._directory.settings.name
        width = canvas.text_width(name, 22, bold=True)
        canvas.panel(x - width - 132.0, 36.0, width + 152.0, 44.0, PANEL, 215)
        canvas.text("driving as", x - width - 116.0, 50.0, 15, FAINT)
        canvas.text(name, x + 2.0, 44.0, 22, ACCENT, bold=True, align=1.0)


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
