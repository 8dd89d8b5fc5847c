"""Whole nodes on a seeded virtual network: the same seed gives the same trace."""

from net.sim.faults import Script, draw_script
from net.sim.invariants import Invariants, Violation
from net.sim.network import Conditions
from net.sim.world import Machine, MakeProgram, World

__all__ = [
    "Conditions",
    "Invariants",
    "Machine",
    "MakeProgram",
    "Script",
    "Violation",
    "World",
    "draw_script",
]
