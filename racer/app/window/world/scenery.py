"""What lies and stands around a circuit, composed by its country."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from racer.app.window.world.land.basins import basins
from racer.app.window.world.land.brooks import brooks
from racer.app.window.world.land.buildings import houses
from racer.app.window.world.land.camps import camps
from racer.app.window.world.land.character import Country, character_of
from racer.app.window.world.land.countryside import (
    fields,
    forest_edge,
    ponds,
    rocks,
    scrub,
    woods,
)
from racer.app.window.world.land.plants import tree
from racer.app.window.world.land.plots import Plots
from racer.app.window.world.land.port import yards
from racer.app.window.world.land.quarry import quarry
from racer.app.window.world.land.sea import sea, shore_y
from racer.app.window.world.land.site import Site
from racer.app.window.world.land.structures import structure
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.land.trackside.strip import trackside
from racer.app.window.world.land.trackside.town import town
from racer.app.window.world.land.ways import service_road, tracks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from racer.app.window.base.palette import Land
    from racer.app.window.world.land.relief import Relief
    from racer.app.window.world.shapes import Shape
    from racer.core.circuits.track import Scenery, Track


def surroundings(
    track: Track, land: Land, hills: Iterable[Shape] = (), relief: Relief | None = None
) -> Iterator[Shape]:
    """Yield what lies and stands beyond the barriers, lowest first. The same each time.

    Args:
        track: the circuit.
        land: its colours.
        hills: what the ground itself shows, below all that stands on it.
        relief: the mountains, where there are some: nothing grows on rock and snow.
    """
    site = Site(track, land, character_of(track), sun_of(track), Plots(track), relief)
    shore = -math.inf if land.water is None else shore_y(track)
    if land.water is not None:
        for k in range(round(site.plots.box[2] - site.plots.box[0]) // 8):
            site.plots.take(site.plots.box[0] + 8.0 * k, shore - 30.0, 44.0)
    # The order is that of the painting; who comes first also has the first choice of the ground.
    streams = list(brooks(site))
    beside = list(trackside(site))
    crowd = list(camps(site))
    streets = list(town(site))
    quarried = site.character.country is Country.QUARRY
    dug, heaped = quarry(site) if quarried else ([], [])
    floors, trees = woods(site)
    yield from fields(site)
    yield from floors
    yield from hills
    if site.character.country is Country.PORT:
        water = list(basins(site))
        yield from yards(site)
        yield from water
        yield from streets
    elif relief is None:
        yield from tracks(site)
    yield from streams
    yield from service_road(site)
    yield from ponds(site)
    if land.water is not None:
        yield from sea(site, shore)
    yield from dug
    yield from crowd
    yield from beside
    for thing in track.scenery:
        if thing.kind != "tree":
            yield from structure(site, thing)
    if site.character.country is not Country.PORT:
        yield from scrub(site)
    yield from houses(site)
    yield from heaped
    yield from rocks(site)
    yield from trees
    yield from forest_edge(site)
    for thing in _single_trees(site):
        yield from tree(thing.x, thing.y, thing.size_m, land, site.character, site.sun)


def _single_trees(site: Site) -> list[Scenery]:
    """Return the trees that stand alone: fewer than were scattered where the country is bare."""
    if site.character.country is Country.PORT:  # there they stand in boxes
        return []
    trees = [thing for thing in site.track.scenery if thing.kind == "tree"]
    every = 5 if site.character.country in {Country.MOOR, Country.DESERT} else 2
    return [thing for thing in trees[::every] if site.grows(thing.x, thing.y, 2.0)]
