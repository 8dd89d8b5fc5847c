"""A lap record: what a driver claims under its own key, and the recording that has to bear it out.

A record names its recording by hash. It is believed by nobody before its signature was checked and
its recording, driven again, gave its time. See docs/RECORDS.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

from net import NAME_CHARS_MAX, Digest, NodeId, clean_text, content_digest, node_id_of
from racer.core.recordings.recording import (
    CARS_MAX,
    LAP_TICKS_MAX,
    RECORDING_BYTES_MAX,
    lap_ms,
)
from racer.core.tuning import PHYSICS_VERSION

RecordKey: TypeAlias = tuple[bytes, int]
"""What records compete in: a circuit, driven in a kind of car."""

Sign: TypeAlias = Callable[[bytes], bytes]
Verify: TypeAlias = Callable[[bytes, bytes, bytes], bool]

_DOMAIN: Final = "racer lap record 1"
_ENCODER: Final = msgspec.msgpack.Encoder()


class LapRecord(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """This driver drove this circuit in this car in so many milliseconds."""

    circuit: Digest  # of its text: two circuits of one name share no record
    car: Annotated[int, Meta(ge=0, le=CARS_MAX)]
    physics: Annotated[int, Meta(ge=0, le=2**16 - 1)]
    ms: Annotated[int, Meta(ge=1, le=lap_ms(LAP_TICKS_MAX))]
    name: Annotated[str, Meta(min_length=1, max_length=2 * NAME_CHARS_MAX)]  # as it was that day
    day: Annotated[int, Meta(ge=0, le=2**20)]  # since 1970, by the driver's own clock
    recording: Digest  # of its bytes …
    size: Annotated[int, Meta(ge=1, le=RECORDING_BYTES_MAX)]  # … and how many
    key: Annotated[bytes, Meta(min_length=32, max_length=32)]  # Ed25519, of the driver
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]

    @property
    def driver(self) -> NodeId:
        """The driver's node."""
        return node_id_of(self.key)

    @property
    def competes_in(self) -> RecordKey:
        return (self.circuit, self.car)

    @property
    def rank(self) -> tuple[int, bytes, bytes, bytes]:
        """Orders all records of a circuit and car, best first; no two that differ rank alike."""
        return (self.ms, self.recording, self.key, self.signature)


@dataclass(frozen=True, slots=True)
class RecordSigner:
    """Signs for this node, and checks the signatures of others. `day`: since 1970, now."""

    key: bytes
    sign: Sign
    verify: Verify
    day: int


def signed_bytes(record: LapRecord) -> bytes:
    """Return what the driver signs: all of the record but the signature."""
    return _ENCODER.encode(
        (
            _DOMAIN,
            record.circuit,
            record.car,
            record.physics,
            record.ms,
            record.name,
            record.day,
            record.recording,
            record.size,
            record.key,
        )
    )


def make_record(
    key: RecordKey, ms: int, name: str, packed: bytes, signer: RecordSigner
) -> LapRecord:
    """Return our own record, signed.

    Args:
        key: circuit and kind of car.
        packed: the recording, as bytes.
    """
    circuit, car = key
    cleaned = clean_text(name, NAME_CHARS_MAX) or "nameless"
    record = LapRecord(
        circuit,
        car,
        PHYSICS_VERSION,
        ms,
        cleaned,
        signer.day,
        content_digest(packed),
        len(packed),
        signer.key,
        bytes(64),
    )
    return msgspec.structs.replace(record, signature=signer.sign(signed_bytes(record)))


def is_comparable(record: LapRecord) -> bool:
    """Tell whether it was driven by the physics of this program: others cannot be checked."""
    return record.physics == PHYSICS_VERSION


def is_authentic(record: LapRecord, verify: Verify) -> bool:
    """Tell whether its driver signed it, and under a name that may be shown."""
    return clean_text(record.name, NAME_CHARS_MAX) == record.name and verify(
        record.key, signed_bytes(record), record.signature
    )


def has_recording(record: LapRecord, packed: bytes) -> bool:
    """Tell whether these bytes are the recording that the record names."""
    return len(packed) == record.size and content_digest(packed) == record.recording


# --- bytes ------------------------------------------------------------------------------------

RECORDS_MAX: Final = 1280  # of a full board, which is joined as a whole
RECORD_BYTES_MAX: Final = 300
_Records: TypeAlias = Annotated[tuple[LapRecord, ...], Meta(max_length=RECORDS_MAX)]
_RECORDS: Final[msgspec.msgpack.Decoder[tuple[LapRecord, ...]]] = msgspec.msgpack.Decoder(_Records)


def encode_records(records: tuple[LapRecord, ...]) -> bytes:
    """Return some records as bytes."""
    return _ENCODER.encode(records)


def decode_records(data: bytes) -> tuple[LapRecord, ...] | None:
    """Return the records in some bytes, or None where they hold anything else."""
    try:
        return _RECORDS.decode(data)
    except (ValueError, RecursionError):
        return None
