"""What a player needs beside the network: a screen; and better, sound and a pad. Bots need none."""

from __future__ import annotations

import os

import pygame

from racer.app.doctor.finding import Finding, Grade
from racer.app.sound.mixer import may_have_device
from racer.app.window.base.screen import INVISIBLE


def examine_seat() -> list[Finding]:
    """Look at screen, sound and pads."""
    try:
        return [_examine_screen(), _examine_sound(), _examine_pads()]
    finally:
        pygame.quit()


def _examine_screen() -> Finding:
    remedy = "start it from a desktop; 'racer bot' and 'racer watch --headless' need none"
    if not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))) and (
        os.name == "posix" and not hasattr(os, "O_EVTONLY")  # macOS' desktop has no such variable
    ):
        return Finding("screen", Grade.DOUBT, "neither DISPLAY nor WAYLAND_DISPLAY is set", remedy)
    try:
        pygame.display.init()
    except pygame.error as error:
        return Finding("screen", Grade.DOUBT, f"none: {error}", remedy)
    driver = pygame.display.get_driver()
    if driver in INVISIBLE:
        return Finding("screen", Grade.DOUBT, f"none that shows anything ({driver})", remedy)
    sizes = ", ".join(f"{width}×{height}" for width, height in pygame.display.get_desktop_sizes())
    return Finding("screen", Grade.FINE, f"{sizes}, by {driver}")


def _examine_sound() -> Finding:
    silent = "the game is silent, and works"
    if not may_have_device():
        return Finding("sound", Grade.DOUBT, f"no device; {silent}", "plug in headphones")
    try:
        pygame.mixer.init()
    except pygame.error as error:
        return Finding("sound", Grade.DOUBT, f"{error}; {silent}", "choose a device in the desktop")
    return Finding("sound", Grade.FINE, "there")


def _examine_pads() -> Finding:
    pygame.joystick.init()
    pads = map(pygame.joystick.Joystick, range(pygame.joystick.get_count()))
    return Finding("pads", Grade.FINE, ", ".join(pad.get_name() for pad in pads) or "none")
