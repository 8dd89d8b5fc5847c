"""Which pictures there are: the one list."""

from __future__ import annotations

from typing import Final

from tools.gallery.circuits import AT_SPEED, SIZES, WITH_OTHER_EYES
from tools.gallery.front import FRONT
from tools.gallery.seats import SEATS
from tools.gallery.story import EVENING

SITTINGS: Final = (*EVENING, *WITH_OTHER_EYES, *SIZES, *SEATS, *FRONT, *AT_SPEED)
"""The longest first: several are drawn at once."""

HEAD: Final = """# Gallery

Every scene of the window, drawn by `make gallery` from a seed:
rooms of whole nodes in virtual time, and heats of bots.
Colour vision is simulated after Machado, Oliveira and Fernandes (2009), at full severity.
"""


def page() -> str:
    """Return the page that shows them all."""
    shots = [shot for sitting in SITTINGS for shot in sitting.shots]
    parts = [HEAD, *(f"{shot.caption}\n\n![{shot.caption}]({shot.name}.jpg)\n" for shot in shots)]
    return "\n".join(parts)
