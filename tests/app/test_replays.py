"""A race that was taped is found in the menu, and looked at to and fro."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from racer.app.circuits.digests import circuit_ids
from racer.app.player.taped_circuits import taped_circuit
from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import Screen
from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.controls.control import Button
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.lights import draw_start
from racer.app.window.input.devices import Devices
from racer.app.window.ports import CAMERAS, ReplayCard
from racer.app.window.scene import Depart, Frame
from racer.app.window.scenes.replay import film
from racer.app.window.scenes.replay.replay_scene import BY_NAME, ReplayScene
from racer.app.window.scenes.replay.screening import BEFORE_MS, NORMAL, SPEEDS, Screening
from racer.app.window.scenes.replay.theatre import Theatre
from racer.app.window.scenes.replay.time_bar import bar_of, time_at
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.recordings.race_tape import (
    SAMPLE_S,
    CarSample,
    Tape,
    TapeCar,
    TapeEvent,
    TapeHead,
)
from racer.core.rules.modes import Mode
from tests.app.keys import key_down
from tests.app.test_scenes import Play

SECONDS = 60


def tape_on(source: CircuitSource, track: str = DEFAULT) -> Tape:
    """Return a tape of two cars that go along the middle of a circuit."""
    road = source.track(DEFAULT)
    assert road is not None
    moments = []
    for k in range(round(SECONDS / SAMPLE_S)):
        cars = {}
        for number in (1, 2):
            way = 25.0 * SAMPLE_S * k + 6.0 * number
            point = road.centre[road.index_at(way % road.length_m)]
            cars[number] = CarSample(
                point.x_m, point.y_m, 0.0, 25.0, 0.0, False, False, False, False, False,
                3 - number, 1, way % road.length_m,
            )  # fmt: skip
        moments.append(cars)
    cars_of = (TapeCar(1, "Ada", False, 0, True), TapeCar(2, "Bolt", True, 1, False))
    head = TapeHead("friday", b"12345678", track, None, 3, "race", cars_of)
    events = (
        TapeEvent(20_000, "lap", 2, "Bolt: lap 1 in 0:20.0"),
        TapeEvent(40_000, "finish", 1, "Ada finishes"),
    )
    times = tuple(round(1000.0 * SAMPLE_S * k) for k in range(len(moments)))
    return Tape(head, times, tuple(moments), events, None)


@pytest.fixture
def tape(all_circuits: CircuitSource) -> Tape:
    return tape_on(all_circuits)


@pytest.fixture
def scene(tape: Tape, all_circuits: CircuitSource, shared_worlds: None) -> ReplayScene:
    return ReplayScene(tape, WorldCache(all_circuits), Devices())


def test_a_tape_runs_as_fast_as_one_wants_and_stops_at_its_end(tape: Tape) -> None:
    screening = Screening(tape)
    screening.advance(2.0)
    assert screening.ms == pytest.approx(2000.0)
    screening.faster(1)
    screening.advance(1.0)
    assert screening.ms == pytest.approx(2000.0 + 1000.0 * SPEEDS[NORMAL + 1])
    screening.paused = True
    screening.advance(1.0)
    assert screening.ms == pytest.approx(4000.0)
    screening.seek(10**9)
    assert screening.ms == tape.length_ms


def test_a_jump_begins_shortly_before_the_event(tape: Tape) -> None:
    screening = Screening(tape)
    assert screening.jump(1) == tape.events[0]
    assert screening.ms == 20_000 - BEFORE_MS
    assert screening.jump(1) == tape.events[1]
    assert screening.jump(1) is None
    assert screening.jump(-1) == tape.events[0]


def test_what_is_seen_is_a_race_that_nobody_drives(tape: Tape) -> None:
    screening = Screening(tape)
    screening.seek(30_000)
    view = screening.view()
    assert [(car.name, car.place, car.mine) for car in view.cars] == [
        ("Ada", 2, False),
        ("Bolt", 1, False),
    ]
    assert [car.finished_ms for car in view.cars] == [None, None]
    screening.seek(45_000)
    assert [car.finished_ms for car in screening.view().cars] == [40_000, None]


def test_the_tape_of_who_joined_late_begins_with_what_was_seen_and_shows_no_lights(
    tape: Tape, canvas: Canvas
) -> None:
    late = next(k for k, ms in enumerate(tape.times) if ms > 3_000)
    screening = Screening(replace(tape, times=tape.times[late:], moments=tape.moments[late:]))
    assert screening.ms == tape.times[late]
    screening.seek(0.0)
    assert screening.ms == tape.times[late]
    whole = Layout(Box(0.0, 0.0, canvas.width, canvas.height))
    assert draw_start(canvas, Screening(tape).view(), whole), "who was there sees them"
    assert not draw_start(canvas, screening.view(), whole)


def test_a_mode_that_is_not_known_is_shown_as_a_race(tape: Tape) -> None:
    strange = replace(tape, head=replace(tape.head, mode="pursuit"))
    assert Screening(strange).view().setup.mode is Mode.RACE


def test_a_replay_draws_and_its_bar_is_clicked(canvas: Canvas, scene: ReplayScene) -> None:
    scene.draw(canvas, Frame(1 / 60, 0))
    bar = bar_of(scene._area)
    middle = (canvas.px(bar.middle), canvas.px(bar.y + 4.0))
    scene.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=middle))
    assert scene.screening.ms == pytest.approx(SECONDS * 500.0, rel=0.02)
    assert time_at(scene.screening, bar, bar.right) == scene.screening.tape.length_ms
    scene.draw(canvas, Frame(1 / 60, 1))
    assert canvas.surface.get_at(middle) != canvas.surface.get_at((2, 2))


def test_a_replay_is_seen_by_the_camera_that_is_set(canvas: Canvas, scene: ReplayScene) -> None:
    seen = []
    for camera in (CAMERAS[0], CAMERAS[2]):
        scene._world_cache.camera = camera
        for k in range(40):
            scene.draw(canvas, Frame(0.1, k * 10**8))
        world = scene._world_cache._world
        assert world is not None
        seen.append(world.viewport.screen_px_per_m)
        scene.screening.seek(0)
    assert seen[1] < seen[0]


def test_keys_pause_seek_and_leave(canvas: Canvas, scene: ReplayScene) -> None:
    scene.draw(canvas, Frame(0.0, 0))
    scene.on_event(key_down(pygame.K_SPACE))
    scene.on_event(key_down(pygame.K_RIGHT))
    scene.draw(canvas, Frame(0.5, 1))
    assert scene.screening.ms == 5000.0
    scene.on_event(key_down(pygame.K_LEFT))
    assert scene.screening.ms == 0.0
    scene.on_event(key_down(pygame.K_RETURN))
    assert scene.screening.ms == 20_000 - BEFORE_MS
    scene.on_event(key_down(pygame.K_PAGEDOWN))
    assert scene.on_event(key_down(pygame.K_ESCAPE)) == Depart()


def test_the_ghost_of_the_best_lap_runs_beside_from_the_line_on(tape: Tape) -> None:
    laps = ((1, 15_000), (1, 27_000), (2, 16_000), (2, 30_000), (2, 30_005))
    events = tuple(TapeEvent(ms, "lap", number, "") for number, ms in laps)
    screening = Screening(replace(tape, events=events))
    screening.seek(20_000)
    assert screening.ghost_beside(1) is None, "that is the best lap itself"
    ghost = screening.ghost_beside(2)
    assert ghost is not None
    assert (ghost.name, ghost.ms) == ("Ada", 12_000)
    there = tape.at(19_000)[1]
    assert (ghost.pose.x, ghost.pose.y) == (there.x, there.y), "4 s after each crossed the line"
    screening.seek(29_000)
    assert screening.ghost_beside(2) is None, "its lap is over"


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What takes pictures as ffmpeg does, and keeps them as they are; return where films go."""
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\nexec cat > "$last"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(film, "FOLDER", tmp_path / "films")
    return tmp_path / "films"


def test_a_film_has_each_picture_once_and_is_told_where_it_is(
    canvas: Canvas, scene: ReplayScene, ffmpeg: Path
) -> None:
    scene.draw(canvas, Frame(1 / 60, 0))
    scene.screening.seek(scene.screening.tape.length_ms - 200.0)
    scene.on_event(key_down(pygame.K_f))
    drawn = 0
    while scene._film is not None:
        drawn += scene._film.has_room
        scene.draw(canvas, Frame(0.5, drawn))
    (path,) = ffmpeg.iterdir()
    width, height = canvas.surface.get_size()
    assert path.stat().st_size == drawn * width * height * 3
    assert drawn in {6, 7}, "a fifth of a second and the end"
    assert str(path) in scene._told._words


def test_where_there_is_no_ffmpeg_that_is_told(
    canvas: Canvas, scene: ReplayScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    scene.draw(canvas, Frame(1 / 60, 0))
    scene.on_event(key_down(pygame.K_f))
    assert scene._film is None
    assert "ffmpeg" in scene._told._words


def test_a_replay_is_found_by_who_was_in_it_and_damaged_ones_are_told(
    screen: Screen, all_circuits: CircuitSource, shared_worlds: None, tape: Tape
) -> None:
    play = Play(screen, all_circuits)
    other = replace(tape.head, race="committee", cars=(TapeCar(1, "Zoë", False, 0, True),))
    heads = {"a": tape.head, "b": other}
    play.directory.tapes = {ReplayCard(k, "26 Nov", head): None for k, head in heads.items()}
    play.directory.damaged = 2
    play.press(pygame.K_v)
    play.frames(1)
    theatre = play.game._page
    assert isinstance(theatre, Theatre)
    assert "2 tapes are damaged" in theatre._about()
    play.press(pygame.K_f)
    play.type("zoë 26")
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert [card.id for card in theatre._found] == ["b"]


@pytest.mark.parametrize("words", ["copper bowl", "copper-bowl"])
def test_a_replay_is_listed_by_its_circuits_name_and_found_by_it(
    screen: Screen, all_circuits: CircuitSource, shared_worlds: None, tape: Tape, words: str
) -> None:
    play = Play(screen, all_circuits)
    other = replace(tape.head, track="copper-bowl", laps=1)
    heads = {"a": tape.head, "b": other, "c": replace(other, track="not-here")}
    play.directory.tapes = {ReplayCard(k, "26 Nov", head): None for k, head in heads.items()}
    play.press(pygame.K_v)
    play.frames(1 + len(all_circuits.names()))
    theatre = play.game._page
    assert isinstance(theatre, Theatre)
    labels = [each.label for each in theatre._focus._page if isinstance(each, Button)][:3]
    assert ["Copper Bowl, 1 lap  " in label for label in labels] == [False, True, False]
    assert "not-here, 1 lap  " in labels[2]
    play.press(pygame.K_f)
    play.type(words)
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert [card.id for card in theatre._found] == ["b"]


def test_a_circuit_that_has_changed_since_is_told(
    canvas: Canvas, tape: Tape, all_circuits: CircuitSource, shared_worlds: None
) -> None:
    head = tape.head
    assert taped_circuit(head).same, "its name counts where no content is told"
    assert taped_circuit(replace(head, content=circuit_ids()[DEFAULT])).same
    changed = taped_circuit(replace(head, content=bytes(32)))
    assert (changed.track, changed.same) == (None, False)
    pictures = []
    for circuit in (BY_NAME, changed):
        scene = ReplayScene(tape, WorldCache(all_circuits), Devices(), circuit)
        scene.draw(canvas, Frame(0.0, 0))
        pictures.append(canvas.surface.subsurface((0, 0, 700, 60)).copy())
    assert pygame.image.tobytes(pictures[0], "RGB") != pygame.image.tobytes(pictures[1], "RGB")


def test_a_circuit_that_is_not_here_is_told(
    canvas: Canvas, tape: Tape, all_circuits: CircuitSource
) -> None:
    lost = replace(tape, head=replace(tape.head, track="nowhere"))
    ReplayScene(lost, WorldCache(all_circuits), Devices()).draw(canvas, Frame(1 / 60, 0))
