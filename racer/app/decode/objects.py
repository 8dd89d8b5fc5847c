"""Datagrams as JSON objects, for programs: nothing is left out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import assert_never

from net import Address, address_text
from net.wire.messages import Relayed
from racer.app.decode.contents import contents_of
from racer.app.decode.reading import ClearDatagram, OpenedDatagram, Reading, UnreadDatagram
from racer.app.decode.words import names_of


def object_of(
    time_ns: int, ends: tuple[Address, Address], size: int, reading: Reading
) -> dict[str, object]:
    """Return a datagram as an object: `t` is seconds since 1970, as in logs; bytes are in hex."""
    source, target = ends
    head: dict[str, object] = {"t": time_ns // 1000 / 1e6, "from": address_text(source)}
    return head | {"to": address_text(target), "bytes": size} | _object_of_reading(reading)


def _object_of_reading(reading: Reading) -> dict[str, object]:
    match reading:
        case ClearDatagram(said=said):
            return {"kind": type(said).__name__.lower(), "said": _plain(said)}
        case UnreadDatagram(kind=kind, why=why):
            return {"kind": None if kind is None else kind.name.lower(), "unread": why}
        case OpenedDatagram(sender=sender, receiver=receiver):
            inside = iter(reading.inside)
            messages: list[object] = []
            for each in reading.said:
                plain = {"message": type(each).__name__, **_plain_fields(each)}
                if isinstance(each, Relayed):
                    plain["datagram"] = _object_of_reading(next(inside))
                messages.append(plain)
            return {
                "kind": reading.kind.name.lower(),
                "sender": sender.hex(),
                "receiver": receiver.hex(),
                "index": f"{reading.index:08x}",
                "counter": reading.counter,
                "said": messages,
            }
        case _:
            assert_never(reading)


def _plain_fields(value: object) -> dict[str, object]:
    plain = {name: _plain(getattr(value, name)) for name in names_of(value)}
    found = contents_of(value)
    if found is not None:
        name, contents = found
        plain[name] = {"is": type(contents).__name__, **_plain_fields(contents)}
    return plain


def _plain(value: object) -> object:
    match value:
        case bytes():
            return value.hex()
        case Enum():
            return value.value
        case tuple():
            return [_plain(each) for each in value]
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            return _plain_fields(value)
