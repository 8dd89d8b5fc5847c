"""Work that is done in slices, so that no picture waits for all of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def take_slice(steps: Iterator[None], slice_ns: int) -> bool:
    """Go on with work, a step at least, for so long of this thread's own time.

    Returns:
        Whether there was any left to do.
    """
    ends_ns, went_on = time.thread_time_ns() + slice_ns, False
    for _ in steps:
        went_on = True
        if time.thread_time_ns() >= ends_ns:
            break
    return went_on
