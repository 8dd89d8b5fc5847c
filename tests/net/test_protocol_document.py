"""docs/PROTOCOL.md is held against the code that it tells of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec.inspect import StructType, type_info

from net import limits
from net.ids import Member
from net.wire import messages
from net.wire.codec import decode_frame, encode_message, join_frame
from net.wire.decrees import DecreeBody
from net.wire.messages import Heartbeat, Message, Precedence, Status, Summary, Suspicion
from racer.core import tuning
from racer.core.recordings.car_codec import FRAME_SIZE
from racer.play import limits as play_limits
from racer.play.room.messages import Fact, ResultRow, Ruling, wire_forms

DOCUMENT = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
PARTS = (
    "Summary",
    "Status",
    "Precedence",
    "Suspicion",
    "Cause",
    "Operation",
    "StreamState",
    "Decree",
)
TAGGED: list[type[msgspec.Struct]] = [
    *get_args(Message),
    *get_args(DecreeBody),
    *wire_forms(Fact),
    *wire_forms(Ruling),
]
UNTAGGED: list[type[msgspec.Struct]] = [*(getattr(messages, name) for name in PARTS), ResultRow]


def fields_told(row: str) -> tuple[str, ...]:
    """Return the names of the fields in a row of a table: the first word of each part."""
    cell = row.rstrip().removesuffix("|").rpartition("|")[2]
    return tuple(part.split()[0] for part in cell.split(" · ") if part.strip())


def rows(start: str) -> list[str]:
    return [line for line in DOCUMENT.splitlines() if line.startswith(start)]


def example() -> bytes:
    block = re.search(r"```heartbeat\n(.*?)```", DOCUMENT, re.DOTALL)
    assert block is not None
    lines = [line.split("  ")[0] for line in block[1].splitlines()]
    return bytes.fromhex(" ".join(lines))


@pytest.mark.parametrize("message", TAGGED, ids=lambda message: message.__name__)
def test_a_message_stands_in_the_document_with_its_tag_and_its_fields_in_order(
    message: type[msgspec.Struct],
) -> None:
    told = rows(f"| {message.__struct_config__.tag} | {message.__name__} |")
    assert len(told) == 1
    assert fields_told(told[0]) == message.__struct_fields__


@pytest.mark.parametrize("part", UNTAGGED, ids=lambda part: part.__name__)
def test_a_part_stands_in_the_document_with_its_fields_in_order(
    part: type[msgspec.Struct],
) -> None:
    told = rows(f"| {part.__name__} |")
    assert len(told) == 1
    assert fields_told(told[0]) == part.__struct_fields__


def test_the_document_bounds_every_list_and_body_as_the_code_does() -> None:
    for struct in [*TAGGED, *UNTAGGED]:
        info = type_info(struct)
        assert isinstance(info, StructType)
        row = next(line for line in DOCUMENT.splitlines() if f"| {struct.__name__} |" in line)
        told = row.rstrip().removesuffix("|").rpartition("|")[2].split(" · ")
        for field, words in zip(info.fields, told, strict=False):
            most = getattr(field.type, "max_length", None)
            if most is not None and words.strip().split()[-1] not in WORDS_OF_A_LENGTH:
                assert re.search(rf"(≤|\.\.){most}\b", words), f"{struct.__name__}: {words}"


WORDS_OF_A_LENGTH = {"node", "lineage", "digest", "race", "lobby", "b8", "b16", "b32", "b64"}


def test_the_heartbeat_in_the_document_is_the_one_that_the_code_makes() -> None:
    sender = Member(bytes(range(16)), 3)
    lineage = bytes(range(0xA1, 0xA9))
    beat = Heartbeat(
        incarnation=3,
        sent_us=5_000_000,
        echo_us=4_990_000,
        hold_us=1500,
        race_us=2_000_000,
        paused_ms=0,
        serial=31,
        known=77,
        summary=Summary(
            vector_hash=bytes(range(1, 9)),
            operations=40,
            status=Status(
                precedence=Precedence(0, 0, 0, 95, 212, lineage),
                epoch=417,
                coordinator=sender,
                member=True,
                fit=True,
                commit=12,
                head=12,
                head_hash=bytes(range(0xC1, 0xC9)),
                kept=12,
            ),
        ),
        suspicions=(Suspicion(bytes(range(16, 32)), 2, 40),),
    )
    assert decode_frame(example()) == [beat]
    assert join_frame([encode_message(beat)]) == example()


def test_the_heartbeat_in_the_document_has_the_size_that_it_tells() -> None:
    assert f"one message, {len(example())} bytes" in DOCUMENT


def test_the_document_tells_the_size_of_a_car() -> None:
    assert f"car, {FRAME_SIZE} bytes" in DOCUMENT


def test_the_document_gives_bounds_their_values() -> None:
    told = re.findall(r"(\d+) [a-z ]{1,25}\s?\(`([A-Z_]+)`\)", DOCUMENT)
    assert len(told) >= 4
    for value, name in told:
        places = (limits, play_limits, tuning)
        bounds = {vars(place)[name] for place in places if name in vars(place)}
        assert bounds == {int(value)}, name
