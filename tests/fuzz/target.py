"""A parser that is fed, with what to feed it at first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Target:
    """A parser. It may raise what it refuses with, and nothing else."""

    name: str
    parse: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    seeds: Callable[[], list[bytes]]
    bytes_max: int = 1300
    share: float = 1.0  # of the inputs of a run: some take longer, and get fewer


def text_of(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")
