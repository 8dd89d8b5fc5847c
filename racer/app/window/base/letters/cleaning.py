"""What of a text may be shown, and what of it is one character: as the substrate has it.

The window knows nothing of the network but this: what is typed here must be what others are shown.
"""

from __future__ import annotations

from typing import Final

from net import clean_text, graphemes

__all__ = ["SHOWN_CHARS_MAX", "clean", "graphemes", "shortened"]

SHOWN_CHARS_MAX: Final = 240  # a chat line is shorter; more would leave the screen anyway


def clean(text: str, limit: int = SHOWN_CHARS_MAX) -> str:
    """Return a text that is safe to draw on one line, cut to `limit` characters; perhaps none."""
    return clean_text(text, limit)


def shortened(text: str, most: int) -> str:
    """Return a text as it is, or its beginning where it has more graphemes than this."""
    if len(text) <= most:
        return text
    parts = graphemes(text)
    return text if len(parts) <= most else "".join(parts[: most - 1]) + "…"
