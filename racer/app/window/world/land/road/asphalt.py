"""What one drives on: asphalt with its seams and patches, dirt, water, rubber."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, Land, mixed
from racer.app.window.world.land.road.along import BLACK, Pairs, across, edge, quad, ribbon, runs
from racer.app.window.world.shapes import LocalFrame, Shape
from racer.core.circuits.track import Surface, Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import CentrePoint, Track
    from racer.core.drivers.line import RacingLine

SHEEN: Final[Colour] = (168, 188, 210)  # the sky in wet asphalt
SHEENS: Final = ((1.5, 0.14), (0.95, 0.25), (0.42, 0.4))  # half its width [m], how bright
GLINTS: Final = 3  # at most, at each centre point
GLINT_TURN: Final = 0.25  # rad, from due east: as the sky lies, not the road
PATCH_EVERY: Final = 23  # centre points, from one mended patch at most to the next
SEAM_EVERY: Final = 19


def surface(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the road from edge to edge, of what it is made, with the water on it."""
    rain = track.weather is Weather.RAIN
    dry = mixed(land.asphalt, (30, 38, 54), 0.45) if rain else land.asphalt
    paved = [(i, j) for i, j in pairs if track.centre[i].road is not Surface.DIRT]
    for run in runs(paved):
        yield ribbon(track, dry, run, lambda p: p.left_m, lambda p: -p.right_m)
    for i, j in pairs:
        here, there = track.centre[i], track.centre[j]
        if here.road is Surface.DIRT:
            colour = mixed(land.dirt, BLACK, 0.012 * (i * 7 % 5))
            left, right = (here.left_m, there.left_m), (-here.right_m, -there.right_m)
            yield quad(track, colour, i, j, left, right)
            yield from _rut_shapes(track, land, i, j)
    yield from _seam_shapes(track, dry, paved)
    if rain:
        yield from _wet_shapes(track, dry, paved)
    yield from _puddle_shapes(track, land, pairs)


def _rut_shapes(track: Track, land: Land, i: int, j: int) -> Iterator[Shape]:
    """Yield what wheels have dug and thrown up: two dark ruts, loose pale edges, stones."""
    here, there = track.centre[i], track.centre[j]
    loose, dug = mixed(land.dirt, WHITE, 0.16), mixed(land.dirt, BLACK, 0.17)
    for side in (1.0, -1.0):
        a, b = edge(here, side), edge(there, side)
        yield quad(track, loose, i, j, (a, b), (a - side * 0.9, b - side * 0.9))
        wave = [side * 1.6 + 0.5 * math.sin(0.21 * k) for k in (i, j)]
        yield quad(track, dug, i, j, (wave[0] + 0.4, wave[1] + 0.4), (wave[0] - 0.4, wave[1] - 0.4))
    for k in range(2):
        lateral = (i * 37 + k * 61) % 97 / 97.0 * (here.left_m + here.right_m) - here.right_m
        x, y = across(here, lateral)
        yield Shape(loose if k else dug, ((x, y),), 0.14)


def _seam_shapes(track: Track, base: Colour, pairs: Pairs) -> Iterator[Shape]:
    """Yield what years leave on asphalt: paved lanes, mended patches, cracks sealed with tar."""
    tar, count = mixed(base, BLACK, 0.3), len(track.centre)
    rng = Random(f"asphalt {track.name}")
    marks = {i: rng.random() for i in range(count)}
    for run in runs(pairs):
        yield ribbon(
            track,
            mixed(base, BLACK, 0.16),
            run,
            lambda p: _lane_seam(p) + 0.07,
            lambda p: _lane_seam(p) - 0.07,
        )
    for i, _ in pairs:
        here = track.centre[i]
        middle = _lane_seam(here)
        if i % PATCH_EVERY == 0 and marks[i] < 0.5:  # a patch, over half of the road
            left = marks[i] < 0.25
            shade = mixed(base, WHITE if marks[i] < 0.2 else BLACK, 0.07)
            for k in range(2 + int(marks[i] * 10.0)):
                m, n = (i + k) % count, (i + k + 1) % count
                p, q = track.centre[m], track.centre[n]
                if p.level or p.road is Surface.DIRT:
                    break
                outer = (
                    (p.left_m - 0.5, q.left_m - 0.5)
                    if left
                    else (-p.right_m + 0.5, -q.right_m + 0.5)
                )
                yield quad(track, shade, m, n, outer, (middle, middle))
        if i % SEAM_EVERY == 0:
            half = 0.05
            seam = LocalFrame(here.x_m, here.y_m, math.atan2(here.ty, here.tx))
            yield seam.rectangle(tar, -half, half, -here.right_m, here.left_m)
        elif marks[i] > 0.93:
            yield from _crack_shapes(here, tar, marks[i])


def _lane_seam(point: CentrePoint) -> float:
    """Return where two lanes that were paved one after the other meet."""
    return 0.35 * (point.left_m - point.right_m)


def _crack_shapes(point: CentrePoint, tar: Colour, chance: float) -> Iterator[Shape]:
    """Yield a crack that was filled with tar: a line that cannot make up its mind."""
    rng = Random(chance)
    lateral = rng.uniform(-point.right_m, point.left_m) * 0.8
    place = LocalFrame(
        *across(point, lateral), math.atan2(point.ty, point.tx) + rng.uniform(-0.5, 0.5)
    )
    f, s = 0.0, 0.0
    for _ in range(rng.randint(3, 6)):
        g, t = f + rng.uniform(0.6, 1.3), s + rng.uniform(-0.5, 0.5)
        (ax, ay), (bx, by) = place.at(f, s), place.at(g, t)
        yield Shape(tar, ((ax, ay), (bx, by), (bx + 0.06, by + 0.08), (ax + 0.06, ay + 0.08)))
        f, s = g, t


def _wet_shapes(track: Track, dry: Colour, pairs: Pairs) -> Iterator[Shape]:
    """Yield the sky in a wet road: a sheen that comes and goes, and water where it stands."""
    rng = Random(f"wet {track.name}")
    for k in range(4):
        for half, share in SHEENS:
            yield from _sheen_shapes(track, mixed(dry, SHEEN, share), pairs, k, half)
    for i, _ in pairs:
        if rng.random() < 0.24:
            yield from _pool_shapes(track.centre[i], dry, rng)
        for _ in range(GLINTS):
            yield from _glint_shapes(track.centre[i], dry, rng)


def _glint_shapes(point: CentrePoint, dry: Colour, rng: Random) -> Iterator[Shape]:
    """Yield a ripple that catches the sky: a short bright stroke, all of them the same way."""
    if rng.random() < 0.45:
        return
    x, y = across(point, rng.uniform(-point.right_m, point.left_m) * 0.96)
    long = rng.uniform(0.25, 1.1)
    stroke = LocalFrame(x, y, GLINT_TURN + rng.uniform(-0.12, 0.12))
    yield stroke.rectangle(mixed(dry, WHITE, rng.uniform(0.16, 0.5)), -long, long, -0.05, 0.05)


def _sheen_shapes(
    track: Track, bright: Colour, pairs: Pairs, k: int, half_m: float
) -> Iterator[Shape]:
    """Yield where one of four lanes of a wet road shines: long lenses that taper to their ends."""

    def shine(i: int) -> float:
        return math.sin(0.17 * i + 1.9 * k + 1.3 * math.sin(0.071 * i + k))

    def lateral(i: int, side: float) -> float:
        point = track.centre[i]
        middle = (0.14 + 0.24 * k) * (point.left_m + point.right_m) - point.right_m
        half = side * half_m * max(0.0, shine(i))
        return min(point.left_m, max(-point.right_m, middle + half))

    lit = [(i, j) for i, j in pairs if shine(i) > 0.0 or shine(j) > 0.0]
    for run in runs(lit, 24):
        outer = [across(track.centre[i], lateral(i, 1.0)) for i in run]
        inner = [across(track.centre[i], lateral(i, -1.0)) for i in reversed(run)]
        yield Shape(bright, (*outer, *inner))


def _pool_shapes(point: CentrePoint, dry: Colour, rng: Random) -> Iterator[Shape]:
    """Yield a puddle, mostly near an edge: a dark rim, the sky, and a bright side to the light."""
    share = rng.choice((-1.0, 1.0)) * rng.uniform(0.3, 1.0) ** 0.5
    reach = point.left_m if share > 0.0 else point.right_m
    long, wide = rng.uniform(0.8, 2.8), rng.uniform(0.4, 1.1)
    place = LocalFrame(*across(point, share * (reach - wide)), math.atan2(point.ty, point.tx))
    for grow, colour, shift in (
        (1.15, mixed(dry, BLACK, 0.18), 0.0),
        (1.0, mixed(dry, SHEEN, 0.46), 0.0),
        (0.78, mixed(dry, SHEEN, 0.64), 0.12),
        (0.45, mixed(SHEEN, WHITE, 0.3), 0.22),
    ):
        turns = [math.tau * k / 12 for k in range(12)]
        yield Shape(
            colour,
            tuple(
                (x - shift * wide, y + shift * wide)
                for x, y in (
                    place.at(
                        grow * long * math.cos(a),
                        grow * wide * math.sin(a) * (1.0 + 0.25 * math.sin(3.0 * a + long)),
                    )
                    for a in turns
                )
            ),
        )


def _puddle_shapes(track: Track, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield puddles: dark water with a pale glint and a wet rim."""
    wet = mixed(land.asphalt, (38, 62, 92), 0.62)
    layers = (
        (0.35, mixed(land.asphalt, BLACK, 0.28)),
        (0.0, wet),
        (-0.9, mixed(wet, SHEEN, 0.22)),
        (-1.5, wet),
    )
    for grow, colour in layers:
        for i, j in pairs:
            here, there = track.centre[i], track.centre[j]
            if there.wet_to_m <= there.wet_from_m or here.wet_to_m - here.wet_from_m <= -2.0 * grow:
                continue
            left = min(here.wet_to_m + grow, here.left_m, there.left_m)
            right = max(here.wet_from_m - grow, -here.right_m, -there.right_m)
            yield quad(track, colour, i, j, (left, left), (right, right))


def rubber(track: Track, line: RacingLine, land: Land, pairs: Pairs) -> Iterator[Shape]:
    """Yield the dark band that tyres leave on the racing line, where there is dry asphalt."""
    rain = 0.5 if track.weather is Weather.RAIN else 1.0
    base = mixed(land.asphalt, (30, 38, 54), 0.45) if rain < 1.0 else land.asphalt
    centre = track.centre
    dry = [
        (i, j)
        for i, j in pairs
        if centre[i].road is not Surface.DIRT and centre[i].wet_to_m <= centre[i].wet_from_m
    ]
    for half, share in ((2.6, 0.07), (1.9, 0.13), (1.2, 0.19)):
        colour = mixed(base, BLACK, share * rain)
        for run in runs(dry):
            left = [across(centre[k], min(line.lateral_m[k] + half, centre[k].left_m)) for k in run]
            right = [
                across(centre[k], max(line.lateral_m[k] - half, -centre[k].right_m)) for k in run
            ]
            yield Shape(colour, (*left, *reversed(right)))
