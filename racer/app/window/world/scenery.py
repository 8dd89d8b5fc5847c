"""What stands around a circuit, as shapes: trees, stands, pits, tents, tyres, the sea."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import PAINTS, WHITE, Land, mixed
from racer.app.window.world.roadworks import BLACK, across
from racer.app.window.world.shapes import LocalFrame, Shape, disc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racer.app.window.base.lettering import Colour
    from racer.core.circuits.track import Scenery, Track

SHORE_M: Final = 20.0  # from the southernmost barrier to the quay
SEA_M: Final = 900.0  # how far the water reaches, and to either side
CONTAINERS: Final[tuple[Colour, ...]] = (
    (178, 62, 52),
    (44, 98, 152),
    (206, 148, 48),
    (70, 128, 92),
    (128, 132, 140),
)


def surroundings(track: Track, land: Land, hills: Iterable[Shape] = ()) -> Iterator[Shape]:
    """Yield what lies and stands beyond the barriers, lowest first. The same each time.

    Args:
        hills: what the ground itself shows, below all that stands on it.
    """
    shore = _shore_y(track) if land.water is not None else -1e9
    yield from hills
    if land.water is not None:
        yield from _sea_shapes(track, land, land.water, shore)
    things = [thing for thing in track.scenery if thing.y > shore + 4.0 or thing.kind != "tree"]
    built = [thing for thing in things if thing.kind != "tree"]
    trees = [
        t for t in things if t.kind == "tree" and not any(_overlaps_built(t, b) for b in built)
    ]
    for thing in built:
        yield from _structure_shapes(track, thing, land)
    if track.theme == "city":
        for thing in trees[::2]:
            yield from _container_shapes(thing, land)
        trees = trees[1::2]
    dark = mixed(land.ground, BLACK, 0.38)
    for tree in trees:
        yield disc(
            dark, tree.x + 0.35 * tree.size_m, tree.y - 0.35 * tree.size_m, 0.5 * tree.size_m
        )
    for tree in trees:
        yield from _tree_shapes(tree, land)


def _overlaps_built(tree: Scenery, built: Scenery) -> bool:
    return math.dist((tree.x, tree.y), (built.x, built.y)) < built.size_m / 2.0 + tree.size_m + 3.0


def _rng_of(thing: Scenery) -> Random:
    return Random(round(thing.x * 8.0) * 65_537 + round(thing.y * 8.0))


def _tree_shapes(tree: Scenery, land: Land) -> Iterator[Shape]:
    """Yield a crown of a few leafy discs, lighter towards the light."""
    rng = _rng_of(tree)
    leaves = rng.choice(land.leaves)
    radius = tree.size_m * 0.5
    for share, colour in (
        (0.92, mixed(leaves, BLACK, 0.22)),
        (0.66, leaves),
        (0.42, mixed(leaves, WHITE, 0.14)),
    ):
        shift = (0.92 - share) * 0.45 * radius
        for _ in range(5):
            dx, dy = rng.uniform(-0.3, 0.3) * radius, rng.uniform(-0.3, 0.3) * radius
            yield disc(colour, tree.x - shift + dx, tree.y + shift + dy, radius * share * 0.82)


def _structure_shapes(track: Track, thing: Scenery, land: Land) -> Iterator[Shape]:
    lateral = track.project(thing.x, thing.y).lateral_m
    towards = -1.0 if lateral > 0.0 else 1.0  # the side of it that faces the road: left is +1
    place = LocalFrame(thing.x, thing.y, thing.heading)
    match thing.kind:
        case "stand":
            yield from _stand_shapes(place, thing, towards, land)
        case "pits":
            yield from _pit_shapes(place, thing, towards, land)
        case "tent":
            yield from _tent_shapes(place, thing, land)
        case "tyres":
            yield from _tyre_stack_shapes(place, thing)
        case _:
            return


def _shadow_of(place: LocalFrame, half: float, depth: float, height: float, land: Land) -> Shape:
    shade = mixed(land.ground, BLACK, 0.4)
    return place.moved(height, -height).rectangle(shade, -half, half, -depth, depth)


def _stand_shapes(place: LocalFrame, thing: Scenery, towards: float, land: Land) -> Iterator[Shape]:
    """Yield rows of people, and a roof over the last of them."""
    half, depth = thing.size_m / 2.0, 5.0
    yield _shadow_of(place, half, depth, 2.2, land)
    yield place.rectangle((150, 156, 168), -half, half, -depth, depth)
    rng = _rng_of(thing)
    for row in range(7):
        side = towards * (depth - 0.8 - row * 1.05)
        step = (172, 178, 190) if row % 2 else (140, 146, 158)
        yield place.rectangle(step, -half + 0.4, half - 0.4, side - 0.5, side + 0.5)
        seats = int((thing.size_m - 1.5) / 0.85)
        for handle in range(seats):
            if rng.random() < 0.82:
                x, y = place.at(-half + 1.0 + handle * 0.85, side + rng.uniform(-0.1, 0.1))
                yield disc(mixed(rng.choice(PAINTS), WHITE, 0.15), x, y, 0.3)
    a, b = sorted((-towards * depth, -towards * (depth - 2.8)))
    yield place.rectangle((226, 230, 236), -half, half, a, b)
    for k in range(0, int(thing.size_m), 10):
        yield place.rectangle((198, 204, 214), -half + k, -half + k + 0.35, a, b)


def _pit_shapes(place: LocalFrame, thing: Scenery, towards: float, land: Land) -> Iterator[Shape]:
    """Yield the garages with their doors to the road, and cars' boxes before them."""
    half, depth = thing.size_m / 2.0, 4.5
    yield _shadow_of(place, half, depth, 2.0, land)
    yield place.rectangle((190, 196, 206), -half, half, -depth, depth)
    yield place.rectangle((212, 217, 225), -half + 0.6, half - 0.6, -depth + 0.6, depth - 0.6)
    a, b = sorted((towards * depth, towards * (depth - 1.7)))
    boxes = max(1, int(thing.size_m / 5.0))
    width = thing.size_m / boxes
    for k in range(boxes):
        left = -half + k * width
        yield place.rectangle(PAINTS[k % len(PAINTS)], left + 0.5, left + width - 0.5, a, b)
        yield place.rectangle(
            (150, 158, 170), left + width / 2.0 - 0.9, left + width / 2.0 + 0.9, -1.6, 0.2
        )


def _tent_shapes(place: LocalFrame, thing: Scenery, land: Land) -> Iterator[Shape]:
    half = thing.size_m / 2.0
    yield _shadow_of(place, half, half, 1.2, land)
    yield place.rectangle((238, 240, 244), -half, half, -half, half)
    corners = [
        place.at(f, s) for f, s in ((half, half), (half, -half), (-half, -half), (-half, half))
    ]
    for k, colour in enumerate(((222, 64, 58), (238, 240, 244), (196, 52, 48), (214, 218, 226))):
        yield Shape(colour, (corners[k], corners[(k + 1) % 4], (place.x, place.y)))


def _tyre_stack_shapes(place: LocalFrame, thing: Scenery) -> Iterator[Shape]:
    for k in range(int(thing.size_m / 1.1)):
        for row in range(2):
            x, y = place.at(-thing.size_m / 2.0 + k * 1.1, row * 1.05)
            yield disc((26, 28, 32), x, y, 0.55)
            yield disc((216, 60, 54) if (k + row) % 2 else (230, 232, 236), x, y, 0.24)


def _container_shapes(thing: Scenery, land: Land) -> Iterator[Shape]:
    """Yield a stack of containers: a dock has few trees."""
    rng = _rng_of(thing)
    place = LocalFrame(thing.x, thing.y, 0.0 if rng.random() < 0.7 else 1.5708)
    half, depth, pitch = 6.0, 1.25, 2.7
    rows = rng.randint(1, 3)
    shade = mixed(land.ground, BLACK, 0.4)
    yield place.moved(1.4, -1.4).rectangle(shade, -half, half, -depth, (rows - 1) * pitch + depth)
    for row in range(rows):
        colour = rng.choice(CONTAINERS)
        low, high = row * pitch - depth, row * pitch + depth
        yield place.rectangle(mixed(colour, BLACK, 0.3), -half, half, low, high)
        yield place.rectangle(colour, -half + 0.25, half - 0.25, low + 0.25, high - 0.25)
        for k in range(1, 10):
            rib = -half + k * 1.2
            dark = mixed(colour, BLACK, 0.14)
            yield place.rectangle(dark, rib, rib + 0.2, low + 0.25, high - 0.25)


def _shore_y(track: Track) -> float:
    return (
        min(across(p, w)[1] for p in track.centre for w in (p.left_wall_m, -p.right_wall_m))
        - SHORE_M
    )


def _sea_shapes(track: Track, land: Land, water: Colour, shore: float) -> Iterator[Shape]:
    """Yield a promenade, the quay, and water that grows deeper, with boats on it."""
    xs = [point.x_m for point in track.centre]
    left, right = min(xs) - SEA_M, max(xs) + SEA_M

    def stripe(colour: Colour, top: float, bottom: float) -> Shape:
        return Shape(colour, ((left, top), (right, top), (right, bottom), (left, bottom)))

    yield stripe(land.sand, shore + 5.0, shore)
    yield stripe(mixed(land.sand, WHITE, 0.25), shore + 0.8, shore - 0.6)
    yield stripe(mixed(land.sand, BLACK, 0.5), shore - 0.6, shore - 1.5)
    for depth, share in ((1.5, 0.26), (6.0, 0.17), (14.0, 0.08), (26.0, 0.0)):
        yield stripe(mixed(water, WHITE, share), shore - depth, shore - SEA_M)
    rng = Random(len(track.centre))
    span = max(xs) - min(xs) + 160.0
    for _ in range(180):
        x, y = min(xs) - 80.0 + rng.random() * span, shore - 4.0 - 75.0 * rng.random()
        foam = mixed(water, WHITE, rng.uniform(0.18, 0.4))
        yield LocalFrame(x, y, 0.0).rectangle(foam, 0.0, rng.uniform(1.2, 4.0), 0.0, 0.22)
    for k in range(9):
        x = min(xs) - 40.0 + (k + rng.random() * 0.6) * span / 10.0
        yield from _boat_shapes(
            LocalFrame(x, shore - 9.0 - 24.0 * rng.random(), rng.uniform(-0.5, 0.5)), water, rng
        )


def _boat_shapes(place: LocalFrame, water: Colour, rng: Random) -> Iterator[Shape]:
    hull = ((-5.0, -1.5), (2.4, -1.5), (5.6, 0.0), (2.4, 1.5), (-5.0, 1.5))
    wake = mixed(water, BLACK, 0.25)
    yield Shape(wake, tuple(place.moved(0.8, -0.8).at(f, s) for f, s in hull))
    yield Shape((244, 246, 248), tuple(place.at(f, s) for f, s in hull))
    deck = tuple(place.at(f * 0.84 - 0.2, s * 0.72) for f, s in hull)
    yield Shape((196, 158, 112), deck)
    yield place.rectangle(mixed(rng.choice(PAINTS), WHITE, 0.2), -2.6, 0.6, -0.9, 0.9)
    yield place.rectangle((60, 78, 98), 0.2, 0.9, -0.8, 0.8)
