"""Memory that pictures held goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # of mallopt(3)
PICTURE_BYTES: Final = 131_072  # half of a tile of the land


def give_pictures_back() -> None:
    """Have pictures lie in mappings of their own, where the allocator is glibc's; else nothing.

    By itself it raises that bound with the first picture that is freed, and from then on keeps
    what a circuit's tiles held, though the next circuit may need half of it: 30 MB.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, PICTURE_BYTES)
