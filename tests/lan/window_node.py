"""The real game in a window, that writes down what it draws: for the tests on a LAN.

Usage: window_node.py PROFILE FILE [[+]RACE]. Begins in the menu, or opens the race, or with a +
joins it. On SIGUSR1 it saves the next frame as FILE.png and, as FILE.json, where each car stood on
it and at the ticks before. Where it was not to open a race, it prints what a driver sees, tick by
tick, so somebody must read that.

In the environment: SETUP="TRACK LAPS" of the race that it opens, PAIR=1 for two drivers, of whom
the second is told as seat 1, PAD=PIPE for a pad that is played by lines of a pipe. Where one is
given, it prints in any case. TRIAL=1: it also prints where in the game its player is, when that
changes (`tests/windows/usher.py`).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import deque
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pygame

from racer.app.options import Shared, open_profile
from racer.app.player import seats
from racer.app.player.launch import LanDirectory
from racer.app.player.player_node import PlayerNode
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import open_display
from racer.app.window.game import Game
from racer.app.window.input.devices import Devices
from racer.app.window.input.gamepad import open_pads
from racer.app.window.input.key_names import layout_names
from racer.app.window.scene import JoinRace, OpenRace
from racer.app.window.world.camera import Sight
from racer.app.window.world.painter import WorldPainter
from racer.app.window.world.playback import between
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import CarView, RaceView
from tests.windows.usher import Usher, chat_of
from tests.windows.virtual_pad import plug_in

TRIAL = bool(os.environ.get("TRIAL"))


class Witness:
    """Remembers what was drawn last, and the poses of the last seconds by tick."""

    def __init__(self, file: Path, *, prints: bool) -> None:
        self._file = file
        self._prints = prints
        self._ticks: deque[tuple[int, dict[str, tuple[float, float]]]] = deque(maxlen=600)
        self._drawn: list[dict[str, Any]] = []
        self._second_tick = -1
        self.asked = False

    def on_second(self, view: RaceView | None) -> None:
        """Tell what the second driver sees."""
        if view is not None and view.tick != self._second_tick:
            self._second_tick = view.tick
            self._print(view, 1)

    def on_view(self, view: RaceView | None) -> None:
        if view is None or (self._ticks and self._ticks[-1][0] == view.tick):
            return
        poses = {car.node.hex()[:8]: (car.pose.x, car.pose.y) for car in view.cars}
        self._ticks.append((view.tick, poses))
        if self._prints:
            self._print(view, 0)

    def _print(self, view: RaceView, seat: int) -> None:
        mine = view.my_car
        line: dict[str, Any] = {
            "event": "seen",
            "seat": seat,
            "watching": mine is None,
            "cars": len(view.cars),
            "raced_s": 0.0 if view.green_ns is None else (view.now_ns - view.green_ns) / 1e9,
            "chat": view.chat[-1].text if view.chat else "",
            "said": chat_of(view),
            "race": view.race,
            "phase": view.phase.value,
            "drivers": sum(driver.number is not None for driver in view.drivers),
            "track": view.setup.track,
            "laps": view.setup.laps,
            "official": view.official,
            "polls": [[poll.name, list(poll.voters), poll.needed] for poll in view.removals],
            "notices": [notice.text for notice in view.notices],
        }
        if mine is not None:
            pose = mine.pose
            line |= {"x": pose.x, "y": pose.y, "heading": pose.heading, "speed": mine.speed_ms}
            line |= {"lap": mine.lap, "way": mine.way_m, "finished": mine.finished_ms is not None}
        print(json.dumps(line), flush=True)

    def on_draw(self, world: WorldPainter, cars: Sequence[CarView], part: float) -> None:
        self._drawn = [
            {
                "node": car.node.hex()[:8],
                "number": car.number,
                "mine": car.mine,
                "px": world.viewport.on_screen(*between(car, part)[:2]),
            }
            for car in cars
        ]

    def on_frame(self, surface: pygame.Surface) -> None:
        if not self.asked or not (self._drawn or TRIAL):
            return
        self.asked = False
        pygame.image.save(surface, self._file.with_suffix(".png"))
        seen = {"drawn": self._drawn, "ticks": list(self._ticks)}
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(seen))
        part.rename(self._file.with_suffix(".json"))


def _plug_pad(pipe: str) -> None:
    if pipe:
        open_pads()
        plug_in(Path(pipe))


def _asked(race: str, setup: str) -> OpenRace:
    track, _, laps = setup.partition(" ")
    return OpenRace(race, None, RaceSetup(track, int(laps)) if setup else None)


def main() -> None:
    """Play until the window is closed."""
    race = sys.argv[3] if len(sys.argv) > 3 else ""
    opens = bool(race) and not race.startswith("+")
    pair, pad, setup = (os.environ.get(name, "") for name in ("PAIR", "PAD", "SETUP"))
    witness = Witness(Path(sys.argv[2]), prints=not opens or bool(pair or pad or setup))
    signal.signal(signal.SIGUSR1, lambda number, frame: setattr(witness, "asked", True))
    profile = open_profile(Path(sys.argv[1]), "player")
    name = Path(sys.argv[1]).name.capitalize()
    directory = LanDirectory(Shared(name=name, profile=Path(sys.argv[1])), profile)
    directory.pair = bool(pair)
    screen = open_display()
    game = Game(directory, screen, devices=Devices(layout_names()))
    usher = Usher(game, directory)
    _plug_pad(pad)
    handles: list[Any] = []
    beside: list[Any] = []
    draw, flip, sit = WorldPainter.draw, screen.flip, PlayerNode
    sit_beside = directory.sit_beside

    def watched_draw(
        world: WorldPainter,
        canvas: Canvas,
        sight: Sight,
        cars: Sequence[CarView],
        taken: Sequence[bool],
        part: float,
        dt: float,
        **more: Any,
    ) -> None:
        draw(world, canvas, sight, cars, taken, part, dt, **more)
        witness.on_draw(world, cars, part)

    frames = count()

    def watched_flip() -> None:
        if next(frames) == 30:  # it stands there, and has the keyboard
            print(json.dumps({"event": "open"}), flush=True)
        witness.on_view(handles[-1].view() if handles else None)
        witness.on_second(beside[-1].view() if beside else None)
        witness.on_frame(screen.surface())
        if TRIAL:
            usher.on_frame()
        flip()

    def watched_sit_beside() -> Any:
        second = sit_beside()
        if second is not None:
            beside.append(second)
        return second

    def watched_sit(*place: Any) -> Any:
        handles.append(sit(*place))
        return handles[-1]

    WorldPainter.draw = watched_draw  # type: ignore[method-assign, assignment]
    screen.flip = watched_flip  # type: ignore[method-assign]
    vars(seats)["PlayerNode"] = watched_sit
    directory.sit_beside = watched_sit_beside  # type: ignore[method-assign]
    if race:
        game.perform_ask(_asked(race, setup) if opens else JoinRace(race[1:]))
    try:
        game.run()
    finally:
        game.close()
        directory.close()
        screen.close()
        profile.close()


if __name__ == "__main__":
    main()
