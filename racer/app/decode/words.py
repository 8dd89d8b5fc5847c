"""Datagrams in words for people: a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final, assert_never

import msgspec

from net import Address, Dot, Member, Operation, Versions, address_text, short
from net.discovery.beacon import Asked, Heard, Left
from net.ids import NODE_ID_BYTES
from net.transport.credentials import Credentials
from net.transport.datagram import Cookie, Denial, Finish, Hello, Negotiation, Reply
from net.wire.messages import Append, Heartbeat, Operations, Relayed, Stream
from racer.app.decode.contents import contents_of
from racer.app.decode.reading import ClearDatagram, OpenedDatagram, Reading, UnreadDatagram
from racer.core.recordings.car_codec import CarFrame

_SHOWN_MAX: Final = 4  # of a list, before the rest is only counted
_PROOFS: Final = frozenset({"key", "signature", "noise"})  # say nothing to people
_INDICES: Final = frozenset({"sender", "receiver"})  # of sessions, where they are numbers
_UNITS: Final = {"us": 1e6, "ms": 1e3}


def line_of(time_ns: int, ends: tuple[Address, Address], size: int, reading: Reading) -> str:
    """Return a datagram as a line: when, from whom to whom, of what kind and size, and all in it.

    Times are of this machine's zone.
    """
    source, target = (address_text(end) for end in ends)
    if isinstance(reading, OpenedDatagram):
        source = f"{source} ({short(reading.sender)})"
        target = f"{target} ({short(reading.receiver)})"
    return f"{_clock_words(time_ns)} {source} → {target} {_reading_words(reading, size)}"


def _clock_words(time_ns: int) -> str:
    try:
        moment = datetime.fromtimestamp(time_ns // 1000 / 1e6, UTC).astimezone()
        return moment.strftime("%H:%M:%S.%f")
    except (OverflowError, OSError, ValueError):
        return f"{time_ns / 1e9:.6f}"  # of a calendar that ends before


def _reading_words(reading: Reading, size: int) -> str:
    match reading:
        case ClearDatagram(said=said):
            kind = "beacon" if isinstance(said, Heard | Asked | Left) else type(said).__name__
            return f"{kind}, {size} bytes: {_clear_words(said)}"
        case UnreadDatagram(kind=kind, why=why):
            return f"{'?' if kind is None else kind.name.capitalize()}, {size} bytes: {why}"
        case OpenedDatagram(kind=kind, counter=counter, said=said):
            inside = iter(reading.inside)
            words = "; ".join(_said_words(each, inside) for each in said)
            return f"{kind.name.capitalize()} {counter}, {size} bytes: {words}"
        case _:
            assert_never(reading)


def _clear_words(said: object) -> str:
    match said:
        case Hello(sender=sender, versions=versions):
            return f"wants session {sender:08x}, speaks {_versions_words(versions)}"
        case Reply(receiver=receiver):
            return f"to {receiver:08x}, with which session it would be here"
        case Finish(receiver=receiver):
            return f"to {receiver:08x}, with who it is"
        case Cookie(receiver=receiver):
            return f"{receiver:08x} should say Hello again with this"
        case Negotiation(receiver=receiver, versions=versions):
            return f"to {receiver:08x}: speaks {_versions_words(versions)}"
        case Denial(receiver=receiver):
            return f"{receiver:08x} has another passphrase"
        case Heard(instance=instance, port=port, pairs=pairs):
            told = ", ".join(f"{_printable(key)} {_printable(pairs[key])}" for key in sorted(pairs))
            return f"{instance} is at port {port}: {told}"
        case Asked():
            return "who is there?"
        case Left(instance=instance):
            return f"{instance} goes"
        case _:
            return phrase(said)


def _printable(text: str | None) -> str:
    """Return text of strangers without what moves a cursor."""
    return "".join(each for each in text or "" if each.isprintable())


def _versions_words(versions: Versions) -> str:
    room = f", its room {versions.room} only" if versions.room else ""
    return f"{versions.lowest} to {versions.highest}{room} (game {versions.program})"


def _said_words(said: object, inside: Iterator[Reading]) -> str:
    match said:
        case Relayed(source=source, target=target, hops=hops, datagram=datagram):
            inner = _reading_words(next(inside), len(datagram))
            return f"relayed {short(source)} → {short(target)}, hops {hops} [{inner}]"
        case Heartbeat(incarnation=life, summary=summary, suspicions=suspicions):
            words = f"heartbeat of life {life}, race clock {said.race_us / 1e6:.3f} s"
            if summary is not None:
                words += f", stands {phrase(summary)}"
            doubted = " ".join(short(each.node) for each in suspicions)
            return f"{words}, doubts {doubted}" if doubted else words
        case Stream(owner=owner, lease=lease, state=state):
            whose = "its own car" if owner is None else f"the car of {short(owner)}"
            return f"{whose}, lease {lease}, {phrase(state)}"
        case Operations(operations=operations):
            return "; ".join(phrase(each) for each in operations)
        case Append(entries=entries, index=index) if entries:
            decrees = "; ".join(phrase(each.what) for each in entries)
            return f"{_title(said)} {index} to {index + len(entries) - 1}: {decrees}"
        case _:
            return phrase(said)


def phrase(value: object) -> str:
    """Return a message, or what one is made of, in words: its name, and what its fields say."""
    match value:
        case Operation(dot=dot):
            found = contents_of(value)
            what = f"{len(value.body)} bytes" if found is None else phrase(found[1])
            return f"operation {_dot_words(dot)}: {what}"
        case CarFrame(car=car, progress=progress):
            at = f"({car.x:.1f}, {car.y:.1f}) m, {3.6 * car.speed:.0f} km/h"
            return f"tick {value.tick}, lap {progress.lap}, at {at}"
        case Credentials():
            return f"{value.name}, {short(value.node)}, life {value.incarnation}"
        case _:
            return _phrase_by_fields(value)


def _phrase_by_fields(value: object) -> str:
    found = contents_of(value)
    if found is not None:
        return phrase(found[1])
    said = [_field_words(name, getattr(value, name)) for name in names_of(value)]
    words = ", ".join(each for each in said if each)
    return f"{_title(value)}: {words}" if words else _title(value)


def names_of(value: object) -> tuple[str, ...]:
    """Return the names of a value's fields, in order."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    return tuple(each.name for each in fields(value)) if is_dataclass(value) else ()


def _title(value: object) -> str:
    return re.sub(r"(?<!^)([A-Z])", r" \1", type(value).__name__).lower()


def _field_words(name: str, value: object) -> str:
    """Return a field with its name; nothing, where it says nothing."""
    if value is None or value is False or value == () or name in _PROOFS:
        return ""
    base, _, unit = name.rpartition("_")
    words = name.replace("_", " ")
    if value is True:
        return words
    if unit in _UNITS and isinstance(value, int):
        return f"{base.replace('_', ' ')} {value / _UNITS[unit]:.3f} s"
    if name in _INDICES and isinstance(value, int):
        return f"{words} {value:08x}"
    return f"{words} {_value_words(value)}"


def _value_words(value: object) -> str:
    match value:
        case bytes() if len(value) in {8, NODE_ID_BYTES}:
            return short(value)
        case bytes():
            return f"{len(value)} bytes"
        case str():
            return f'"{_printable(value)}"'
        case Enum():
            return str(value.value)
        case Dot():
            return _dot_words(value)
        case Member() | int() | float():
            return str(value)
        case tuple():
            return _list_words(value)
        case _:
            return f"({phrase(value)})"


def _list_words(values: Sequence[object]) -> str:
    shown = " ".join(_value_words(each) for each in values[:_SHOWN_MAX])
    more = len(values) - _SHOWN_MAX
    return f"[{shown} and {more} more]" if more > 0 else f"[{shown}]"


def _dot_words(dot: Dot) -> str:
    return f"{short(dot.node)}.{dot.incarnation}.{dot.n}"
