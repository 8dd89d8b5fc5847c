"""The circuit of the next race: its shape, what it is like, who was fastest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.race_settings import RACE_SETTINGS, meaning_of
from racer.app.window.base.letters.cleaning import shortened
from racer.app.window.base.palette import ACCENT, BAD, BEST, FAINT, PANEL, SOFT, WHITE
from racer.app.window.hud.minimap import Minimap
from racer.core.circuits.track import Light, Surface, Track, Weather
from racer.core.rules.results import time_text
from racer.core.tuning import CARS

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import RaceView, RecordView

CHOICES_FROM: Final = 182.0  # below the panel's top: what the room chooses of the race
CHOICES: Final = 2 + len(RACE_SETTINGS)  # circuit, laps, and the rest
ROW: Final = 34.0
SPACE: Final = 8.0  # between what is voted for and who wants it …
GAP: Final = 20.0  # … and the next
VOTE_ROW: Final = 18.0  # so that there is a line for whatever is voted on
ROWS_MAX: Final = 4  # records that are listed
HILLY_M: Final = 8.0
NAMED_CHARS: Final = 16


@final
class CircuitCard:
    """Draws the panel; the outline is painted once for each circuit."""

    def __init__(self, circuits: CircuitSource) -> None:
        self._circuits = circuits
        self._map: Minimap | None = None
        self._traits: tuple[str, ...] = ()

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        box: tuple[float, float, float, float],
        at: str = "",
    ) -> None:
        """Draw it into a box of x, y, width, height.

        Args:
            at: the id of the control that has the ring: what it means is told.
        """
        x, y, width, height = box
        canvas.panel(x, y, width, height, PANEL, 214)
        headed = canvas.text("CIRCUIT", x + 18.0, y + 10.0, 14, FAINT, bold=True)
        names = self._circuits.names()
        name = view.setup.track
        if name in names:
            words = f"{names.index(name) + 1} of {len(names)}"
            canvas.text(words, x + width - 18.0, y + 10.0, 14, FAINT, align=1.0)
        track = view.circuit or self._circuits.track(name)
        if track is None:
            words = "the circuit is on its way"
            canvas.text(words, x + width / 2.0, y + 84.0, 18, BAD, align=0.5)
        else:
            self._draw_shape(canvas, track, (x, y + 30.0, width, CHOICES_FROM - 36.0))
            total = track.length_m * view.setup.laps
            if not view.setup.mode.rules.laps_told:
                laps = f"{view.setup.laps} lap{'s' if view.setup.laps > 1 else ''}"
                words = f"{laps}, {canvas.figures.way(total)} in all"
                canvas.text(words, x + headed + 28.0, y + 10.0, 14, FAINT)
        below = (x, y + CHOICES_FROM + CHOICES * ROW + 4.0, width)
        rows = vote_rows(view, self._circuits)
        meaning = meaning_of(at, view.setup)
        if meaning:
            _draw_meaning(canvas, meaning, below)
        elif rows:
            _draw_votes(canvas, rows, below)
        else:
            self._draw_records(canvas, view, below)

    def _draw_shape(
        self, canvas: Canvas, track: Track, box: tuple[float, float, float, float]
    ) -> None:
        x, y, width, height = box
        if self._map is None or self._map.track is not track:
            self._map, self._traits = Minimap(track), traits(track)
        words = line_about(canvas, track, self._traits)
        size = 15.0 if canvas.text_width(words, 15) < width - 30.0 else 12.0
        canvas.text(words, x + width / 2.0, y, size, SOFT, align=0.5)
        shape = (x + 14.0, y + 22.0, width - 28.0, height - 24.0)
        self._map.draw(canvas, shape, (), thick=8.0, panel=False)

    def _draw_records(self, canvas: Canvas, view: RaceView, at: tuple[float, float, float]) -> None:
        x, y, width = at
        canvas.text("RECORDS OF THIS NETWORK", x + 18.0, y, 14, FAINT, bold=True)
        rows = best_rows(view.records)
        if not rows:
            words = "none yet: the first clean lap is one"
            canvas.text(words, x + 18.0, y + 24.0, 15, SOFT)
        for k, row in enumerate(rows):
            top = y + 23.0 + 23.0 * k
            colour = ACCENT if row.mine else WHITE
            name = shortened(row.name, NAMED_CHARS)
            canvas.text(name, x + 18.0, top, 16, colour, bold=row.mine)
            car = CARS[row.car].title if row.car < len(CARS) else ""
            canvas.text(car, x + 0.52 * width, top + 1.0, 14, SOFT)
            time = BEST if row.place == 1 else SOFT
            canvas.text(
                canvas.figures.written(time_text(row.ms)),
                x + width - 18.0,
                top,
                16,
                time,
                align=1.0,
            )


def vote_rows(view: RaceView, circuits: CircuitSource) -> list[tuple[str, str, str]]:
    """Return what is voted for, where more than one person votes: of what, for what, who."""
    if len({name for votes in view.votes for name in votes.voters}) < 2:
        return []
    rows: list[tuple[str, str, str]] = []
    for votes in view.votes:
        setting = next((each for each in RACE_SETTINGS if each.field == votes.setting), None)
        if setting is not None:
            label, value = setting.label, setting.choices[setting.at(votes.race)]
        elif votes.setting == "laps":
            label, value = "laps", str(votes.race.laps)
        else:
            track = circuits.track(votes.race.track)
            label, value = "circuit", votes.race.track if track is None else track.title
        rows.append((label, value, ", ".join(votes.voters)))
    return rows


def _draw_meaning(canvas: Canvas, meaning: str, at: tuple[float, float, float]) -> None:
    x, y, width = at
    for k, row in enumerate(canvas.rows(meaning, width - 36.0, 16)):
        canvas.text(row, x + 18.0, y + 23.0 * k, 16, SOFT)


def vote_lines(rows: list[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Return by what is voted on what is voted for, and by whom; first where people differ."""
    lines: dict[str, list[tuple[str, str]]] = {}
    for label, value, voters in rows:
        lines.setdefault(label, []).append((value, voters))
    return dict(sorted(lines.items(), key=lambda line: len(line[1]) < 2))


def _draw_votes(
    canvas: Canvas, rows: list[tuple[str, str, str]], at: tuple[float, float, float]
) -> None:
    x, y, width = at
    canvas.text("VOTES", x + 18.0, y, 14, FAINT, bold=True)
    for k, (label, found) in enumerate(vote_lines(rows).items()):
        top = y + 20.0 + VOTE_ROW * k
        canvas.text(label, x + 18.0, top, 15, SOFT)
        left, right = x + 0.23 * width, x + width - 18.0
        parts = _with_names(found)
        if left + sum(_part_width(canvas, *part) for part in parts) > right:
            parts = _with_counts(found)
        for words, colour, bold in parts:
            shown = canvas.fitted(words, right - left, 15, bold=bold)
            left += canvas.text(shown, left, top, 15, colour, bold=bold) + (SPACE if bold else GAP)


def _part_width(canvas: Canvas, words: str, _: Colour, bold: bool) -> float:
    return canvas.text_width(words, 15, bold=bold) + (SPACE if bold else GAP)


def _with_names(found: list[tuple[str, str]]) -> list[tuple[str, Colour, bool]]:
    """Return the parts of a line: what is voted for, and who wants it."""
    parts: list[tuple[str, Colour, bool]] = []
    for k, (value, voters) in enumerate(found):
        parts += [(value, WHITE if k else ACCENT, True), (voters, SOFT, False)]
    return parts


def _with_counts(found: list[tuple[str, str]]) -> list[tuple[str, Colour, bool]]:
    """Return the parts of a line that has no room for names."""
    return _with_names([(value, str(voters.count(",") + 1)) for value, voters in found])


def best_rows(records: tuple[RecordView, ...]) -> tuple[RecordView, ...]:
    """Return the fastest rows of all kinds of car."""
    return tuple(sorted(records, key=lambda row: (row.ms, row.car, row.place))[:ROWS_MAX])


def line_about(canvas: Canvas, track: Track, known: tuple[str, ...]) -> str:
    """Return how long a circuit is, and its traits, in a line."""
    return " · ".join((canvas.figures.way(track.length_m), *known))


def traits(track: Track) -> tuple[str, ...]:
    """Return what a driver wants to know of a circuit before the start, besides its length."""
    heights = [point.height_m for point in track.centre]
    climb = max(heights) - min(heights)
    wet = any(point.wet_to_m > point.wet_from_m for point in track.centre)
    words = ["rain"] if track.weather is Weather.RAIN else ["puddles"] if wet else []
    words += [str(track.light)] if track.light is not Light.DAY else []
    words += ["dirt"] if any(p.road is Surface.DIRT for p in track.centre) else []
    words += [f"{climb:.0f} m of climb"] if climb > HILLY_M else []
    words += ["a bridge"] if track.has_bridge else []
    words += ["gravel traps"] if track.runoff is Surface.GRAVEL else []
    return tuple(words)
