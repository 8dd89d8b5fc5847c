"""The nodes on a ring, with what lies between this one and each of the others."""

from __future__ import annotations

from bisect import bisect
from functools import lru_cache
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Final

import pygame

from racer.app.window.base.palette import (
    ACCENT,
    FAINT,
    INK,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    UNLIT,
    WHITE,
    mixed,
)
from racer.app.window.scenes.network.words import STATES, state_words

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import NetworkPeer, NetworkView

NODE: Final = 21.0  # radius of a node's disc [units]
NODE_SMALL: Final = 13.0  # where there are many
NODE_TINY: Final = 7.0  # where there are so many that names have no room
MANY: Final = 12
NAMED_MAX: Final = 26  # of more only those are named of whom something is to be told
NAME_WIDE: Final = 74.0
TOLD: Final = frozenset({"suspect", "down"})
FINE: Final = 720  # steps that an ellipse is measured in
BESIDE: Final = 102.0  # kept free around the ring for names …
ABOVE: Final = 88.0  # … and for a crown
BELOW: Final = 64.0
ABOVE_MANY: Final = 56.0  # names in one line …
BELOW_MANY: Final = 44.0  # … need less
DASH: Final = 9.0
PULSE_S: Final = 1.2  # of a dot from one end of a link to the other
PULSES_MAX: Final = 24
DARK: Final = 380  # sum of red, green, blue: below it letters are white


def places(view: NetworkView, box: Box) -> dict[bytes, tuple[float, float]]:
    """Return where each node stands: this one at the bottom, the others clockwise from it."""
    peers = list(view.peers)
    first = next((k for k, peer in enumerate(peers) if peer.mine), 0)
    around = [*peers[first:], *peers[:first]]
    above, below = (ABOVE, BELOW) if len(peers) <= MANY else (ABOVE_MANY, BELOW_MANY)
    across, down = box.width / 2.0 - BESIDE, (box.height - above - below) / 2.0
    x, y = box.middle, box.y + above + down
    turns = _turns(len(around), across, down)
    return {
        peer.node: (x + across * cos(turn), y + down * sin(turn))
        for peer, turn in zip(around, turns, strict=True)
    }


@lru_cache(maxsize=8)
def _turns(count: int, across: float, down: float) -> tuple[float, ...]:
    """Return at which turns of an ellipse nodes stand, from the bottom on: as far apart as goes."""
    if count <= MANY:
        return tuple(pi / 2.0 + 2.0 * pi * k / max(1, count) for k in range(count))
    fine = [pi / 2.0 + 2.0 * pi * k / FINE for k in range(FINE)]
    ways = [0.0]
    for turn in fine[1:]:
        ways.append(ways[-1] + hypot(across * sin(turn), down * cos(turn)))
    return tuple(fine[bisect(ways, ways[-1] * k / count) - 1] for k in range(count))


def radius_for(count: int) -> float:
    """Return how large the discs of so many nodes are."""
    return NODE if count <= MANY else NODE_SMALL if count <= NAMED_MAX else NODE_TINY


def node_at(view: NetworkView, box: Box, x: float, y: float) -> bytes | None:
    """Return which node is drawn at a place, if one is."""
    found = ((hypot(a - x, b - y), node) for node, (a, b) in places(view, box).items())
    away, node = min(found, default=(NODE * 2.0, b""))
    return node if away < NODE * 1.6 else None


def draw_ring(canvas: Canvas, view: NetworkView, box: Box, chosen: bytes, clock_s: float) -> None:
    """Draw the nodes, the links of the chosen one, and what it says of the others."""
    at = places(view, box)
    by_node = {peer.node: peer for peer in view.peers}
    eye = by_node.get(chosen) or next(peer for peer in view.peers if peer.mine)
    for peer in view.peers:
        if peer.node != eye.node:
            _draw_link(canvas, eye, peer, at, clock_s)
    count = len(view.peers)
    radius = radius_for(count)
    for peer in view.peers:
        here, is_eye = at[peer.node], peer.node == eye.node
        _draw_node(canvas, peer, here, radius, chosen=is_eye)
        if count <= MANY:
            upper = here[1] < box.y + box.height * 0.4  # links come from below
            _draw_label(canvas, peer, here, radius, upper)
    if count > MANY:
        _draw_names(canvas, view, at, eye)


def _middle_of(at: dict[bytes, tuple[float, float]]) -> tuple[float, float]:
    xs, ys = [x for x, _ in at.values()], [y for _, y in at.values()]
    return (min(xs) + max(xs)) / 2.0, (min(ys) + max(ys)) / 2.0


def _draw_link(
    canvas: Canvas,
    eye: NetworkPeer,
    peer: NetworkPeer,
    at: dict[bytes, tuple[float, float]],
    clock_s: float,
) -> None:
    """Draw what one node has of another: it hears it, doubts it, or has lost it."""
    here, there = at[eye.node], at[peer.node]
    doubted = dict(eye.doubts).get(peer.node)
    dead = peer.state in {"down", "left"} or eye.state in {"down", "left"}
    if dead:
        _draw_dashes(canvas, here, there, UNLIT)
        return
    if doubted is not None:
        _draw_dashes(canvas, here, there, ACCENT)
        middle = ((here[0] + there[0]) / 2.0, (here[1] + there[1]) / 2.0)
        words = f"not heard for {doubted / 1000.0:.1f} s"
        _draw_tag(canvas, words, middle, ACCENT)
        return
    colour = mixed(PANEL_LIGHT, STATES["alive"], 0.6 if peer.together else 0.15)
    ends = _pixel_of(canvas, here), _pixel_of(canvas, there)
    pygame.draw.aaline(canvas.surface, colour, *ends, max(1, canvas.px(2.0)))
    if len(at) <= PULSES_MAX:
        share = (clock_s / PULSE_S + 0.137 * peer.node[0]) % 1.0
        for part in (share, 1.0 - share):
            dot = (here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part)
            pygame.draw.aacircle(
                canvas.surface, mixed(colour, WHITE, 0.5), _pixel_of(canvas, dot), canvas.px(2.5)
            )


def _draw_node(
    canvas: Canvas,
    peer: NetworkPeer,
    at: tuple[float, float],
    radius: float,
    *,
    chosen: bool,
) -> None:
    x, y = at
    rims = radius / NODE if radius < NODE_SMALL else 1.0
    alive = peer.state in {"alive", "suspect"}
    fill = canvas.paint(peer.number) if peer.number is not None else SOFT
    if not alive:
        fill = mixed(fill, INK, 0.72)
    middle = _pixel_of(canvas, at)
    rim = STATES.get(peer.state, FAINT)
    pygame.draw.aacircle(
        canvas.surface, WHITE if chosen else INK, middle, canvas.px(radius + 7.0 * rims)
    )
    pygame.draw.aacircle(canvas.surface, INK, middle, canvas.px(radius + 5.0 * rims))
    pygame.draw.aacircle(canvas.surface, rim, middle, canvas.px(radius + 3.0 * rims))
    pygame.draw.aacircle(canvas.surface, fill, middle, canvas.px(radius))
    if not alive:
        for a, b in ((-1, -1), (-1, 1)):
            ends = [(x + s * a * radius * 0.6, y + s * b * radius * 0.6) for s in (1, -1)]
            pygame.draw.line(
                canvas.surface,
                rim,
                _pixel_of(canvas, ends[0]),
                _pixel_of(canvas, ends[1]),
                canvas.px(3),
            )
    if peer.leads:
        _draw_crown(canvas, x, y - radius - 15.0)
    if peer.number is not None and alive and radius > NODE_TINY:
        size, ink = radius * 0.95, WHITE if sum(fill) < DARK else INK
        canvas.text(str(peer.number), x, y - size * 0.62, size, ink, bold=True, align=0.5)


def _draw_label(
    canvas: Canvas, peer: NetworkPeer, at: tuple[float, float], radius: float, upper: bool
) -> None:
    """Draw a name, and how its node is, over the node or below it."""
    x, y = at
    alive, rim = peer.state in {"alive", "suspect"}, STATES.get(peer.state, FAINT)
    top = y - radius - (64.0 if peer.leads else 46.0) if upper else y + radius + 7.0
    name = canvas.fitted(peer.name, 128.0, 15, bold=True)
    canvas.text(name, x, top, 15, ACCENT if peer.mine else WHITE, bold=True, align=0.5)
    canvas.text(state_words(peer), x, top + 18.0, 12, rim if not alive else SOFT, align=0.5)


def _draw_names(
    canvas: Canvas, view: NetworkView, at: dict[bytes, tuple[float, float]], eye: NetworkPeer
) -> None:
    """Name nodes where there are many: the weightiest first, and none over another's name."""
    count, middle = len(view.peers), _middle_of(at)

    def weight(peer: NetworkPeer) -> tuple[bool, ...]:
        told = peer.state in TOLD
        return peer.mine, peer.node == eye.node, peer.leads, told, peer.state == "suspect"

    taken: list[pygame.FRect] = []
    for peer in sorted(view.peers, key=weight, reverse=True):
        if count <= NAMED_MAX or any(weight(peer)):
            _draw_name(canvas, peer, at[peer.node], middle, radius_for(count), taken)


def _draw_name(
    canvas: Canvas,
    peer: NetworkPeer,
    at: tuple[float, float],
    middle: tuple[float, float],
    radius: float,
    taken: list[pygame.FRect],
) -> None:
    """Draw a name beside its node, away from the middle of the ring, if it is free there."""
    dx, dy = at[0] - middle[0], at[1] - middle[1]
    away = max(1.0, hypot(dx, dy))
    cosine, sine = dx / away, dy / away
    reach = radius + 9.0 + (12.0 if peer.leads and sine < 0.0 else 0.0)
    x, y = at[0] + reach * cosine, at[1] + reach * sine
    colour = STATES.get(peer.state, FAINT) if peer.state in TOLD else SOFT
    name = canvas.fitted(peer.name, NAME_WIDE, 13, bold=peer.mine)
    top = y - 9.0 + 8.0 * sine
    ink = ACCENT if peer.mine else colour
    wide = canvas.text_width(name, 13, bold=peer.mine)
    room = pygame.FRect(x - wide * (0.5 - 0.5 * cosine) - 3.0, top, wide + 6.0, 16.0)
    if room.collidelist(taken) >= 0:
        return
    taken.append(room)
    canvas.text(name, x, top, 13, ink, bold=peer.mine, align=0.5 - 0.5 * cosine)


def _draw_crown(canvas: Canvas, x: float, y: float) -> None:
    points = ((-10, -4), (-5, 1), (0, -8), (5, 1), (10, -4), (8, 6), (-8, 6))
    pygame.draw.polygon(
        canvas.surface, ACCENT, [_pixel_of(canvas, (x + a, y + b)) for a, b in points]
    )


def _draw_tag(canvas: Canvas, words: str, at: tuple[float, float], colour: Colour) -> None:
    width = canvas.text_width(words, 12) + 14.0
    canvas.panel(at[0] - width / 2.0, at[1] - 10.0, width, 20.0, PANEL, 240, 10)
    canvas.text(words, at[0], at[1] - 8.0, 12, colour, align=0.5)


def _draw_dashes(
    canvas: Canvas, here: tuple[float, float], there: tuple[float, float], colour: Colour
) -> None:
    length = hypot(there[0] - here[0], there[1] - here[1])
    steps = max(1, int(length / DASH))
    for k in range(0, steps, 2):
        ends = [
            (here[0] + (there[0] - here[0]) * s / steps, here[1] + (there[1] - here[1]) * s / steps)
            for s in (k, min(k + 1, steps))
        ]
        pygame.draw.aaline(
            canvas.surface, colour, _pixel_of(canvas, ends[0]), _pixel_of(canvas, ends[1])
        )


def _pixel_of(canvas: Canvas, at: tuple[float, float]) -> tuple[int, int]:
    return canvas.px(at[0]), canvas.px(at[1])
