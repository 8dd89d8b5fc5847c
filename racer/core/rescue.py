"""Rescue: a car that is stuck goes back on the track."""

from racer.core.car import CarState, quantise
from racer.core.laps import Progress, race_distance_m
from racer.core.track import Track


def rescue(car: CarState, progress: Progress, track: Track) -> CarState:
    """Return the car standing on the centre line where its progress is, facing the right way.

    It never gains way: who left out a gate is put back before that gate. Boost is kept.
    """
    s_m = race_distance_m(progress, track) % track.length_m
    x, y = track.point_at(s_m)
    heading = track.heading_at(s_m)
    return quantise(CarState(x=x, y=y, heading=heading, boost_ticks=car.boost_ticks))
