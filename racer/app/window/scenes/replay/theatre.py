"""The races that this machine has taped: choose one, and look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import FAINT, INK, SOFT, WHITE
from racer.app.window.circuit_source import CircuitTitles
from racer.app.window.controls.control import Back, Button, Chosen, Scrolled
from racer.app.window.controls.focus import Focus
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.controls.paint import draw_page
from racer.app.window.controls.prompt import Prompt, Question
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.text_field import Entered
from racer.app.window.scene import Depart, LeavePage
from racer.app.window.scenes.replay.replay_scene import ReplayScene

if TYPE_CHECKING:
    from collections.abc import Callable

    import pygame

    from racer.app.sound.mixer import Mixer
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.text_field import Cancelled
    from racer.app.window.ports import RaceDirectory, ReplayCard
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.world_cache import WorldCache

ROWS: Final = 9
ROW: Final = 58.0
WIDTH: Final = 960.0
NAME: Final = 96.0  # of a race or a person, where a line is too long: all of it is to be read
SHOWN: Final = 2  # people
LETTERS: Final = 17.0
PLATES: Final[tuple[Plate, ...]] = (
    ("back", "back", Action.BACK),
    ("find", "find", Action.FIND),
)
ASKED: Final = Question(
    "find", "Which race?", 40, hint="all", note="Its name, circuit, day, or who was in it."
)


@final
class Theatre:
    """Lists the tapes, and shows the one that is chosen."""

    covers: Final = True

    def __init__(
        self,
        directory: RaceDirectory,
        world_cache: WorldCache,
        devices: Devices,
        mixer: Mixer | None = None,
    ) -> None:
        self._mixer = mixer
        self._directory = directory
        self._world_cache = world_cache
        self._devices = devices
        self._cards = directory.replays()
        self._found = self._cards  # those of them that were asked for
        self._titles = CircuitTitles(world_cache.circuits)
        self._damaged = directory.damaged_replays()
        self._wanted = ""
        self._prompt: Prompt | None = None
        self._first = 0  # row of the list that stands on top
        self._focus = Focus()
        self._replay: ReplayScene | None = None
        self._lost = ""  # why the one that was chosen is not shown

    @property
    def front(self) -> object:
        return self._prompt, self._replay, self._replay and self._replay.front

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        if self._replay is not None:
            ask = self._replay.on_event(event)
            if isinstance(ask, Depart):
                self._replay = ask = None
            return ask
        if self._prompt is not None and self._prompt.takes(event):
            self._on_answer(self._prompt.on_event(event))
            return None
        scope = Scope.MENU if self._prompt is None else Scope.LETTERS
        for what in self._devices.on_event(event, scope):
            if self._prompt is not None:
                self._on_answer(self._prompt.on_input(what))
                continue
            match self._focus.on_input(what):
                case Back() | Chosen("back"):
                    return LeavePage()
                case Chosen("find"):
                    self._prompt = Prompt(ASKED, self._wanted, letters=self._devices.by_pad)
                case Chosen(chosen):
                    self._choose_tape(chosen)
                case Scrolled(steps):
                    self._scroll_by(-steps)
                case _:
                    pass
        return None

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for the words that are sought."""
        return self._prompt is not None and self._prompt.writes(event)

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the list, or the replay."""
        if self._replay is not None:
            self._replay.draw(canvas, frame)
            return
        self._titles.read_one()
        canvas.surface.fill(INK)
        canvas.text("REPLAYS", 40.0, 26.0, 44, WHITE, bold=True)
        canvas.text(self._lost or self._about(), 42.0, 80.0, 16, SOFT)
        x, y = canvas.width / 2.0, canvas.height / 2.0
        if not self._cards:
            canvas.text("No race yet: each one is taped by itself.", x, y, 22, FAINT, align=0.5)
        elif not self._found:
            words = f"No race has “{self._wanted}” in it."
            canvas.text(words, x, y, 22, FAINT, align=0.5)
        draw_strip(canvas)
        page = (*self._tape_buttons(canvas), *strip_buttons(canvas, self._devices, PLATES))
        self._focus.show(page)
        draw_page(canvas, page, self._focus.at)
        if self._prompt is not None:
            self._prompt.draw(canvas, frame.dt, self._devices)

    def _about(self) -> str:
        words = ["Each race that this machine sees is taped."] if self._cards else []
        if len(self._found) > ROWS:
            last = min(self._first + ROWS, len(self._found))
            words += [f"{self._first + 1} to {last} of {len(self._found)}."]
        words += [f"{len(self._found)} with “{self._wanted}”."] if self._wanted else []
        if self._damaged:
            tapes = "tape is" if self._damaged == 1 else "tapes are"
            words.append(f"{self._damaged} {tapes} damaged at the beginning and left out.")
        return " ".join(words)

    def _on_answer(self, answer: Entered | Cancelled | None) -> None:
        """Show the races that have all words of an answer in them: of name, time or people."""
        if answer is None:
            return
        self._prompt = None
        if isinstance(answer, Entered):
            self._wanted, self._first = answer.text, 0
            parts = answer.text.casefold().split()
            if parts:
                self._titles.read_all()
            self._found = tuple(
                card
                for card in self._cards
                if all(part in self._sought_words(card) for part in parts)
            )

    def _sought_words(self, card: ReplayCard) -> str:
        """Return all by which a race is found: its circuit by title and by name."""
        title = self._titles.title_of(card.head.track)
        return f"{_words_of(card, title)} {card.head.track}".casefold()

    def _tape_buttons(self, canvas: Canvas) -> Page:
        shown = self._found[self._first : self._first + ROWS]
        more = (("earlier", "later races", -1), ("later", "earlier races", 1))
        x = canvas.width / 2.0 - WIDTH / 2.0
        rows = [
            Button(
                id=card.id,
                box=Box(x, 112.0 + k * ROW, WIDTH, ROW - 8.0),
                label=_label_of(card, self._titles.title_of(card.head.track), canvas),
            )
            for k, card in enumerate(shown)
        ]
        turns = [
            Button(id=name, box=Box(x + WIDTH - 190.0 - 200.0 * k, 70.0, 190.0, 34.0), label=label)
            for k, (name, label, step) in enumerate(more)
            if (step < 0 and self._first > 0)
            or (step > 0 and self._first + ROWS < len(self._found))
        ]
        return (*rows, *turns)

    def _choose_tape(self, chosen: str) -> None:
        if chosen in {"earlier", "later"}:
            self._scroll_by(ROWS if chosen == "later" else -ROWS)
            return
        tape = self._directory.open_replay(chosen)
        if tape is None:
            self._lost = "That race cannot be read."
            return
        self._replay = ReplayScene(
            tape,
            self._world_cache,
            self._devices,
            self._directory.taped_circuit(tape.head),
            self._mixer,
        )

    def _scroll_by(self, rows: int) -> None:
        self._first = max(0, min(self._first + rows, len(self._found) - ROWS))


def _words_of(card: ReplayCard, title: str, cut: Callable[[str], str] | None = None) -> str:
    """Return a line about a race: all who were in it, or the first people by names cut short."""
    head = card.head
    people = [car.name for car in head.cars if not car.bot]
    if cut is None:
        who = ", ".join(car.name for car in head.cars)
    else:
        who = ", ".join(cut(name) for name in people[:SHOWN])
        who += f" and {len(people) - SHOWN} more" if len(people) > SHOWN else ""
    bots = len(head.cars) - len(people)
    company = " and ".join(filter(None, (who, f"{bots} bots" if bots else "")))
    laps = "1 lap" if head.laps == 1 else f"{head.laps} laps"
    race = head.race if cut is None else cut(head.race)
    return f"{card.when}  ·  {race}  ·  {title}, {laps}  ·  {company}"


def _label_of(card: ReplayCard, title: str, canvas: Canvas) -> str:
    """Return a line about a race that fits, names cut short only where it would not."""
    whole = _words_of(card, title, str)
    if canvas.text_width(whole, LETTERS, bold=True) <= WIDTH - 24.0:
        return whole
    return _words_of(card, title, lambda name: canvas.fitted(name, NAME, LETTERS, bold=True))
