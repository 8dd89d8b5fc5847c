"""Fields with their hedges, woods, ponds and rocks."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import WHITE, mixed
from racer.app.window.world.land.character import Country
from racer.app.window.world.land.plants import NIGHT, blob, bush, tree
from racer.app.window.world.land.road.along import across, wall
from racer.app.window.world.shapes import Layer, LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.lettering import Colour
    from racer.app.window.world.land.site import Site

FIELD_M: Final = (78.0, 56.0)
FURROW_M: Final = 4.2
HEDGE_M: Final = 4.5  # from one bush of a hedge to the next
SCRUB: Final = 13.0  # groups in a square of 300 m
TREES_MAX: Final = 2000  # in woods, of all
EDGE_TREES_MAX: Final = 2400  # of a forest, along the road
EDGE_M: Final = (11.0, 52.0)  # beyond the barriers, where these stand
TREE_M: Final = 6.2  # from one to the next in a wood
TRUNK_M: Final = 4.4
WATER: Final[Colour] = (58, 104, 124)
STONE: Final[Colour] = (142, 138, 130)


def fields(site: Site) -> Iterator[Shape]:
    """Yield a patchwork of fields that the circuit was laid through; it covers what it covers."""
    character = site.character
    if not character.crops:
        return
    rng = Random(f"fields {site.track.name}")
    left, bottom, right, top = site.plots.box
    reach = math.dist((left, bottom), (right, top)) / 2.0
    grid = LocalFrame((left + right) / 2.0, (bottom + top) / 2.0, rng.uniform(-0.5, 0.5))
    for column in range(-math.ceil(reach / FIELD_M[0]), math.ceil(reach / FIELD_M[0])):
        shift = rng.uniform(0.0, FIELD_M[1])
        for row in range(-math.ceil(reach / FIELD_M[1]), math.ceil(reach / FIELD_M[1])):
            till = rng.random() < character.fields
            x, y = column * FIELD_M[0], row * FIELD_M[1] + shift
            at = grid.at(x + FIELD_M[0] / 2.0, y + FIELD_M[1] / 2.0)
            place = LocalFrame(*at, grid.heading)
            inside = left < at[0] < right and bottom < at[1] < top
            if till and inside:
                yield from _field_shapes(site, place, rng)
            if inside and rng.random() < 0.5 and character.country is not Country.FOREST:
                yield from _hedge_shapes(site, place, rng)


def _field_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    crop = mixed(rng.choice(site.character.crops), site.land.ground, rng.uniform(0.2, 0.5))
    half, depth = FIELD_M[0] / 2.0 - 2.0, FIELD_M[1] / 2.0 - 2.0
    yield place.rectangle(
        mixed(crop, NIGHT, 0.16), -half - 0.8, half + 0.8, -depth - 0.8, depth + 0.8
    )
    yield place.rectangle(crop, -half, half, -depth, depth)
    furrow = mixed(crop, NIGHT, 0.09) if rng.random() < 0.5 else mixed(crop, WHITE, 0.08)
    along = rng.random() < 0.6
    width = FURROW_M * rng.uniform(0.7, 1.8)
    for k in range(int(2.0 * (depth if along else half) / width)):
        a = (-depth if along else -half) + k * width
        b = a + 0.45 * width
        if along:
            yield place.rectangle(furrow, -half, half, a, b)
        else:
            yield place.rectangle(furrow, a, b, -depth, depth)
    if rng.random() < 0.3:
        for _ in range(7):
            x, y = place.at(rng.uniform(-half, half) * 0.9, rng.uniform(-depth, depth) * 0.9)
            if site.plots.free(x, y, 2.0):
                yield site.sun.round_shadow(x, y, 1.0, 1.2)
                yield disc((196, 170, 96), x, y, 0.95, Layer.ABOVE)
                yield disc((222, 200, 130), x - 0.2, y + 0.2, 0.6, Layer.ABOVE)


def _hedge_shapes(site: Site, place: LocalFrame, rng: Random) -> Iterator[Shape]:
    """Yield a row of bushes, and a tree now and then, along one side of a field."""
    half, depth = FIELD_M[0] / 2.0, FIELD_M[1] / 2.0
    along = rng.random() < 0.5
    for k in range(int(2.0 * (half if along else depth) / HEDGE_M)):
        way = k * HEDGE_M + rng.uniform(-1.0, 1.0) - (half if along else depth)
        x, y = place.at(way, depth) if along else place.at(half, way)
        if not site.plots.free(x, y, 3.0):
            continue
        if rng.random() < 0.12:
            yield from tree(x, y, rng.uniform(4.0, 7.0), site.land, site.character, site.sun)
        else:
            yield from bush(x, y, rng.uniform(1.2, 2.1), rng.choice(site.land.leaves), site.sun)


def woods(site: Site) -> tuple[list[Shape], list[Shape]]:
    """Return clumps of trees that stand together: their floor of moss and needles, and they."""
    rng = Random(f"woods {site.track.name}")
    floor = mixed(site.land.ground, site.character.lush, 0.75)
    floors: list[Shape] = []
    trees: list[Shape] = []
    planted = 0
    for _ in range(round(site.character.woods * site.plots.squares)):
        radius = rng.uniform(11.0, 29.0)
        x, y = _beside_road(site, radius, rng)
        if planted > TREES_MAX:
            break
        if site.relief is None:  # a mountain's meadows have their own colours
            half = mixed(floor, site.land.ground, 0.5)
            floors.append(Shape(half, blob(x, y, radius * 1.08, rng, 30)))
            floors.append(Shape(floor, blob(x, y, radius * 0.94, rng, 30)))
        for tx, ty in _tree_spots(x, y, radius, rng):
            if site.grows(tx, ty, 3.5):
                planted += 1
                size = rng.uniform(4.6, 8.0)
                trees.extend(tree(tx, ty, size, site.land, site.character, site.sun))
    return floors, trees


def forest_edge(site: Site) -> Iterator[Shape]:
    """Yield the trees of a forest that the circuit was cut through: close, with glades between."""
    if site.character.country is not Country.FOREST:
        return
    rng = Random(f"edge {site.track.name}")
    every = max(1, round(TREE_M / site.track.spacing_m))
    spots = []
    for point in site.track.centre[::every]:
        for side in (1.0, -1.0):
            off = EDGE_M[0] + rng.uniform(0.0, 3.0)
            while off < EDGE_M[1]:
                x, y = across(point, wall(point, side) + side * off)
                thick = math.sin(x / 31.0) + math.sin(y / 37.0 + 1.3) + math.sin((x - y) / 17.0)
                if thick > rng.uniform(-2.2, 0.3):
                    spots.append((x + rng.uniform(-1.6, 1.6), y + rng.uniform(-1.6, 1.6)))
                off += TREE_M * rng.uniform(0.8, 1.3)
    rng.shuffle(spots)
    stand: dict[tuple[int, int], tuple[float, float]] = {}  # a trunk in a square at most
    for x, y in spots:
        if len(stand) < EDGE_TREES_MAX and site.grows(x, y, 2.5):
            stand.setdefault((round(x / TRUNK_M), round(y / TRUNK_M)), (x, y))
    for x, y in sorted(stand.values(), key=lambda spot: -spot[1]):
        size = rng.uniform(4.4, 7.6)
        yield from tree(x, y, size, site.land, site.character, site.sun)


def _beside_road(site: Site, radius: float, rng: Random) -> tuple[float, float]:
    """Return the middle of a wood that is seen from the road."""
    point = rng.choice(site.track.centre)
    side = rng.choice((1.0, -1.0))
    way = wall(point, side) + side * (0.7 * radius + rng.uniform(6.0, 55.0))
    return across(point, way)


def _tree_spots(x: float, y: float, radius: float, rng: Random) -> Iterator[tuple[float, float]]:
    """Yield places within a circle, no two on the same spot, from the north-west on."""
    reach = math.ceil(radius / TREE_M)
    for row in range(reach, -reach - 1, -1):
        for column in range(-reach, reach + 1):
            dx = (column + 0.5 * (row % 2)) * TREE_M + rng.uniform(-2.0, 2.0)
            dy = row * TREE_M * 0.9 + rng.uniform(-2.0, 2.0)
            if math.hypot(dx, dy) < radius * rng.uniform(0.8, 1.05):
                yield x + dx, y + dy


def scrub(site: Site) -> Iterator[Shape]:
    """Yield bushes and tufts of long grass in loose groups, where nothing else is."""
    rng = Random(f"scrub {site.track.name}")
    left, bottom, right, top = site.plots.box
    tuft = mixed(site.land.ground, site.character.dry, 0.55)
    for _ in range(round(SCRUB * site.plots.squares)):
        x, y = rng.uniform(left, right), rng.uniform(bottom, top)
        for _ in range(rng.randint(3, 8)):
            bx, by = x + rng.gauss(0.0, 6.0), y + rng.gauss(0.0, 6.0)
            if not site.grows(bx, by, 2.0):
                continue
            if rng.random() < 0.4:
                leaves = mixed(rng.choice(site.land.leaves), site.land.ground, 0.25)
                yield from bush(bx, by, rng.uniform(0.7, 1.5), leaves, site.sun)
            else:
                yield disc(mixed(tuft, NIGHT, 0.22), bx + 0.12, by - 0.12, 0.42)
                yield disc(mixed(tuft, WHITE, 0.1), bx, by, 0.34)


def ponds(site: Site) -> Iterator[Shape]:
    """Yield still water: a muddy rim, shallows, the deep, reeds, and the sky in it."""
    rng = Random(f"ponds {site.track.name}")
    for _ in range(round(site.character.ponds * site.plots.squares)):
        radius = rng.uniform(9.0, 24.0)
        at = site.plots.place(rng, radius * 1.15)
        if at is not None:
            yield from _pond_shapes(site, *at, radius, rng)


def _pond_shapes(site: Site, x: float, y: float, radius: float, rng: Random) -> Iterator[Shape]:
    seed = rng.random()

    def ring(share: float) -> tuple[tuple[float, float], ...]:
        return blob(x, y, radius * share, Random(seed), 26)

    water = site.water
    yield Shape(mixed(site.land.ground, (94, 84, 58), 0.55), ring(1.1))
    yield Shape(mixed(site.land.ground, (58, 70, 44), 0.5), ring(1.04))
    yield Shape(mixed(water, WHITE, 0.20), ring(1.0))
    yield Shape(water, ring(0.95))
    yield Shape(mixed(water, NIGHT, 0.22), ring(0.72))
    yield Shape(mixed(water, NIGHT, 0.36), ring(0.42))
    for _ in range(int(radius)):
        a, r = rng.uniform(0.0, math.tau), radius * rng.uniform(0.1, 0.75)
        glint = LocalFrame(x + r * math.cos(a), y + r * math.sin(a), 0.0)
        wide = rng.uniform(0.5, 1.8)
        yield glint.rectangle(mixed(water, WHITE, 0.32), -wide, wide, 0.0, 0.16)
    reed = mixed(site.character.dry, (120, 130, 60), 0.5)
    for _ in range(int(radius * 1.6)):
        a = rng.uniform(0.0, math.tau)
        r = radius * rng.uniform(0.93, 1.1)
        place = LocalFrame(x + r * math.cos(a), y + r * math.sin(a), rng.uniform(0.6, 2.5))
        colour = mixed(reed, NIGHT, rng.uniform(0.0, 0.4))
        yield place.rectangle(colour, -0.2, rng.uniform(0.7, 1.6), -0.12, 0.12, Layer.ABOVE)


def rocks(site: Site) -> Iterator[Shape]:
    """Yield boulders, singly and in heaps."""
    rng = Random(f"rocks {site.track.name}")
    for _ in range(round(9.0 * site.character.rocks * site.plots.squares)):
        at = site.plots.place(rng, 3.0, tries=2)
        if at is None:
            continue
        for _ in range(rng.randint(1, 4)):
            x, y = at[0] + rng.uniform(-3.0, 3.0), at[1] + rng.uniform(-3.0, 3.0)
            yield from boulder(site, x, y, rng.uniform(0.6, 2.4), rng)


def boulder(site: Site, x: float, y: float, radius: float, rng: Random) -> Iterator[Shape]:
    """Yield a rock with a lit and a dark face."""
    stone = mixed(STONE, site.land.ground, rng.uniform(0.0, 0.3))
    outline = blob(x, y, radius, rng, 7, 0.3)
    yield site.sun.shadow(outline, radius * 0.9)
    yield Shape(mixed(stone, NIGHT, 0.28), outline, layer=Layer.ABOVE)
    top = tuple(
        (x + 0.72 * (px - x) - 0.14 * radius, y + 0.72 * (py - y) + 0.14 * radius)
        for px, py in outline
    )
    yield Shape(stone, top, layer=Layer.ABOVE)
    tip = tuple(
        (x + 0.4 * (px - x) - 0.24 * radius, y + 0.4 * (py - y) + 0.24 * radius)
        for px, py in outline
    )
    yield Shape(mixed(stone, WHITE, 0.22), tip, layer=Layer.ABOVE)
