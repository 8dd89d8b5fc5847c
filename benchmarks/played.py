"""Ten laps in the real window by keys, and ten by a pad, as by a person who only sees the picture.

`python -m benchmarks.played [CIRCUIT] [FOLDER]` prints how it went; a picture every few seconds
goes to FOLDER. The driver looks 200 ms late, knows only what of the road is on the screen, and its
keys and sticks are events like any: wheel, camera and HUD are the game's own. No pad is felt:
SDL's events for one are made here.
"""

from __future__ import annotations

import math
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, cast, final

import pygame

from benchmarks.figures import percentile, print_lines
from racer.app.window.base.screen import open_display
from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.game import Game
from racer.app.window.scene import Frame, OpenRace
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.world.camera import Sight
from racer.core.circuits.track import Surface, Track
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import RacingLine
from racer.core.physics.car import CarState, Controls, clamped
from racer.core.rules.laps import Progress
from racer.core.tuning import TICK_HZ, TICK_S
from racer.play.view import CarView, Drive, Intent, Phase
from tests.app.fakes import OURS, FakeLounge, FakeSeat

LAPS: Final = 10
CARS: Final = 5
DELAY: Final = TICK_HZ // 5  # from the eye to the hand
SECONDS_MAX: Final = 900
PICTURE_EVERY: Final = 6 * TICK_HZ
HALF_SEEN_M: Final = (64.0, 36.0)  # of the picture, about its middle, at 1280 by 720
MARGIN_M: Final = 3.0  # what is closer to the picture's edge is not read
CARE: Final = 0.93  # of the line's speed: nobody is a machine
BRAKING: Final = 9.0  # m/s² that a person counts on


@final
class Hands:
    """Stands where a bot sits in the heat: our car does what the window asks for."""

    def __init__(self) -> None:
        self.controls = Controls()

    def decide(
        self, _car: CarState, _progress: Progress, _others: Sequence[CarState], _tick: int
    ) -> Controls:
        return self.controls


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What was on the screen at one moment: our car, and where the picture's middle was."""

    car: CarView
    sight: Sight


@dataclass(frozen=True, slots=True)
class Wish:
    """What a driver wants: + steers left, pedals 0..1."""

    steer: float
    throttle: float
    brake: float


class Hand(Protocol):
    """Makes events of a wish."""

    name: str

    def hold(self, wish: Wish) -> list[pygame.Event]: ...


@final
class Keys:
    """Holds arrow keys, whole or not at all; small wishes are tapped by a slow duty."""

    name = "keys"

    def __init__(self) -> None:
        self._down: set[int] = set()
        self.presses = 0
        self._frame = 0

    def hold(self, wish: Wish) -> list[pygame.Event]:
        self._frame += 1
        # Between a tap and a hold: a person taps about six times a second.
        duty = (self._frame % 10) / 10.0
        wanted = set()
        if abs(wish.steer) > max(0.10, duty * 0.85):
            wanted.add(pygame.K_LEFT if wish.steer > 0.0 else pygame.K_RIGHT)
        if wish.throttle > 0.3:
            wanted.add(pygame.K_UP)
        if wish.brake > 0.25:
            wanted.add(pygame.K_DOWN)
        down, up = wanted - self._down, self._down - wanted
        self.presses += len(down)
        self._down = wanted
        kinds = ((pygame.KEYUP, up), (pygame.KEYDOWN, down))
        return [
            pygame.Event(kind, key=key, mod=0, unicode="") for kind, keys in kinds for key in keys
        ]


@final
class Pad:
    """Moves a stick and two triggers."""

    name = "pad"

    def hold(self, wish: Wish) -> list[pygame.Event]:
        # The stick's own curve is known to the thumb after a lap.
        part = -math.copysign(abs(wish.steer) ** (1.0 / 1.6) * 0.86 + 0.14, wish.steer)
        part = 0.0 if abs(wish.steer) < 0.02 else part
        parts = (
            (pygame.CONTROLLER_AXIS_LEFTX, part),
            (pygame.CONTROLLER_AXIS_TRIGGERRIGHT, wish.throttle),
            (pygame.CONTROLLER_AXIS_TRIGGERLEFT, wish.brake),
        )
        return [
            pygame.Event(
                pygame.CONTROLLERAXISMOTION, instance_id=1, axis=axis, value=round(32767 * value)
            )
            for axis, value in parts
        ]


@dataclass(slots=True)
class Notes:
    """What went how."""

    seen_s: list[float] = field(default_factory=list)  # how far ahead the road was on the screen
    late: int = 0  # moments at which the next braking place was not yet on it
    off: int = 0  # ticks with the middle of the car beyond the road and its kerb
    driven: int = 0
    collisions: int = 0  # ticks with a touch
    turns: int = 0  # changes of the steering's side
    side: float = 0.0


@final
class Person:
    """Decides from what was on the screen 200 ms ago."""

    def __init__(self, track: Track, line: RacingLine) -> None:
        self._track = track
        self._line = line
        self.notes = Notes()

    def look(self, glimpse: Glimpse) -> Wish:
        car, track = glimpse.car, self._track
        seen_m = self._seen_m(glimpse)
        speed = max(car.speed_ms, 1.0)
        self.notes.seen_s.append(seen_m / speed)
        ahead = min(seen_m, 6.0 + 0.42 * speed)
        i = track.index_at(car.way_m + ahead)
        dx, dy = self._line.x[i] - car.pose.x, self._line.y[i] - car.pose.y
        bearing = math.remainder(math.atan2(dy, dx) - car.pose.heading, math.tau)
        steer = clamped(bearing * (2.2 if speed < 15.0 else 3.4), -1.0, 1.0)
        gap = self._wanted(car, seen_m) - speed
        if gap < -0.8:
            return Wish(steer, 0.0, clamped(-gap * 0.35, 0.0, 1.0))
        return Wish(steer, clamped(0.4 + gap, 0.0, 1.0), 0.0)

    def _seen_m(self, glimpse: Glimpse) -> float:
        """Return how much of the line ahead is on the screen without a break."""
        track, line, sight = self._track, self._line, glimpse.sight
        first = track.index_at(glimpse.car.way_m)
        for k in range(1, len(track.centre)):
            i = (first + k) % len(track.centre)
            if (
                abs(line.x[i] - sight.x) > HALF_SEEN_M[0] - MARGIN_M
                or abs(line.y[i] - sight.y) > HALF_SEEN_M[1] - MARGIN_M
            ):
                return k * track.spacing_m
        return track.length_m

    def _wanted(self, car: CarView, seen_m: float) -> float:
        """Return the speed that lets every seen place be driven; note what was seen too late."""
        track, speeds = self._track, self._line.speed
        here = track.index_at(car.way_m)
        wanted, blind = 99.0, 99.0
        for k in range(round(160.0 / track.spacing_m)):
            way = k * track.spacing_m
            late_m = DELAY * TICK_S * car.speed_ms
            limit = speeds[(here + k) % len(speeds)] * CARE
            allowed = math.sqrt(limit**2 + 2.0 * BRAKING * max(0.0, way - late_m))
            if way <= seen_m:
                wanted = min(wanted, allowed)
            blind = min(blind, allowed)
        self.notes.late += blind < car.speed_ms - 1.5 and wanted > car.speed_ms
        return wanted


@final
class Played(FakeSeat):
    """A race on this machine in which our own car does what the window sends."""

    hands = Hands()

    def send(self, intent: Intent) -> None:
        super().send(intent)
        if isinstance(intent, Drive):
            self.hands.controls = intent.controls

    def sit(self) -> None:
        """Take the wheel from the bot."""
        self.hands = Hands()
        self.demo.heat.entries[OURS].driver = cast("Driver", self.hands)
        self.sent.clear()


def drive(circuits: CircuitSource, name: str, hand: Hand, folder: Path | None) -> Iterator[str]:
    """Yield how ten laps went."""
    screen = open_display(hidden=True)
    directory = FakeLounge(circuits)
    game = Game(directory, screen, circuits)
    handle = Played(circuits, cars=CARS, laps=LAPS, track=name)
    directory.open_race = lambda wish: handle  # type: ignore[method-assign]
    game.perform_ask(OpenRace("played"))
    handle.start()
    handle.sit()
    track = circuits.track(name)
    assert track is not None
    person = Person(track, circuits.line(track))
    memory: deque[Glimpse] = deque(maxlen=DELAY + 1)
    room = game._room
    assert isinstance(room, RaceScene)
    frame = 0
    while handle.phase is not Phase.FINISHED and frame < SECONDS_MAX * TICK_HZ:
        frame += 1
        handle.step()
        game.draw(Frame(TICK_S, frame * 16_666_667))
        view = handle.view()
        assert view is not None
        car = view.my_car
        if car is None or view.phase is not Phase.RACING:
            continue
        if car.finished_ms is not None:
            break
        memory.append(Glimpse(car, room._driving._sight))
        wish = person.look(memory[0])
        for event in hand.hold(wish):
            game.on_event(event)
        _note(person.notes, handle, track, car)
        if folder is not None and frame % PICTURE_EVERY == 0:
            pygame.image.save(screen.surface(), folder / f"{name}-{hand.name}-{frame:05d}.png")
    yield from _told(name, hand, person.notes, handle)
    screen.close()


def _note(notes: Notes, handle: FakeSeat, track: Track, car: CarView) -> None:
    notes.driven += 1
    surface = track.surface(car.pose.x, car.pose.y, track.index_at(car.way_m))
    notes.off += surface in {Surface.GRASS, Surface.GRAVEL}
    notes.collisions += bool(handle.demo.heat.entries[OURS].contacts)
    side = math.copysign(1.0, car.steer) if abs(car.steer) > 0.1 else notes.side
    notes.turns += side != notes.side
    notes.side = side


def _told(name: str, hand: Hand, notes: Notes, handle: FakeSeat) -> Iterator[str]:
    laps = [fact.lap_ms / 1000.0 for fact in handle.demo.heat.facts if fact.car == OURS]
    others = [fact.lap_ms / 1000.0 for fact in handle.demo.heat.facts if fact.car != OURS]
    yield f"{name} by {hand.name}: laps " + " ".join(f"{lap:.1f}" for lap in laps)
    if not laps:
        return
    seconds = notes.driven * TICK_S
    best = min(others, default=math.nan)
    yield f"  best {min(laps):.2f} s, the bots' best {best:.2f} s"
    yield (
        f"  off the road {100.0 * notes.off / notes.driven:.1f} % of the time, touching something"
        f" {100.0 * notes.collisions / notes.driven:.1f} %, rescues"
        f" {handle.demo.heat.entries[OURS].rescues}"
    )
    yield (
        f"  road seen ahead: median {percentile(notes.seen_s, 0.5):.1f} s, worst twentieth"
        f" {percentile(notes.seen_s, 0.05):.1f} s; braking place seen too late"
        f" {100.0 * notes.late / notes.driven:.1f} % of the time"
    )
    yield f"  the wheel changed sides {notes.turns / seconds:.2f} times a second"
    if isinstance(hand, Keys):
        yield f"  {hand.presses / seconds:.1f} key presses a second"


def main() -> int:
    """Drive, and print."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    name = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    circuits = CircuitSource()
    hands: tuple[Hand, ...] = (Keys(), Pad())
    return print_lines(text for hand in hands for text in drive(circuits, name, hand, folder))


if __name__ == "__main__":
    sys.exit(main())
