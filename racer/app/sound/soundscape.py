"""What a race sounds like at one tick: which loops, how loud on either side, which blows.

Nothing is played here: `Soundscape` turns views into a `Score`, and the mixer performs it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, final

from racer.app.motion import Impacts, velocity, wake, watched_car
from racer.app.sound.gearbox import Gearbox
from racer.app.sound.hearing import FAR_M, SILENT, Gains, Sounding, doppler, heard, middle
from racer.core.circuits.track import Surface, Weather
from racer.core.tuning import GRAVITY
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.motion import Impact
    from racer.core.circuits.track import Scenery, Track
    from racer.play.view import CarView, RaceView

RIVALS: Final = 4  # engines besides our own: of more the ear makes one noise
OWN_LOUD: Final = 0.50
RIVAL_LOUD: Final = 0.46
COAST: Final = 0.5  # how loud an engine is off the throttle, of on it
EASE: Final = 0.25  # share of the way to a new level in one tick: no steps are heard
QUIET: Final = 0.004  # a level that is none
TOP_MS: Final = 57.0
LATERAL_MAX: Final = 1.4 * GRAVITY  # across, at the limit of the tyres
STAND_REACH_M: Final = 70.0
HARD: Final = 0.62  # force of a hit from which metal is heard, not bodywork


class Loop(StrEnum):
    """Sounds that go on by themselves."""

    SKID = "skid"
    SCRUB = "scrub"
    ROAD = "road"
    WET_ROAD = "wet_road"
    GRASS = "grass"
    GRAVEL = "gravel"
    KERB_SLOW = "kerb_slow"
    KERB = "kerb"
    KERB_FAST = "kerb_fast"
    SCRAPE = "scrape"
    WIND = "wind"
    BUFFET = "buffet"
    RAIN = "rain"
    CROWD = "crowd"
    RIVAL_SKID = "rival_skid"


class Shot(StrEnum):
    """Sounds that are over by themselves."""

    THUD = "thud"
    CRASH = "crash"
    WHOOSH = "whoosh"
    CHEER = "cheer"


@dataclass(frozen=True, slots=True)
class EngineNote:
    """One engine. `revs` 0..1 as its shaft turns, `pitch` by which factor we hear it shifted."""

    number: int
    kind: int  # index into `tuning.CARS`
    revs: float
    pitch: float
    load: float  # 0..1
    gains: Gains
    near: bool = False  # we sit in front of it


@dataclass(frozen=True, slots=True)
class Score:
    """All that is heard in one tick. Loops that are missing are silent."""

    engines: tuple[EngineNote, ...] = ()
    loops: dict[Loop, Gains] = field(default_factory=dict)
    shots: tuple[tuple[Shot, Gains], ...] = ()


GROUND: Final[dict[Surface, tuple[Loop, float]]] = {
    Surface.ASPHALT: (Loop.ROAD, 0.26),
    Surface.KERB: (Loop.ROAD, 0.22),
    Surface.GRASS: (Loop.GRASS, 0.62),
    Surface.GRAVEL: (Loop.GRAVEL, 0.78),
    Surface.WET: (Loop.WET_ROAD, 0.50),
    Surface.DIRT: (Loop.GRAVEL, 0.42),
    Surface.WET_KERB: (Loop.WET_ROAD, 0.42),
}
"""What is heard of the ground, and how loud at the top speed."""

KERBS: Final = ((16.0, Loop.KERB_SLOW), (34.0, Loop.KERB), (math.inf, Loop.KERB_FAST))
"""Up to which speed [m/s] each is heard."""


@final
class Soundscape:
    """Listens to a race from the car that is seen, which need not be our own."""

    def __init__(self) -> None:
        self._gears: dict[int, Gearbox] = {}
        self._load: dict[int, float] = {}
        self._levels: dict[Loop, Gains] = {}
        self._impacts = Impacts()
        self._rivals: list[int] = []  # those whose engines are heard
        self._seat: int | None = None  # number of the car that we sit in
        self._heading: float | None = None
        self._boosting = False
        self._cheers = 0  # over our own finish, and over the podium

    def hear(self, view: RaceView, track: Track | None, seen: int | None = None) -> Score:
        """Take in one tick; return what it sounds like.

        Args:
            view: of the race.
            track: its circuit, once it is here.
            seen: number of the car in the picture; None: our own, or the leader's without one.
        """
        found = next((car for car in view.cars if car.number == seen), None)
        me = watched_car(view) if found is None else found
        hits = self._impacts.on_cars(view.cars)
        if me is None:
            return Score()
        if me.number != self._seat:
            self._take_seat(view, me)
        ear = _source_of(me)
        wishes = self._air_gains(view, me) | self._people_gains(view, ear, track)
        if track is not None:
            wishes |= self._ground_gains(me, track)
        rivals = self._nearest_rivals(view, me)
        wishes |= _rival_skid(rivals, ear)
        return Score(
            self._engine_notes(view, me, rivals, ear),
            self._eased_gains(wishes),
            tuple(self._new_shots(view, me, ear, hits)),
        )

    def _take_seat(self, view: RaceView, me: CarView) -> None:
        """Listen from another car: what has happened to it already is not heard as news."""
        first, self._seat = self._seat is None, me.number
        self._heading = None
        if not first:
            self._boosting, self._cheers = me.boosting, _cheers_over(view, me)

    def _nearest_rivals(self, view: RaceView, me: CarView) -> list[CarView]:
        """Return the other cars that are heard; who was heard a tick ago is a little nearer."""
        ways = {}
        for car in view.cars:
            way = math.dist((car.pose.x, car.pose.y), (me.pose.x, me.pose.y))
            if car is not me and not car.ghost and way < FAR_M:
                ways[car.number] = way * (0.8 if car.number in self._rivals else 1.0)
        self._rivals = sorted(ways, key=ways.__getitem__)[:RIVALS]
        return [car for car in view.cars if car.number in self._rivals]

    def _engine_notes(
        self, view: RaceView, me: CarView, rivals: list[CarView], ear: Sounding
    ) -> tuple[EngineNote, ...]:
        notes = [self._engine_note(me, ear, OWN_LOUD)]
        notes.extend(self._engine_note(car, ear, RIVAL_LOUD) for car in rivals)
        for number in set(self._gears) - {car.number for car in view.cars}:
            del self._gears[number], self._load[number]
        return tuple(note for note in notes if note.gains.sum > QUIET)

    def _engine_note(self, car: CarView, ear: Sounding, loud: float) -> EngineNote:
        gears = self._gears.setdefault(car.number, Gearbox())
        revs = gears.revs(car.speed_ms, car.throttle)
        before = self._load.get(car.number, 0.0)
        load = self._load[car.number] = before + EASE * (car.throttle - before)
        source = _source_of(car)
        share = (COAST + (1.0 - COAST) * load) * (0.5 + 0.5 * revs)
        gains = heard(ear, source).times(loud * share)
        near = loud == OWN_LOUD
        return EngineNote(car.number, car.car, revs, doppler(ear, source), load, gains, near)

    def _air_gains(self, view: RaceView, me: CarView) -> dict[Loop, Gains]:
        """Return what the wind does: less in the wake of another, where it flutters instead."""
        depth = wake(view) if me.mine else 0.0
        fast = min(1.3, me.speed_ms / TOP_MS)
        return {
            Loop.WIND: middle(0.42 * fast * fast * (1.0 - 0.6 * depth)),
            Loop.BUFFET: middle(0.55 * depth * fast),
        }

    def _people_gains(
        self, view: RaceView, ear: Sounding, track: Track | None
    ) -> dict[Loop, Gains]:
        if track is None:
            return {}
        stands = [thing for thing in track.scenery if thing.kind == "stand"]
        louder = 1.7 if view.official or view.results else 1.0  # the race is being decided
        gains = {Loop.CROWD: _crowd_gains(stands, ear, 0.5 * louder)}
        if track.weather is Weather.RAIN:
            gains[Loop.RAIN] = middle(0.3)
        return gains

    def _ground_gains(self, me: CarView, track: Track) -> dict[Loop, Gains]:
        """Return what the tyres do, by their slip and what is below them."""
        place = track.project(me.pose.x, me.pose.y, track.index_at(me.way_m))
        surface = track.surface_at(place.index, place.lateral_m)
        loop, loud = GROUND[surface]
        fast = min(1.2, me.speed_ms / TOP_MS)
        wishes = {loop: middle(loud * fast**0.7)}
        if surface in {Surface.KERB, Surface.WET_KERB} and me.speed_ms > 3.0:
            kerb = next(loop for below, loop in KERBS if me.speed_ms < below)
            wishes[kerb] = middle(0.30 + 0.3 * fast)
        left, right = track.walls_at(place)
        if min(left - place.lateral_m, right + place.lateral_m) < 1.25 and me.speed_ms > 4.0:
            wishes[Loop.SCRAPE] = middle(0.25 + 0.4 * fast)
        if surface in {Surface.ASPHALT, Surface.KERB}:
            wishes |= self._slip_gains(me, fast)
        return wishes

    def _slip_gains(self, me: CarView, fast: float) -> dict[Loop, Gains]:
        turn = 0.0
        if self._heading is not None:
            turn = math.remainder(me.pose.heading - self._heading, math.tau) * 60.0
        self._heading = me.pose.heading
        across = abs(turn) * me.speed_ms / LATERAL_MAX
        return {
            Loop.SCRUB: middle(0.3 * min(1.0, max(0.0, across - 0.7) / 0.3)),
            Loop.SKID: middle(0.62 * _slide_share(me)),
        }

    def _eased_gains(self, wishes: dict[Loop, Gains]) -> dict[Loop, Gains]:
        """Let each loop come and go within a few ticks."""
        levels = {}
        for loop in Loop:
            now, wish = self._levels.get(loop, SILENT), wishes.get(loop, SILENT)
            gains = Gains(
                now.left + EASE * (wish.left - now.left),
                now.right + EASE * (wish.right - now.right),
            )
            if gains.sum > QUIET:
                levels[loop] = gains
        self._levels = levels
        return levels

    def _new_shots(
        self, view: RaceView, me: CarView, ear: Sounding, hits: list[Impact]
    ) -> list[tuple[Shot, Gains]]:
        shots = []
        for hit in hits:
            gains = heard(ear, Sounding(hit.x, hit.y)).times(hit.force)
            shots.append((Shot.CRASH if hit.force > HARD else Shot.THUD, gains))
        if me.boosting and not self._boosting:
            shots.append((Shot.WHOOSH, middle(0.7)))
        self._boosting = me.boosting
        cheers = _cheers_over(view, me)
        if cheers > self._cheers:
            shots.append((Shot.CHEER, middle(0.8)))
        self._cheers = cheers
        return shots


def _cheers_over(view: RaceView, me: CarView) -> int:
    return (me.finished_ms is not None) + (view.phase is Phase.FINISHED)


def _source_of(car: CarView) -> Sounding:
    return Sounding(car.pose.x, car.pose.y, *velocity(car.before, car.pose))


def _slide_share(car: CarView) -> float:
    """Return how much a car slides, 0..1, by how fast it goes sideways."""
    if not car.sliding:
        return 0.0
    vx, vy = velocity(car.before, car.pose)
    sideways = abs(vy * math.cos(car.pose.heading) - vx * math.sin(car.pose.heading))
    return min(1.0, 0.35 + sideways / 9.0) * min(1.0, car.speed_ms / 8.0)


def _rival_skid(rivals: list[CarView], ear: Sounding) -> dict[Loop, Gains]:
    """Return the loudest slide of another car."""
    slides = [
        heard(ear, _source_of(car)).times(0.5 * _slide_share(car)) for car in rivals if car.sliding
    ]
    return {Loop.RIVAL_SKID: max(slides, key=lambda gains: gains.sum, default=SILENT)}


def _crowd_gains(stands: list[Scenery], ear: Sounding, loud: float) -> Gains:
    """Return the people on the nearest stand, by the way to its nearest end."""
    best = SILENT
    for stand in stands:
        c, s = math.cos(stand.heading), math.sin(stand.heading)
        along = (ear.x - stand.x) * c + (ear.y - stand.y) * s
        half = stand.size_m / 2.0
        along = min(half, max(-half, along))
        near = Sounding(stand.x + along * c, stand.y + along * s)
        way = math.dist((near.x, near.y), (ear.x, ear.y))
        if way < STAND_REACH_M:
            gains = heard(ear, near).times(loud * (1.0 - way / STAND_REACH_M) * 2.0)
            best = max(best, gains, key=lambda each: each.sum)
    return best
