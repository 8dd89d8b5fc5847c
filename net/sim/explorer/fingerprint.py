"""What tells two ensembles apart that differ in more than the time; and copies of them."""

from __future__ import annotations

import pickle
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from net.cluster.log import DecreeLog

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from net.sim.explorer.ensemble import Ensemble


def fingerprint(ensemble: Ensemble) -> int:
    """Return a hash of what all machines hold and of what is on its way, without any time.

    What waits for time to pass differs then only by how far it is; a step says how much passes.
    It is good for this process alone.
    """
    lives = tuple(
        (
            life.me,
            life.process,
            life.runs,
            life.told,
            _flatten_value(life.peers),
            _flatten_value(life.consensus),
        )
        for life in ensemble.lives
    )
    return hash((lives, frozenset(ensemble.fresh)))


def copy(ensemble: Ensemble) -> Ensemble:
    """Return another one, of which all may go on otherwise."""
    copied: Ensemble = pickle.loads(pickle.dumps(ensemble, pickle.HIGHEST_PROTOCOL))  # noqa: S301 - our own bytes
    return copied


def _flatten_value(value: object) -> Hashable:
    """Return what a machine holds as nested tuples."""
    match value:
        case None | bool() | int() | float() | str() | bytes() | Enum():
            return value
        case DecreeLog():
            return (value.head, value.head_hash, value.commit, value.members, value.lineage)
        case dict():
            return frozenset((key, _flatten_value(each)) for key, each in value.items())
        case set() | frozenset():
            return frozenset(value)
        case list() | tuple():
            return tuple(_flatten_value(each) for each in value)
        case msgspec.Struct() if value.__struct_config__.frozen:
            return hash(value)
        case _:
            return tuple(_fields_of(value))


def _fields_of(value: object) -> list[Hashable]:
    if isinstance(value, msgspec.Struct):
        names: Sequence[str] = value.__struct_fields__
    else:
        names = getattr(value, "__slots__", None) or sorted(vars(value))
    timeless = [name for name in names if not name.endswith("_ns") and name != "_rng"]
    return [_flatten_value(getattr(value, name)) for name in timeless]
