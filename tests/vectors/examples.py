"""An example of each thing that goes over the wire, made of its declared layout: always the same.

Numbers differ from each other where they may, and lists have one entry: so each field shows where
it stands.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from msgspec import inspect, msgpack

if TYPE_CHECKING:
    from collections.abc import Iterator


TEXTS: Final = ("ada", "10.0.0.9")  # a name; an address


def example(kind: type[Any]) -> object:
    """Return an example of a struct of the wire."""
    plain = _plain(inspect.type_info(kind), count(1))
    return msgpack.decode(msgpack.encode(plain), type=kind)


def _plain(kind: inspect.Type, numbers: Iterator[int]) -> object:
    match kind:
        case inspect.UnionType(types=kinds):
            return _plain(next(k for k in kinds if not isinstance(k, inspect.NoneType)), numbers)
        case inspect.TupleType(item_types=kinds):
            return [_plain(each, numbers) for each in kinds]
        case inspect.VarTupleType(item_type=each) | inspect.ListType(item_type=each):
            return [_plain(each, numbers)]
        case inspect.StructType(fields=fields, tag=tag):
            return [*([] if tag is None else [tag]), *(_plain(f.type, numbers) for f in fields)]
        case inspect.NamedTupleType(fields=fields):
            return [_plain(field.type, numbers) for field in fields]
        case _:
            return _leaf(kind, numbers)


def _leaf(kind: inspect.Type, numbers: Iterator[int]) -> object:
    match kind:
        case inspect.IntType(ge=least, le=most, lt=end):
            bounds = [bound for bound in (most, None if end is None else end - 1) if bound]
            return min([(least or 0) + next(numbers) % 7, *bounds])
        case inspect.BoolType():
            return True
        case inspect.BytesType(min_length=least):
            return bytes(next(numbers) % 256 for _ in range(least or 2))
        case inspect.StrType(pattern=pattern):
            return next(text for text in TEXTS if re.search(pattern or "", text))
        case inspect.EnumType(cls=members):
            return next(iter(members)).value
        case _:
            raise NotImplementedError(kind)
