"""The network view: it opens over the race, shows any node, and breaks the own one in a sandbox."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pygame
import pytest

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import Screen
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.input.actions import Action
from racer.app.window.input.devices import Devices
from racer.app.window.input.inputs import Pressed
from racer.app.window.input.places import BUTTONS
from racer.app.window.scene import Frame
from racer.app.window.scenes.network.overlay import NetworkOverlay
from racer.app.window.scenes.network.ring import draw_ring, node_at, places, radius_for
from racer.app.window.scenes.network.words import COLOURS, EXPLAINED
from racer.play.view import (
    Break,
    Breakage,
    NetworkEvent,
    NetworkKind,
    NetworkPeer,
    NetworkView,
    RaceView,
    ShowNetwork,
)
from tests.app.fakes import FakeSeat
from tests.app.test_scenes import Play, racing

SECOND = 1_000_000_000
STATES = ("alive", "alive", "suspect", "down", "left")


def peer(k: int, state: str) -> NetworkPeer:
    return NetworkPeer(
        node=bytes([k]) * 16,
        name=f"Driver {k}",
        number=k + 1,
        mine=k == 0,
        state=state,
        leads=k == 1,
        together=True,
        rtt_ms=1.2,
        loss=0.1,
        heard_ms=210,
        sent_bps=9000,
        received_bps=8000,
        follows="Driver 1",
        epoch=7,
        commit=40,
        head=42,
        kept=39,
        operations=12,
        equal=k % 2 == 0,
        doubts=((bytes([2]) * 16, 210),) if k == 1 else (),
    )


def network(count: int = 5, *, sandbox: bool = True) -> NetworkView:
    peers = tuple(peer(k, STATES[k % len(STATES)]) for k in range(count))
    return NetworkView(
        peers=peers,
        leader=peers[1].node,
        leader_name="Driver 1",
        led_ns=9 * SECOND,
        epoch=7,
        promised=7,
        election="",
        place="synced",
        lineage="abcd",
        begins=0,
        commit=40,
        head=42,
        kept=39,
        heirs=("Driver 2",),
        clock=tuple((each.name, 3) for each in peers),
        operations=12,
        timeout_scale=1.4,
        drops=2,
        events=tuple(NetworkEvent(k * SECOND, kind, kind) for k, kind in enumerate(NetworkKind)),
        sandbox=sandbox,
        now_ns=20 * SECOND,
    )


@pytest.fixture
def view(all_circuits: CircuitSource) -> RaceView:
    seen = FakeSeat(all_circuits).view()
    assert seen is not None
    return replace(seen, network=network())


def test_every_kind_of_event_has_its_words_and_its_colour() -> None:
    assert set(EXPLAINED) == set(NetworkKind) == set(COLOURS)


@pytest.mark.parametrize("count", [2, 5, 16, 40])
@pytest.mark.parametrize("size", [(1280, 720), (960, 540), (2560, 1080)])
def test_it_draws_rooms_of_any_size(view: RaceView, count: int, size: tuple[int, int]) -> None:
    pygame.font.init()
    canvas, overlay = Canvas(pygame.Surface(size)), NetworkOverlay(Devices())
    overlay.toggle()
    overlay.draw(canvas, replace(view, network=None), Frame(1 / 60, 0))
    overlay.draw(canvas, replace(view, network=network(count)), Frame(1 / 60, 0))
    seen = canvas.surface.get_at((canvas.px(34.0), canvas.px(30.0)))
    assert seen != canvas.surface.get_at((2, 2)), "its title stands there"


def test_it_asks_for_the_network_while_it_is_open(view: RaceView) -> None:
    overlay = NetworkOverlay(Devices())
    assert overlay.toggle() == ShowNetwork(True)
    assert overlay.on_input(Pressed(Action.BACK), view) == ShowNetwork(False)
    assert not overlay.is_open


def test_a_node_is_found_where_it_is_drawn_and_nowhere_else() -> None:
    box = Box(18.0, 62.0, 780.0, 440.0)
    for node, (x, y) in places(network(), box).items():
        assert node_at(network(), box, x + 5.0, y - 5.0) == node
    assert node_at(network(), box, box.middle, box.y + box.height / 2.0) is None


@pytest.mark.parametrize("count", [5, 12, 13, 24, 64])
def test_no_two_nodes_of_a_ring_touch_however_many_there_are(count: int) -> None:
    box = Box(18.0, 62.0, 774.0, 456.0)
    found = list(places(network(count), box).values())
    least = min(math.dist(one, other) for one, other in itertools.combinations(found, 2))
    assert least > 2.0 * radius_for(count) + 4.0
    assert all(box.x < x < box.right and box.y < y < box.bottom for x, y in found)


@pytest.mark.parametrize("count", [13, 26, 27, 64])
def test_no_name_of_a_ring_stands_over_another(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pygame.font.init()
    canvas, box = Canvas(pygame.Surface((960, 540))), Box(18.0, 62.0, 774.0, 456.0)
    names: list[pygame.FRect] = []

    def note(self: Canvas, text: str, x: float, y: float, *_: object, **more: object) -> None:
        wide, align = self.text_width(text, 13), more.get("align", 0.0)
        assert isinstance(align, float)
        if text.startswith("Driver"):
            names.append(pygame.FRect(x - align * wide, y, wide, 14.0))

    monkeypatch.setattr(Canvas, "text", note)
    draw_ring(canvas, network(count), box, bytes([5]) * 16, 0.0)
    assert len(names) >= 8
    assert not any(one.colliderect(other) for one, other in itertools.combinations(names, 2))


def test_one_goes_from_node_to_node_and_back(view: RaceView) -> None:
    overlay = NetworkOverlay(Devices())
    overlay.toggle()
    chosen = []
    for action in (Action.NODE_AFTER, Action.NODE_AFTER, Action.NODE_BEFORE):
        overlay.on_input(Pressed(action), view)
        chosen.append(overlay._chosen[0])
    assert chosen == [1, 2, 1]


def test_a_kill_must_be_asked_for_twice_and_the_rest_once(view: RaceView) -> None:
    overlay = NetworkOverlay(Devices())
    overlay.toggle()
    assert overlay.on_input(Pressed(Action.CUT), view) == Break(Breakage.CUT)
    assert overlay.on_input(Pressed(Action.KILL), view) is None
    assert overlay.on_input(Pressed(Action.KILL), view) == Break(Breakage.KILL)
    assert overlay.on_input(Pressed(Action.FREEZE), view) == Break(Breakage.FREEZE)


def test_driving_keys_go_on_to_the_race_and_all_else_goes_by_what_is_bound(
    screen: Screen, all_circuits: CircuitSource, shared_worlds: None
) -> None:
    play = Play(screen, all_circuits)
    racing(play)
    changed = (("network", ("F6",)), ("cut", ("K",)))
    buttons = (("network", ("Guide",)), ("freeze", ("Y",)))
    play.directory.settings = replace(play.directory.settings, keys=changed, buttons=buttons)
    play.press(pygame.K_F5, pygame.K_F3, pygame.K_2)
    assert play.handle.sent == []
    play.press(pygame.K_F6, pygame.K_k, pygame.K_UP)
    assert play.handle.sent == [ShowNetwork(True), Break(Breakage.CUT)]
    assert Action.THROTTLE in play.game._devices.held
    for button in ("Guide", "Guide", "Y"):
        down = pygame.Event(pygame.CONTROLLERBUTTONDOWN, instance_id=1, button=BUTTONS[button])
        play.game.on_event(down)
    shown = [ShowNetwork(False), ShowNetwork(True)]
    assert play.handle.sent[2:] == [*shown, Break(Breakage.FREEZE)]
