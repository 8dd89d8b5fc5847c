"""Counts by reason: what was done and what was dropped, and the one form in which it is read.

What counts has a `Counters` of its own. Whoever puts parts together hands theirs on as `Counts`:
a node to its program, a service to whoever runs it. So nothing is counted that nobody can read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar, Final, final

_DONE: Final = "done"
_LOSS: Final = "loss"
_FAULT: Final = "fault"


def done() -> int:
    """Mark a figure of a `Counters` as work: nothing was lost."""
    return field(default=0, metadata={"kind": _DONE})


def loss() -> int:
    """Mark a figure as a loss that any network has: late, twice, of a life before, not for us."""
    return field(default=0, metadata={"kind": _LOSS})


class Counters:
    """Base of dataclasses with slots, whose fields are whole numbers that only grow.

    A field is an `int`, or a `Counter` by some word. One that is marked by neither `done` nor
    `loss` counts a fault: somebody should hear of it.
    """

    __slots__ = ()
    part: ClassVar[str]
    """What counts: the first half of each reason."""

    def figures(self, kind: str) -> dict[str, int]:
        """Return the figures of one kind that are not zero, by dotted reason."""
        found: dict[str, int] = {}
        for each in fields(self):  # type: ignore[arg-type]
            if each.metadata.get("kind", _FAULT) != kind:
                continue
            value: int | Counter[str] = getattr(self, each.name)
            name = f"{self.part}.{each.name}"
            if isinstance(value, Counter):
                found |= {f"{name}.{word}": value[word] for word in sorted(value)}
            else:
                found[name] = value
        return {name: value for name, value in found.items() if value}


@final
@dataclass(frozen=True, slots=True)
class Counts:
    """Figures by dotted reason, `transport.forged`, at one moment; what is zero is left out."""

    done: Mapping[str, int] = field(default_factory=dict)
    losses: Mapping[str, int] = field(default_factory=dict)
    """Dropped, as happens on any network."""
    faults: Mapping[str, int] = field(default_factory=dict)
    """Dropped, and somebody should hear of it."""

    @classmethod
    def of(cls, *parts: Counters) -> Counts:
        """Gather what several parts have counted so far."""
        return cls(*(_merged(parts, kind) for kind in (_DONE, _LOSS, _FAULT)))

    def __or__(self, other: Counts) -> Counts:
        """Return these and those of other parts together."""
        return Counts(
            {**self.done, **other.done},
            {**self.losses, **other.losses},
            {**self.faults, **other.faults},
        )

    @property
    def dropped(self) -> dict[str, int]:
        """All that was dropped, in order of the reasons."""
        return dict(sorted({**self.losses, **self.faults}.items()))


def _merged(parts: Iterable[Counters], kind: str) -> dict[str, int]:
    return {name: value for part in parts for name, value in part.figures(kind).items()}
