"""How this machine's disk is, for all that must not be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from net.ids import Digest, Dot


@final
@dataclass(slots=True)
class Storage:
    """Shared by the machines of one process; its shell says how the disk is.

    A *forgetful* node is one whose disk takes nothing. It holds the log in memory, like any other
    member, and promises and acknowledges for its process only: it never counts as a disk.
    """

    holds: Callable[[Dot], bool]
    """Whether an operation is here. What is here was given to the disk before what comes now."""
    holds_content: Callable[[Digest], bool]
    """Whether the content of a checkpoint is here, and was given to the disk likewise."""
    keeps: bool = True  # what is given to the disk will be there, sooner or later
    prompt: bool = True  # soon
    given: int = 0  # writes that it was given …
    written: int = 0  # … and those of them that are there
