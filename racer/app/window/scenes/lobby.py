"""Before the race: who is here, and what the next race is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.app.race_settings import RACE_SETTINGS
from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, INK, SOFT, WHITE
from racer.app.window.controls.control import Selector
from racer.app.window.controls.key_strip import draw_strip, strip_buttons
from racer.app.window.input.actions import Action
from racer.app.window.scenes.circuit_card import CHOICES_FROM, ROW, CircuitCard
from racer.app.window.scenes.open_form import SKILLS
from racer.app.window.scenes.pending_choice import PendingChoice
from racer.app.window.scenes.people.grid_panel import (
    PANEL_BOX,
    GridPanel,
    drivers_of,
    seated_of,
    watchers_of,
)
from racer.core.tuning import CARS, GRID_MAX, LAPS_MAX
from racer.play.view import BeReady, ChooseCar, Phase, Start

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.control import Page, Picked
    from racer.app.window.input.devices import Devices
    from racer.app.window.ports import RaceHandle
    from racer.app.window.scene import Frame
    from racer.app.window.world.painter import WorldPainter
    from racer.core.rules.race_setup import RaceSetup
    from racer.play.view import DriverView, Intent, RaceView

LAPS: Final = tuple(str(number) for number in range(1, LAPS_MAX + 1))
PLATES: Final = (
    ("start", "ready", Action.START),
    ("add bot", "add a bot", Action.ADD_BOT),
    ("remove bot", "remove one", None),
    ("car", "your car", Action.CAR),
    ("chat", "chat", Action.CHAT),
    ("phrases", "phrase", Action.PHRASES),
    ("leave", "leave", Action.BACK),
)
FULL_WORDS: Final = f"all {GRID_MAX} cars are taken: you watch, and drive once one is free"
ANYHOW: Final = " without them"  # the bots that are on their way
ALONE_WORDS: Final = "nobody else yet: friends find this race in their list, and bots can be added"
CARD_HIGH: Final = 524.0  # of the circuit's panel
WATCHER: Final = ("chat", "phrases", "leave")  # what of these is for who only watches
NAME_CHARS_MAX: Final = 40  # of a file's name, to be one line
SECOND_NS: Final = 1_000_000_000


@final
class LobbyScene:
    """Shows a race's lobby and turns what is chosen in it into intents."""

    def __init__(self, circuits: CircuitSource) -> None:
        self._circuits = circuits
        self._choice_pending = PendingChoice()
        self._card = CircuitCard(circuits)
        self._grid = GridPanel()
        self.car: int | None = None  # the kind that was chosen here last
        self._skill = 0  # of bots that are added, among `SKILLS`
        self._awaits_bots = False  # the start was asked for; those on their way come first

    @property
    def skill(self) -> float | None:
        """How good bots are that are added; None: of all kinds."""
        return SKILLS[self._skill][1]

    def page(self, canvas: Canvas, view: RaceView, devices: Devices, bots: int) -> Page:
        """Return what can be pressed and chosen."""
        view = self._choice_pending.over(view)
        shown = [plate for plate in PLATES if bots or plate[0] != "remove bot"]
        if view.watches:
            plates = [plate for plate in shown if plate[0] in WATCHER]
            strip = strip_buttons(canvas, devices, tuple(plates))
            return (*strip, *self._grid.cards(view), *self.chosen(canvas, view))
        label = start_label(view) + (ANYHOW if self._awaits_bots else "")
        shown[0] = ("start", label, Action.START)
        plates_of_all = strip_buttons(canvas, devices, tuple(shown))
        start = replace(plates_of_all[0], lit=True, on=_is_ready(view))
        x, y, width, _ = PANEL_BOX
        skill = Selector(
            id="skill",
            box=Box(x + width - 374.0, y + 3.0, 360.0, 28.0),
            label="new bots",
            options=tuple(words for words, _ in SKILLS),
            at=self._skill,
        )
        setup = self._setup_page(canvas, view)
        return (start, *self._grid.cards(view), skill, *setup, *plates_of_all[1:])

    def chosen(self, canvas: Canvas, view: RaceView) -> Page:
        """Return what the race is to be, to be read only: by who watches, or writes."""
        return tuple(
            replace(row, enabled=False)
            for row in self._setup_page(canvas, self._choice_pending.over(view))
        )

    def _setup_page(self, canvas: Canvas, view: RaceView) -> tuple[Selector, ...]:
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
                enabled=view.may_start and (name != "laps" or not setup.mode.rules.laps_told),
            )
            for k, (name, label, options, at) in enumerate(rows)
        )

    def on_picked(self, picked: Picked, view: RaceView) -> Intent | None:
        """Return what a choice asks for: a vote, unless it is for this machine alone."""
        if picked.id == "skill":
            self._skill = picked.at
            return None
        setup = self._choice_pending.over(view).setup
        return self._choice_pending.choose(self._changed_setup(picked, setup), (picked.id,))

    def on_plate(self, chosen: str, view: RaceView, handle: RaceHandle) -> Intent | None:
        """Do what a plate is for, by its id; return what it asks of the race."""
        match chosen:
            case "start":
                return self.on_start(view, handle.bots())
            case "add bot":
                handle.add_bot(self.skill)
            case "remove bot":
                handle.remove_bot()
            case "car":
                return self.next_car(view)
            case "more below":
                self._grid.turn_over()
            case _:
                pass
        return None

    def on_start(self, view: RaceView, bots: int = 0) -> Intent | None:
        """Return what the first plate asks for: the start, where that hangs on us alone.

        None: it waits for `bots` of this machine that are on their way; a second time it does not.
        """
        if _is_ready(view):
            return BeReady(on=False)
        self._awaits_bots = not self._awaits_bots and missing_bots(view, bots) > 0
        return None if self._awaits_bots else _start_or_ready(view)

    def start_due(self, view: RaceView, bots: int) -> Intent | None:
        """Return the start that was asked for earlier, once all bots are here."""
        if view.phase is not Phase.LOBBY:
            self._awaits_bots = False
        if not self._awaits_bots or missing_bots(view, bots) > 0:
            return None
        self._awaits_bots = False
        return _start_or_ready(view)

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
        mine = _own_driver(view)
        if mine is None:
            return None
        self.car = (mine.car + 1) % len(CARS)
        return ChooseCar(self.car)

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter | None,
        frame: Frame,
        at: str = "",
        muted: tuple[str, ...] = (),
        codes: tuple[tuple[str, str], ...] = (),
        key_log: str = "",
        bots: int = 0,
    ) -> None:
        """Draw the lobby on a bird's view of its circuit.

        Args:
            at: the id of the control that has the ring.
            muted: keys of who is not heard, in hex.
            codes: where friends reach us who do not see this race: networks, and what is typed.
            key_log: the file that gets the keys to all that our node says.
            bots: that this machine has brought, also those on their way.
        """
        self._choice_pending.on_view(view, frame.now_ns)
        view = self._choice_pending.over(view)
        canvas.surface.fill(INK)
        if world is not None:
            _draw_backdrop(canvas, world, frame)
        self._draw_title(canvas, view, bots)
        if key_log:
            file = key_log[:NAME_CHARS_MAX]
            words = f"KEY LOG ON: who has the file {file} can read all that this node says"
            canvas.text(words, 42.0, 8.0, 15, BAD, bold=True, shadow=True)
        _draw_codes(canvas, codes)
        self._grid.draw(canvas, view, at, muted)
        self._card.draw(canvas, view, _card_box(canvas), at)
        draw_strip(canvas)

    def _draw_title(self, canvas: Canvas, view: RaceView, bots: int) -> None:
        canvas.text(view.race, 40.0, 26.0, 50, WHITE, bold=True, shadow=True)
        canvas.text(crowd_words(view), 42.0, 86.0, 18, SOFT, shadow=True)
        mine = _own_driver(view)
        if mine is not None and 0 <= mine.car < len(CARS):
            words = f"your car: {CARS[mine.car].title}"
            canvas.text(words, 700.0, 86.0, 18, WHITE, align=1.0, shadow=True)
        words = start_words(view) or coming_words(view, bots, awaited=self._awaits_bots)
        if not words and len(view.drivers) == 1 and not view.players:
            words = ALONE_WORDS
        words = words if view.synced else "catching up with the race …"
        canvas.text(words, 42.0, 108.0, 16, ACCENT, shadow=True)


def _draw_codes(canvas: Canvas, codes: tuple[tuple[str, str], ...]) -> None:
    """Draw what friends type: the best place large, and those over other networks below it."""
    if not codes:
        return
    right = canvas.width - 40.0
    words = "a friend does not see this race? Type this there:"
    canvas.text(words, right, 48.0, 14, SOFT, align=1.0, shadow=True)
    (_, code), *others = codes
    canvas.text(code, right, 68.0, 26, WHITE, bold=True, align=1.0, shadow=True)
    for k, (network, code) in enumerate(others):
        words = f"over {network}: {code}"
        canvas.text(words, right, 102.0 + 20.0 * k, 16, WHITE, align=1.0, shadow=True)


def _card_box(canvas: Canvas) -> Box:
    """Return where the circuit's panel stands, on the right."""
    height = min(canvas.height - 132.0 - 64.0, CARD_HIGH)
    return Box(724.0, 132.0, canvas.width - 764.0, height)


def _draw_backdrop(canvas: Canvas, world: WorldPainter, frame: Frame) -> None:
    """Let the circuit glide past below, darkened."""
    world.glide(canvas, frame)
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 150, 0)


def _own_driver(view: RaceView) -> DriverView | None:
    return next((driver for driver in view.drivers if driver.mine), None)


def _is_ready(view: RaceView) -> bool:
    mine = _own_driver(view)
    return mine is not None and mine.ready


def _awaited_people(view: RaceView) -> list[DriverView]:
    """Return for whom a race waits."""
    return [d for d in drivers_of(view) if not d.bot and d.number is not None]


def _hangs_on_us(view: RaceView) -> bool:
    """Whether the race starts as soon as we want it."""
    if view.host_name:
        return view.may_start
    return all(driver.ready for driver in _awaited_people(view) if not driver.mine)


def _start_or_ready(view: RaceView) -> Intent:
    return Start() if _hangs_on_us(view) else BeReady(on=True)


def start_label(view: RaceView) -> str:
    """Return what the first plate does."""
    if _is_ready(view):
        return "not ready"
    return "start" if _hangs_on_us(view) else "ready"


def crowd_words(view: RaceView) -> str:
    """Return who is here, in a line; who watches is nobody that a race waits for."""
    drivers, seated, watchers = (len(of(view)) for of in (drivers_of, seated_of, watchers_of))
    words = f"{drivers} here"
    words += f", {drivers - seated} waiting for a car" if seated < drivers else ""
    words += f", {watchers} watching" if watchers else ""
    if view.players:
        words += f", starts by itself with {view.players}"
    if view.host_name:
        return f"{words} · {view.host_name} is the host"
    alone = len(_awaited_people(view)) < 2  # who leads bots is of no interest
    if alone or not view.coordinator_name:
        return words
    return f"{words} · {view.coordinator_name} coordinates"


def missing_bots(view: RaceView, bots: int) -> int:
    """Return how many of this machine's bots are still on their way to a car."""
    seated = [driver for driver in view.drivers if driver.number is not None]
    missing = bots - sum(driver.bot for driver in seated)
    return max(0, missing) if len(seated) < GRID_MAX else 0


def coming_words(view: RaceView, bots: int, *, awaited: bool = False) -> str:
    """Return how many bots of this machine are on their way, and whether the start waits."""
    missing = missing_bots(view, bots)
    words = f"{missing} bot{'s' if missing > 1 else ''} on the way" if missing > 0 else ""
    if not words or not awaited:
        return words
    return f"{words}: {'the race starts' if _hangs_on_us(view) else 'you are ready'} with them"


def start_words(view: RaceView) -> str:
    """Return what the start waits for."""
    mine = _own_driver(view)
    if mine is not None and mine not in (*seated_of(view), *watchers_of(view)):
        return FULL_WORDS
    people = _awaited_people(view)
    ready = sum(driver.ready for driver in people)
    if view.host_name and not view.may_start:
        return f"{view.host_name} chooses and starts"
    if len(people) < 2 or not ready:
        return ""
    words = f"{ready} of {len(people)} ready"
    if view.starts_ns is None:
        return f"{words}: starts when all are"
    left_s = -(-(view.starts_ns - view.now_ns) // SECOND_NS)
    return f"{words}: starts without the others in {left_s} s" if left_s > 0 else words
