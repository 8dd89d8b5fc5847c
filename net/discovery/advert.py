"""What a node of a race tells the network about it by multicast DNS (RFC 6762, RFC 6763).

Everything in it can be forged and is a hint only: who a node is, its handshake proves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, final

from net.discovery.islands import MARK_BYTES
from net.errors import UsageError, WireError
from net.ids import NODE_ID_BYTES, RACE_NAME_BYTES_MAX, NodeId, short
from net.limits import RACE_NAME_CHARS_MAX
from net.security.clean_text import clean_text
from net.wire.versions import OURS, PROGRAM_VERSION_MAX, VERSION_MAX, Versions

if TYPE_CHECKING:
    from random import Random

SERVICE_TYPE: Final = "_racer._udp.local."
ROOM_TAG_BYTES_MAX: Final = 16
FIELDS_MAX: Final = 8  # what the program may add
FIELD_KEY_CHARS_MAX: Final = 12
FIELD_VALUE_CHARS_MAX: Final = 32
FIELD_BYTES_MAX: Final = 120  # one `key=value`; RFC 6763, 6.1 allows 255
TEXT_BYTES_MAX: Final = 400  # all of them: the advert stays within one small datagram (6.2)

_OWN_KEYS: Final = frozenset(
    {"race", "tag", "node", "locked", "speaks", "room", "program", "island"}
)
"""Frozen for ever, as is what they hold: docs/PROTOCOL.md, 1.1. The last may be missing."""

_TEXT_BYTES_SINGLE: Final = 200  # of one text of padding; RFC 6763, 6.1 allows 255


@final
@dataclass(frozen=True, slots=True)
class Advert:
    """What one node says about its race.

    `fields` are the program's own: `phase`, `players` and `track` are shown in lists of races.
    """

    node: NodeId
    race: str
    tag: bytes  # the room's public tag: equal where name and passphrase are of one kind
    locked: bool  # a passphrase is needed
    fields: Mapping[str, str] = field(default_factory=dict)
    versions: Versions = OURS
    island: bytes = b""  # mark of the part of the room that it is in; none: not settled


def instance_name(node: NodeId, rng: Random) -> str:
    """Return the service instance of one life of a node: unique, so it needs no probing.

    The random part tells a restarted node from the records its killed life left behind.
    """
    return f"racer-{short(node)}-{rng.getrandbits(16):04x}"


def encode_advert(advert: Advert) -> dict[str, str]:
    """Return the TXT record's pairs of an advert.

    Raises:
        UsageError: the program's fields are too many, too long or of keys that are taken.
    """
    pairs = {
        "race": advert.race,
        "tag": advert.tag.hex(),
        "node": advert.node.hex(),
        "locked": "1" if advert.locked else "0",
        "speaks": f"{advert.versions.lowest}-{advert.versions.highest}",
        "room": str(advert.versions.room),
        "program": str(advert.versions.program),
    }
    if advert.island:
        pairs["island"] = advert.island.hex()
    if len(advert.fields) > FIELDS_MAX:
        raise UsageError(f"{len(advert.fields)} fields to advertise; {FIELDS_MAX} are allowed")
    for key in sorted(advert.fields):
        if key in _OWN_KEYS or not _is_key(key):
            raise UsageError(f"{key!r} is no key for an advertised field")
        pairs[key] = clean_text(advert.fields[key], FIELD_VALUE_CHARS_MAX)
    sizes = [len(f"{key}={value}".encode()) for key, value in pairs.items()]
    if max(sizes) > FIELD_BYTES_MAX or sum(sizes) + len(sizes) > TEXT_BYTES_MAX:
        raise UsageError(f"{sum(sizes)} bytes to advertise; {TEXT_BYTES_MAX} are allowed")
    return pairs


def pad_texts(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return pairs with as much padding as makes them TEXT_BYTES_MAX long, if they are shorter.

    What is heard of a node pays for greeting it, and apart from that for asking why it is not
    reached: unpadded it pays for one of the two. No reader takes a key of hyphens.
    """
    padded = dict(pairs)
    left = TEXT_BYTES_MAX - sum(len(f"{key}={value}".encode()) + 1 for key, value in pairs.items())
    key = "-"
    while left > len(key) + 2:
        size = min(left, _TEXT_BYTES_SINGLE)
        padded[key] = "0" * (size - len(key) - 2)
        left, key = left - size, f"{key}-"
    return padded


def decode_advert(pairs: Mapping[str, str | None]) -> Advert:
    """Return the advert in a stranger's TXT pairs, cleaned; superfluous fields are dropped.

    Raises:
        WireError: a pair of ours is missing or malformed.
    """
    race = clean_text(pairs.get("race") or "", RACE_NAME_CHARS_MAX)
    if not race or len(race.encode()) > RACE_NAME_BYTES_MAX:
        raise WireError("advert without a usable race name")
    node, tag = read_node_and_tag(pairs)
    locked, fields = pairs.get("locked") == "1", _program_fields(pairs)
    island = _from_hex(pairs.get("island"))
    island = island if len(island) == MARK_BYTES else b""
    return Advert(node, race, tag, locked, fields, _read_versions(pairs), island)


def read_node_and_tag(pairs: Mapping[str, str | None]) -> tuple[NodeId, bytes]:
    """Return who tells of itself, and the tag of its room.

    Raises:
        WireError: one of both is missing or malformed.
    """
    node, tag = _from_hex(pairs.get("node")), _from_hex(pairs.get("tag"))
    if len(node) != NODE_ID_BYTES or not 0 < len(tag) <= ROOM_TAG_BYTES_MAX:
        raise WireError("malformed node or tag")
    return node, tag


def _read_versions(pairs: Mapping[str, str | None]) -> Versions:
    """Return what a node says that it speaks. Adverts older than these pairs are of version 2."""
    lowest, _, highest = (pairs.get("speaks") or "2-2").partition("-")
    versions = Versions(
        _read_number(lowest, VERSION_MAX),
        _read_number(highest, VERSION_MAX),
        _read_number(pairs.get("program") or "0", PROGRAM_VERSION_MAX),
        _read_number(pairs.get("room") or "0", VERSION_MAX),
    )
    if not 1 <= versions.lowest <= versions.highest:
        raise WireError("advert without a range of versions")
    return versions


def _read_number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        raise WireError("advert with a malformed version")
    return int(text)


def _program_fields(pairs: Mapping[str, str | None]) -> Mapping[str, str]:
    kept: dict[str, str] = {}
    for key in sorted(pairs):
        value = pairs[key]
        if key in _OWN_KEYS or not _is_key(key) or value is None:
            continue
        kept[key] = clean_text(value, FIELD_VALUE_CHARS_MAX)
        if len(kept) == FIELDS_MAX:
            break
    return MappingProxyType(kept)


def _is_key(key: str) -> bool:
    return 0 < len(key) <= FIELD_KEY_CHARS_MAX and key.isascii() and key.isidentifier()


def _from_hex(text: str | None) -> bytes:
    if text is None or len(text) > 64:
        return b""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
