"""Words of the command line as values, each within its bounds.

What is no such value raises `argparse.ArgumentTypeError` with a text that says what would be.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from net import UsageError, clean_text
from net.runtime.interfaces import interface_address
from racer.app.meeting_code import read_peer
from racer.app.options import checked_name, checked_race, quote_start
from racer.core.tuning import GRID_MAX, LAPS_MAX
from racer.play.limits import CHAT_CHARS_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from net import Address

PORT_MAX: Final = 65535
FAULTS_MAX: Final = 1000  # of one simulated race
CROWD_MAX: Final = 64  # nodes in one simulated race
TITLE_CHARS_MAX: Final = 40  # of a circuit, as its file may have
_DIGITS_MAX: Final = 20  # of what a person types


def name(text: str) -> str:
    """Return a driver's name, cleaned."""
    return _checked_text(checked_name, text)


def race(text: str) -> str:
    """Return a race's name, cleaned."""
    return _checked_text(checked_race, text)


def line(text: str) -> str:
    """Return a line of chat, cleaned."""
    said = clean_text(text, 2 * CHAT_CHARS_MAX)
    if not said or len(said) > CHAT_CHARS_MAX:
        raise argparse.ArgumentTypeError(
            f"a line has 1 to {CHAT_CHARS_MAX} characters; this one has "
            + (f"{len(said)}" if len(said) < 2 * CHAT_CHARS_MAX else "many more")
        )
    return said


def port(text: str) -> int:
    """Return a UDP port; 0 is any."""
    return _parse_whole(text, 0, PORT_MAX)


def laps(text: str) -> int:
    """Return a number of laps."""
    return _parse_whole(text, 1, LAPS_MAX)


def players(text: str) -> int:
    """Return how many drivers a race may have."""
    return _parse_whole(text, 1, GRID_MAX)


def crowd(text: str) -> int:
    """Return how many nodes a simulated race may have."""
    return _parse_whole(text, 1, CROWD_MAX)


def faults(text: str) -> int:
    """Return how many faults a simulated race may have."""
    return _parse_whole(text, 0, FAULTS_MAX)


def share(text: str) -> float:
    """Return a number from 0 to 1."""
    return _parse_number(text, 0.0, 1.0)


def seconds(text: str) -> float:
    """Return how long something may take."""
    return _parse_number(text, 0.1, 3600.0)


def scale(text: str) -> float:
    """Return by how much a circuit is made larger."""
    return _parse_number(text, 0.1, 10.0)


def seed(text: str) -> int:
    """Return what randomness begins with."""
    return _parse_whole(text, 0, 2**32)


def moment(text: str) -> float:
    """Return seconds of a run."""
    return _parse_number(text, 0.0, 1e7)


def peer(text: str) -> Address:
    """Return whom a person names; port 0: the host is asked for it."""
    try:
        return read_peer(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def interface(text: str) -> str:
    """Return an address of this machine as interfaces have it."""
    if not text:
        raise argparse.ArgumentTypeError("'' is no address of an interface")
    return interface_address(text)


def folder(text: str) -> Path:
    """Return a folder; nothing is none, and not the one in which a person stands."""
    if not text:
        raise argparse.ArgumentTypeError("'' is no folder: give its name, or leave the option out")
    return Path(text)


def file(text: str) -> Path:
    """Return a file; nothing is none, and not the folder in which a person stands."""
    if not text:
        raise argparse.ArgumentTypeError("'' is no file: give its name, or leave the option out")
    return Path(text)


def title(text: str) -> str:
    """Return what people read as a circuit's name, as its file may have it."""
    words = " ".join(text.split())
    fits = 0 < len(words) <= TITLE_CHARS_MAX and words.isprintable()
    if not fits or "#" in words:  # which begins a comment there
        most = f"give 1 to {TITLE_CHARS_MAX} printable characters, without #"
        raise argparse.ArgumentTypeError(f"{quote_start(text)} is no title: {most}")
    return words


def seeds(text: str) -> range:
    """Return the seed of `N`, or those of `A:B`, B left out."""
    first, colon, last = text.partition(":")
    if not colon:
        seed = _parse_whole(first, 0, 2**32)
        return range(seed, seed + 1)
    low, high = _parse_whole(first, 0, 2**32), _parse_whole(last, 0, 2**32)
    if low >= high:
        raise argparse.ArgumentTypeError(f"{text!r} holds no seed: give A:B with A below B")
    return range(low, high)


def _checked_text(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parse_whole(text: str, least: int, most: int) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
    if not is_whole or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
    return int(text)


def _parse_number(text: str, least: float, most: float) -> float:
    plain = text.isascii() and text == text.strip() and "_" not in text  # more is a float to Python
    try:
        value = float(text if plain else "nan")
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from {least:g} to {most:g}")
    return value
