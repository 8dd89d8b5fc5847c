"""One evening in one room of whole nodes: from the lobby to the podium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.input.devices import Devices
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.replay.replay_scene import ReplayScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import Phase, RaceView
from tools.gallery.room import NodeSeat, Room
from tools.gallery.sitting import Shot, Sitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.gallery.sitting import Studio
    from tools.gallery.stage import Stage

SEED: Final = 3
TRACK: Final = "dockyard"
LAPS: Final = 3
REPLAY_MS: Final = 24_000.0
KIM: Final = 1
ZOE: Final = 3
SAID: Final = (
    (1, "Good luck! May the best line win."),
    (2, "Удачи всем, встретимся на финише"),
    (3, "حظا سعيدا للجميع، نلتقي عند خط النهاية"),
    (1, "सबको शुभकामनाएँ! நல்வாழ்த்துகள்"),
    (2, "今夜は負けないよ。がんばって！"),
    (3, "בהצלחה לכולם · καλή τύχη · 행운을 빌어요 🏁🙂"),
)
SHOTS: Final = (
    Shot("lobby", "The lobby: six nodes, no server; settings are voted for."),
    Shot("chat", "Chat in many scripts, each line as it was said."),
    Shot("countdown", "The countdown."),
    Shot("start", "The start."),
    Shot("away", "Kim's process was killed: her car drives on."),
    Shot("election", "F3: whoever coordinated has died; the others elect another."),
    Shot("watching", "Watching the others after the own finish."),
    Shot("podium", "Results, as all nodes have them."),
    Shot("lap-chart", "The lap chart: who was where, lap by lap."),
    Shot("replay", "A replay of the same race, as our node taped it."),
)


def _draw(studio: Studio) -> Iterator[pygame.Surface]:
    room = Room(studio.circuits, RaceSetup(TRACK, LAPS), SEED)
    seat = NodeSeat(room)
    stage = studio.stage(RaceScene(seat, WorldCache(studio.circuits)), room.pass_time)
    room.pass_time(2.5)
    stage.play_until(lambda: seat.phase is Phase.LOBBY, 9.0, fps=10)
    room.vote_for(KIM, RaceSetup(TRACK, LAPS, sandbox=True))
    room.vote_for(ZOE, RaceSetup(TRACK, LAPS + 2))
    stage.play(3.0, fps=10)
    yield stage.picture()
    for number in (KIM, ZOE):
        room.vote_for(number, RaceSetup(TRACK, LAPS))
    for number, text in SAID:
        room.say(number, text)
        stage.play(0.8, fps=10)
    yield stage.picture()
    yield from _draw_race(room, seat, stage)
    yield _draw_replay(studio, room)


def _draw_race(room: Room, seat: NodeSeat, stage: Stage) -> Iterator[pygame.Surface]:
    room.be_ready()
    stage.play_until(lambda: seat.phase is Phase.COUNTDOWN, 5.0, fps=10)
    stage.play(1.4, fps=20)
    yield stage.picture()
    stage.play_until(lambda: seat.phase is Phase.RACING, 9.0, fps=20)
    stage.play(1.3)
    yield stage.picture()
    stage.play(9.0, fps=10)
    room.crash(KIM, 7.0)
    stage.play(2.0)
    yield stage.picture()
    stage.play(6.0, fps=10)
    yield from _draw_election(room, seat, stage)
    stage.play_until(lambda: _finished(seat.view()), 120.0, fps=10)
    stage.play(0.5, fps=20)
    stage.press(pygame.K_RIGHT)
    stage.play(1.0)
    yield stage.picture()
    stage.play_until(lambda: seat.phase is Phase.FINISHED, 60.0, fps=10)
    stage.play(1.5)
    yield stage.picture()
    stage.press(pygame.K_l)
    stage.play(0.5)
    yield stage.picture()


def _draw_election(room: Room, seat: NodeSeat, stage: Stage) -> Iterator[pygame.Surface]:
    stage.press(pygame.K_F3)
    stage.play(2.0, fps=20)
    room.crash_leader(6.0)
    stage.play_until(lambda: _elects(seat.view()), 5.0)
    yield stage.picture()
    stage.press(pygame.K_F3)
    stage.play(2.0, fps=10)


def _draw_replay(studio: Studio, room: Room) -> pygame.Surface:
    scene = ReplayScene(room.tape(), WorldCache(studio.circuits), Devices())
    stage = studio.stage(scene)
    scene.screening.seek(REPLAY_MS)
    stage.play(3.0)
    return stage.picture()


def _elects(view: RaceView | None) -> bool:
    return view is not None and view.network is not None and bool(view.network.election)


def _finished(view: RaceView | None) -> bool:
    car = None if view is None else view.my_car
    return car is not None and car.finished_ms is not None


EVENING: Final = (Sitting(SHOTS, _draw),)
