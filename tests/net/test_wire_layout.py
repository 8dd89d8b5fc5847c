"""The bytes of a version never change: whoever changes a layout raises the version."""

from __future__ import annotations

import hashlib
from typing import Any, Final, get_args

import msgspec
from msgspec.inspect import StructType, type_info

from net.discovery import advert
from net.transport import control, credentials, datagram
from net.wire.decrees import DecreeBody
from net.wire.messages import Message
from net.wire.versions import PROTOCOL_LOWEST, PROTOCOL_VERSION
from racer.core.recordings import car_codec
from racer.play.room.messages import Fact, Ruling, wire_forms

PINNED: Final = {
    4: "33230ea0c6f6efbb968b4db2dc230806",
}
"""A digest of all layouts of each version that this code speaks."""

STRUCTS: Final = (
    datagram._HELLO_HEAD,
    datagram._HELLO_BODY,
    datagram._HELLO_MARK,
    datagram._DENIAL,
    datagram._NEGOTIATION,
    datagram._REPLY,
    datagram._FINISH,
    datagram._COOKIE,
    credentials._FIXED,
    control._REKEY,
    control._REKEYED,
    car_codec._LAYOUT,
    car_codec._HIT,
)


def told(value: object) -> object:
    """Return a type as plain words: names, order, types, tags, bounds; whatever the bytes hold."""
    if isinstance(value, StructType):
        fields = [(field.name, told(field.type), field.required) for field in value.fields]
        return value.cls.__name__, value.tag, value.array_like, fields
    if isinstance(value, msgspec.Struct):
        parts = {name: told(getattr(value, name)) for name in value.__struct_fields__}
        return type(value).__name__, parts
    if isinstance(value, tuple | list):
        return [told(each) for each in value]
    return repr(value)


def layouts() -> list[object]:
    """Return all layouts there are, in words."""
    roots: list[type[Any]] = [
        *get_args(Message),
        *get_args(DecreeBody),
        *wire_forms(Fact),
        *wire_forms(Ruling),
    ]
    kinds = [(kind.name, kind.value) for kind in datagram.DatagramKind]
    controls = [kind.__name__ for kind in get_args(control.Control)]
    return [
        *(told(type_info(root)) for root in roots),
        [struct.format for struct in STRUCTS],
        [kinds, controls, sorted(advert._OWN_KEYS)],
    ]


def test_a_layout_changes_with_the_version_only() -> None:
    digest = hashlib.blake2b(repr(layouts()).encode(), digest_size=16).hexdigest()
    assert digest == PINNED[PROTOCOL_VERSION], (
        "what goes over the wire is not what it was: raise PROTOCOL_VERSION in"
        " net/wire/versions.py (and PROTOCOL_LOWEST, unless net/wire/codec.py gets a dialect for"
        " the version before), say in docs/PROTOCOL.md what is new, and pin the new version"
        f" here: {digest!r}. While no release has this version, pin that in the old one's place"
    )


def test_every_version_that_is_spoken_is_pinned() -> None:
    assert sorted(PINNED) == list(range(PROTOCOL_LOWEST, PROTOCOL_VERSION + 1))
    assert len(set(PINNED.values())) == len(PINNED)
