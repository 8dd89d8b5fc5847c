"""Whole nodes on a seeded virtual network: the same seed gives the same trace."""

from net.sim.checks.invariants import Invariants, Violation
from net.sim.faults import Script
from net.sim.machine import Machine, MakeProgram
from net.sim.narration import Narrator
from net.sim.network import Conditions
from net.sim.swarm import draw_script
from net.sim.world import World

__all__ = [
    "Conditions",
    "Invariants",
    "Machine",
    "MakeProgram",
    "Narrator",
    "Script",
    "Violation",
    "World",
    "draw_script",
]
