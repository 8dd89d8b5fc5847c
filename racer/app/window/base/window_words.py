"""Reasons in words for who has keys and plates before them, and no command line."""

from __future__ import annotations

from typing import Final

_SAID_THERE: Final = (
    ("(racer doctor)", "(see 'why alone?' in the menu)"),
    ("that --interface leaves out: start without it", "that the settings leave out"),
    ("join one, or give --peer HOST:PORT", "join it, or give its address or code in the menu"),
    ("broadcast and --peer only", "broadcast, address and code only"),
    ("(--peer)", "in their menu, under 'address or code'"),
    (
        "(--peer HOST:PORT names one that is there)",
        "(in the menu, give the address or code of one that is there)",
    ),
    ("(--new-identity)", "(press 'a new identity' where the race tells this)"),
    (" (--passphrase-file)", ""),
)
"""What is said to who reads a terminal, and here; for a passphrase there is a plate."""


def in_window(words: str) -> str:
    """Return a reason as the window says it: its remedies are those that are to be had here."""
    if "(" not in words and "--" not in words:
        return words
    for there, here in _SAID_THERE:
        words = words.replace(there, here)
    return words
