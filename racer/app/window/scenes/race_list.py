"""The races nearby, a card each: its circuit's picture, who is there, and why it is shut to us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, FAINT, GOOD, INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Card
from racer.app.window.controls.paint import draw_control, draw_thumb
from racer.app.window.controls.scroll import Scroll
from racer.app.window.hud.minimap import Minimap
from racer.app.window.ports import LeftRace
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.ports import RaceCard

HIGH: Final = 74.0
GAP: Final = 8.0
RING: Final = 4.0  # around a card, that is to be seen whole
HEAD: Final = 40.0  # above the first card
FOOT: Final = 46.0  # below the last, for two rows about the network
ROW: Final = 17.0
WORDS: Final = 104.0  # height of what is told where there is no race …
WORDS_ALONE: Final = 176.0  # … and of the ways to find one
MAPS_MAX: Final = 32
OLD: Final = "you were in it over twelve hours ago, by this machine's clock: back to it"
PHASES: Final[dict[Phase, tuple[str, Colour]]] = {
    Phase.LOBBY: ("in the lobby", GOOD),
    Phase.COUNTDOWN: ("starting", ACCENT),
    Phase.RACING: ("racing", ACCENT),
    Phase.FINISHED: ("results", SOFT),
}


@dataclass(frozen=True, slots=True)
class ListedRace:
    """A race as it stands in the list."""

    id: str
    race: str
    locked: bool
    card: RaceCard | None  # None: one that a crash left, of which nothing is heard
    ours: bool = False  # a crash took us out of it …
    old: bool = False  # … over twelve hours ago, by the clock


def listed_races(cards: tuple[RaceCard, ...], offer: LeftRace | None) -> tuple[ListedRace, ...]:
    """Return the races in the order of the list: first the one to come back to.

    Rooms of one name are one row, unless only one of them is locked, or they are islands of one; of
    two the one that can be joined is shown.
    """
    rows: dict[tuple[str, bool, str], ListedRace] = {}
    for card in sorted(cards, key=lambda card: bool(card.apart)):
        island = f"island {card.island} of " if card.island else ""
        row_id = f"{island}{'locked ' if card.locked else ''}race {card.race}"
        row = ListedRace(row_id, card.race, card.locked, card)
        rows.setdefault((card.race, card.locked, card.island), row)
    names = dict.fromkeys(card.race for card in cards)
    doors = [(name, locked) for name in names for locked in (False, True)]
    listed = [
        rows[key]
        for door in doors
        for key in dict.fromkeys((c.race, c.locked, c.island) for c in cards)
        if key[:2] == door
    ]
    if offer is None:
        return tuple(listed)
    known = next((row for row in listed if LeftRace(row.race, row.locked) == offer), None)
    heard = None if known is None else known.card
    first = ListedRace("resume", offer.race, offer.locked, heard, ours=True, old=offer.old)
    return (first, *(row for row in listed if row is not known))


def list_box(most: Box, races: int, *, alone: bool) -> Box:
    """Return the list's ground: as high as what stands on it, within the most.

    Args:
        alone: without races, more is told of why that may be.
    """
    high = races * (HIGH + GAP) + RING if races else WORDS_ALONE if alone else WORDS
    return Box(most.x, most.y, most.width, min(most.height, HEAD + high + FOOT))


@final
class RaceCards:
    """Lays the cards out in a window that scrolls, and paints them."""

    def __init__(self, circuits: CircuitSource) -> None:
        self.circuits = circuits
        self._maps: dict[str, Minimap] = {}
        self._scroll = Scroll()

    def scroll(self, steps: int) -> None:
        """Move the list by steps of the wheel: + is up."""
        self._scroll.roll(-steps * (HIGH + GAP))

    def page(self, races: tuple[ListedRace, ...], box: Box, at: str) -> tuple[Card, ...]:
        """Return the cards; the one of the id `at` is brought into sight."""
        window = Box(box.x + 8.0, box.y + HEAD, box.width - 16.0, box.height - HEAD - FOOT)
        tops = {race.id: k * (HIGH + GAP) + 4.0 for k, race in enumerate(races)}
        span = (tops[at] - RING, tops[at] + HIGH + RING) if at in tops else None
        offset = self._scroll.offset(len(races) * (HIGH + GAP) + RING, window.height, at, span)
        return tuple(
            Card(
                id=race.id,
                box=Box(window.x + 6.0, window.y + tops[race.id] - offset, window.width - 12, HIGH),
                within=window,
                enabled=race.card is None or not race.card.apart,
            )
            for race in races
        )

    def draw(
        self,
        canvas: Canvas,
        races: tuple[ListedRace, ...],
        cards: tuple[Card, ...],
        at: str,
    ) -> None:
        """Draw the cards that are in sight."""
        for race, card in zip(races, cards, strict=True):
            window = card.within
            if card.box.bottom < window.y or card.box.y > window.bottom:
                continue
            with canvas.clipped(*window):
                draw_control(canvas, card, ringed=card.id == at)
                self._draw_race(canvas, race, card.box)
        if cards:
            draw_thumb(canvas, self._scroll, cards[0].within)

    def _draw_race(self, canvas: Canvas, race: ListedRace, box: Box) -> None:
        left = box.x + 12.0
        if race.card is not None:
            self._draw_picture(canvas, race.card.track, Box(left, box.y + 7.0, 88.0, 60.0))
        left += 102.0
        shut = race.card is not None and race.card.apart
        colour = FAINT if shut else GOOD if race.ours else WHITE
        right = box.right - 14.0
        if race.locked:
            _draw_lock(canvas, right - 18.0, box.y + 13.0)
            right -= 30.0
        name = canvas.fitted(race.race, right - left - 130.0, 22, bold=True)
        canvas.text(name, left, box.y + 9.0, 22, colour, bold=True)
        if race.card is not None and race.card.phase is not None:
            words, of = PHASES[race.card.phase]
            words = f"lap {race.card.lap}" if race.card.lap else words
            canvas.text(words, right, box.y + 13.0, 15, of, bold=True, align=1.0)
        about, ink = self._summary_of(race)
        wide = 0.0
        if race.card is not None and race.card.ping_ms is not None:
            ping, edge = f"{race.card.ping_ms:.0f} ms", box.right - 14.0
            wide = canvas.text(ping, edge, box.y + 44.0, 14, FAINT, align=1.0) + 12.0
        wide = box.right - 14.0 - left - wide
        if canvas.text_width(about, 16) <= wide:
            canvas.text(about, left, box.y + 42.0, 16, ink)
            return
        for k, row in enumerate(_two_rows(canvas, about, wide)):
            canvas.text(row, left, box.y + 37.0 + ROW * k, 14, ink)

    def _summary_of(self, race: ListedRace) -> tuple[str, Colour]:
        card = race.card
        if card is not None and card.apart:
            return f"cannot be joined: {card.apart}", BAD
        if card is not None and card.unreached:  # nothing else helps who gets no answer
            return card.unreached, BAD
        if card is not None and card.full and not race.ours:  # one of them may be ours
            return f"full: all {card.cars} cars are taken; join to wait for one, or watch", ACCENT
        if card is not None and card.note:
            return card.note, ACCENT
        if race.ours:
            return OLD if race.old else "you were in this race: back to your car", SOFT
        assert card is not None, "only a race that a crash left is not heard of"
        if card.beside:
            return card.beside, ACCENT
        return race_summary(card, self.circuits), SOFT

    def _draw_picture(self, canvas: Canvas, name: str, box: Box) -> None:
        canvas.panel(*box, INK, 150, 6)
        if not name:
            _draw_lock(canvas, box.middle - 8.0, box.y + 19.0)
            return
        track = self.circuits.track(name)
        if track is None:
            canvas.text("?", box.middle, box.y + 14.0, 26, FAINT, bold=True, align=0.5)
            return
        if name not in self._maps:
            if len(self._maps) >= MAPS_MAX:
                self._maps.clear()
            self._maps[name] = Minimap(track)
        inner = box.grown(-4.0)
        self._maps[name].draw(canvas, inner, (), thick=4.0, panel=False)


def race_summary(card: RaceCard, circuits: CircuitSource) -> str:
    """Return who is there and where, in a line."""
    track = circuits.track(card.track)
    title = track.title if track is not None else card.track
    people = f"{card.players} there"
    if card.cars is not None:
        people += f", {card.cars} car{'s' if card.cars != 1 else ''}"
    return f"{people} · {title}" if title else people


def draw_panel(canvas: Canvas, box: Box, dots: int, line: str) -> None:
    """Draw the ground of the list, with words about the network if there are any."""
    canvas.panel(*box, PANEL, 214, 14)
    canvas.text("RACES NEARBY", box.x + 20.0, box.y + 12.0, 15, FAINT, bold=True)
    canvas.text("listening" + "." * dots, box.right - 96.0, box.y + 12.0, 14, FAINT)
    rows = _two_rows(canvas, line, box.width - 40.0)
    for k, row in enumerate(reversed(rows)):
        canvas.text(row, box.x + 20.0, box.bottom - 26.0 - ROW * k, 14, ACCENT)


def _two_rows(canvas: Canvas, words: str, width: float) -> list[str]:
    """Return words that say why and what to do, in the two rows that there are for them."""
    if not words:
        return []
    first, *more = canvas.rows(words, width, 14)
    return [first, canvas.fitted(" ".join(more), width, 14)] if more else [first]


def _draw_lock(canvas: Canvas, x: float, y: float) -> None:
    """Draw a padlock: this race asks for a passphrase."""
    arch = canvas.rect(x + 3.0, y, 10.0, 14.0)
    pygame.draw.rect(
        canvas.surface, ACCENT, arch, max(1, canvas.px(2.4)), border_radius=canvas.px(5)
    )
    canvas.panel(x, y + 8.0, 16.0, 12.0, ACCENT, 255, 3)
