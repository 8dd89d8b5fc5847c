"""What is no tone: tyres, ground, air, water, people, blows. Pure functions of chance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from racer.app.sound.synth import (
    RATE,
    band_passed,
    levelled,
    looped,
    low_passed,
    noise,
    pcm,
    summed,
)

if TYPE_CHECKING:
    from array import array
    from random import Random

SEAM: Final = RATE // 10  # values by which a loop's end fades into its beginning
LEVEL: Final = 0.16
STONES: Final = 900  # of gravel that strike the car in a second


def skid(rng: Random) -> array[int]:
    """Return a loop of tyres that slide: a squeal that wavers, over the hiss of rubber."""
    count = RATE * 6 // 10 + SEAM
    source = noise(rng, count)
    low = band = 0.0
    squeal = []
    for i, value in enumerate(source):
        pitch = 930.0 + 70.0 * math.sin(math.tau * 3.1 * i / RATE) + 45.0 * math.sin(0.0031 * i)
        tune = math.tau * pitch / RATE
        low += tune * band
        band += tune * (value - low - 0.13 * band)
        squeal.append(band)
    return _seamless_loop(summed((1.0, squeal), (0.5, band_passed(source, 2300.0, 0.7))), LEVEL)


def scrub(rng: Random) -> array[int]:
    """Return a loop of tyres near their limit: they hum before they squeal."""
    source = noise(rng, RATE // 2 + SEAM)
    return _seamless_loop(band_passed(source, 620.0, 0.28), LEVEL)


def road(rng: Random) -> array[int]:
    """Return a loop of tyres that roll on asphalt."""
    source = noise(rng, RATE * 8 // 10 + SEAM)
    return _seamless_loop(summed((1.0, low_passed(source, 260.0)), (0.03, source)), LEVEL)


def wet_road(rng: Random) -> array[int]:
    """Return a loop of tyres on a wet road: water hisses from under them."""
    source = noise(rng, RATE * 8 // 10 + SEAM)
    hiss = [a - b for a, b in zip(source, low_passed(source, 2600.0), strict=True)]
    return _seamless_loop(summed((1.0, hiss), (0.8, low_passed(source, 400.0))), LEVEL)


def grass(rng: Random) -> array[int]:
    """Return a loop of a car on grass: bumps below, blades above."""
    count = RATE + SEAM
    source = noise(rng, count)
    bumps = low_passed(low_passed(noise(rng, count), 26.0), 60.0)
    rumble = [a * b for a, b in zip(low_passed(source, 180.0), bumps, strict=True)]
    return _seamless_loop(
        summed((60.0, rumble), (0.5, low_passed(source, 110.0)), (0.05, source)), LEVEL
    )


def gravel(rng: Random) -> array[int]:
    """Return a loop of stones against the floor, over a rumble."""
    count = RATE + SEAM
    stones = [0.0] * count
    for _ in range(STONES * count // RATE):
        at, loud = rng.randrange(count), rng.uniform(0.1, 1.0) ** 2
        for i in range(at, min(count, at + 40)):
            loud *= -0.82
            stones[i] += loud
    return _seamless_loop(summed((1.0, stones), (1.6, low_passed(noise(rng, count), 150.0))), LEVEL)


def kerb(rng: Random, hertz: float) -> array[int]:
    """Return a loop of stones of a kerb that pass below, so many a second."""
    pitch = RATE / hertz
    count = math.ceil(0.2 * hertz)
    length = round(count * pitch)
    values = [0.0] * length
    strike = [
        (math.sin(math.tau * 96.0 * i / RATE) + 0.5 * rng.uniform(-1.0, 1.0))
        * math.exp(-i / (0.011 * RATE))
        for i in range(round(0.04 * RATE))
    ]
    for k in range(count):
        loud = rng.uniform(0.8, 1.0)
        for i, value in enumerate(strike, round(k * pitch)):
            values[i % length] += loud * value
    return pcm(levelled(values, LEVEL))


def scrape(rng: Random) -> array[int]:
    """Return a loop of a car along a wall: metal that grinds."""
    source = noise(rng, RATE // 2 + SEAM)
    return _seamless_loop(
        summed(
            (1.0, band_passed(source, 1450.0, 0.18)),
            (0.8, band_passed(source, 2750.0, 0.12)),
            (1.4, low_passed(source, 190.0)),
        ),
        LEVEL,
    )


def wind(rng: Random) -> array[int]:
    """Return a loop of the air about a fast car."""
    source = noise(rng, 2 * RATE + SEAM)
    body = band_passed(source, 480.0, 0.9)
    gusts = low_passed(noise(rng, len(source)), 1.2)
    return _seamless_loop([a * (1.0 + 9.0 * g) for a, g in zip(body, gusts, strict=True)], LEVEL)


def buffet(rng: Random) -> array[int]:
    """Return a loop of the wake of another car: air that flutters at the ears."""
    source = noise(rng, RATE + SEAM)
    low = low_passed(source, 240.0)
    flutter = [
        a * (0.55 + 0.45 * math.sin(math.tau * 13.0 * i / RATE + 2.0 * math.sin(0.0011 * i)))
        for i, a in enumerate(low)
    ]
    return _seamless_loop(flutter, LEVEL)


def rain(rng: Random) -> array[int]:
    """Return a loop of rain: a hiss, and drops that are heard one by one."""
    count = 2 * RATE + SEAM
    source = noise(rng, count)
    hiss = [a - b for a, b in zip(source, low_passed(source, 1500.0), strict=True)]
    drops = [0.0] * count
    for _ in range(130):
        at, loud = rng.randrange(count), rng.uniform(0.2, 1.0)
        pitch = math.tau * rng.uniform(900.0, 2600.0) / RATE
        for i in range(min(260, count - at)):
            drops[at + i] += loud * math.sin(pitch * i) * math.exp(-i / 60.0)
    return _seamless_loop(summed((1.0, hiss), (1.6, drops)), LEVEL)


def crowd(rng: Random) -> array[int]:
    """Return a loop of people on a stand: many voices, none of which is understood."""
    count = 2 * RATE + SEAM
    source = noise(rng, count)
    layers = [
        (strength, _with_swells(band_passed(source, hertz, 0.35), rng, 2.4))
        for hertz, strength in ((330.0, 0.8), (560.0, 1.0), (880.0, 0.7), (1500.0, 0.3))
    ]
    return _seamless_loop(summed(*layers), LEVEL)


def cheer(rng: Random) -> array[int]:
    """Return people who rise from their seats: a roar with whistles that dies away."""
    count = 3 * RATE
    source = noise(rng, count)
    layers = [
        (w, band_passed(source, hz, 0.4)) for hz, w in ((620.0, 1.0), (1150.0, 0.9), (2100.0, 0.4))
    ]
    values = summed(*layers)
    for _ in range(5):
        at, pitch = rng.randrange(count // 2), rng.uniform(1900.0, 2700.0)
        for i in range(RATE // 3):
            bend = pitch * (1.0 + 0.12 * math.sin(math.pi * 3.0 * i / RATE))
            swell = math.sin(math.pi * 3.0 * i / RATE)
            values[at + i] += 0.16 * swell * math.sin(math.tau * bend * i / RATE)
    rise = RATE // 4
    shaped = [
        v * min(1.0, i / rise) * (1.0 - max(0.0, (i - rise) / (count - rise))) ** 1.6
        for i, v in enumerate(values)
    ]
    return pcm(levelled(shaped, LEVEL))


def thud(rng: Random) -> array[int]:
    """Return a touch: bodywork that gives and springs back."""
    count = RATE // 4
    source = low_passed(noise(rng, count), 900.0)
    return _shaped_blow(
        [
            (math.sin(math.tau * (92.0 - 50.0 * i / count) * i / RATE) + 1.3 * source[i])
            * math.exp(-i / (0.045 * RATE))
            for i in range(count)
        ],
        0.2,
    )


def crash(rng: Random) -> array[int]:
    """Return a hard hit: the blow, sheet metal that rings, and what falls to the ground."""
    count = RATE * 9 // 10
    source = noise(rng, count)
    ring = [0.0] * count
    for _ in range(9):
        pitch, fade = math.tau * rng.uniform(380.0, 3200.0) / RATE, rng.uniform(0.03, 0.16) * RATE
        for i in range(min(count, int(6.0 * fade))):
            ring[i] += 0.16 * math.sin(pitch * i) * math.exp(-i / fade)
    bits = [0.0] * count
    for _ in range(46):
        at, loud = int(count * rng.random() ** 1.6), rng.uniform(0.05, 0.3)
        for i in range(at, min(count, at + 60)):
            loud *= -0.88
            bits[i] += loud * (1.0 - at / count)
    return _shaped_blow(
        [
            1.2 * math.sin(math.tau * 60.0 * i / RATE) * math.exp(-i / (0.07 * RATE))
            + 1.5 * source[i] * math.exp(-i / (0.05 * RATE))
            + ring[i]
            + bits[i]
            for i in range(count)
        ],
        0.17,
    )


def whoosh(rng: Random) -> array[int]:
    """Return the boost: wind that rises and passes."""
    count = round(0.7 * RATE)
    smooth = 0.0
    values = []
    for i, value in enumerate(noise(rng, count)):
        part = i / count
        smooth += (0.06 + 0.30 * part) * (value - smooth)
        values.append(smooth * math.sin(math.pi * part) ** 1.5)
    return pcm(levelled(values, 0.18))


def _with_swells(values: list[float], rng: Random, hertz: float) -> list[float]:
    """Return a sound that grows and fades at random, about so many times a second."""
    tide = low_passed(noise(rng, len(values)), hertz)
    return [a * (1.0 + 14.0 * b) for a, b in zip(values, tide, strict=True)]


def _seamless_loop(values: list[float], level: float) -> array[int]:
    return pcm(levelled(looped(values, SEAM), level))


def _shaped_blow(values: list[float], level: float) -> array[int]:
    """Return a sound that begins within a millisecond and ends in silence."""
    count, first, last = len(values), RATE // 1000, RATE // 50
    shaped = [v * min(1.0, i / first, (count - i) / last) for i, v in enumerate(values)]
    return pcm(levelled(shaped, level))
