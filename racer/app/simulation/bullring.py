"""The circuit of simulated races: hardly longer than the shortest one that a circuit may be.

A seed costs what its virtual time costs, and faults want races, not laps: three times as many fit
into the same hours as on the shortest circuit that people race on. All that a race has is there: a
grid for 24, gates, canisters, bends on which cars meet. Nobody can choose it in a lobby.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "bullring"
TEXT: Final = """
name bullring
title Bullring
theme city
width 11
runoff 4 grass
kerb 0.8
line 0.6

turn 40 -26 20
turn 36 22 19
turn 0 14 24
turn -38 24 17
turn -40 -24 19

pickup 20 -2
pickup 75 2
pickup 130 -2
"""
"""A lap takes the best driver 11 s. The `trackfile` format."""
