from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.errors import WireError
from net.ids import NO_LINEAGE, Member
from net.limits import DATAGRAM_BYTES_MAX
from net.wire.codec import decode_frame, encode_message, join_frame
from net.wire.decrees import Decree, FoundLineage, Noop
from net.wire.messages import Append, Message, Probe

A = Member(b"a" * 16, 1)
LINEAGE = b"lineage1"
ZERO = bytes(16)
FOUNDED = Append(
    lineage=LINEAGE,
    epoch=1,
    coordinator=A,
    index=0,
    previous=ZERO,
    entries=(
        Decree(1, 0, ZERO, FoundLineage(LINEAGE, NO_LINEAGE, 0, (A,))),
        Decree(1, 1, ZERO, Noop()),
    ),
    commit=0,
    base=0,
)


@pytest.mark.parametrize("count", [1, 15, 16, 128])
def test_a_frame_gives_back_the_messages_that_were_put_in(count: int) -> None:
    messages: list[Message] = [*[Probe()] * (count - 1), FOUNDED]
    assert decode_frame(join_frame([encode_message(message) for message in messages])) == messages


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_raise_wire_error_only(data: bytes) -> None:
    try:
        assert decode_frame(data)
    except WireError:
        return


@given(st.data())
def test_a_mutated_frame_decodes_or_raises_wire_error_only(data: st.DataObject) -> None:
    frame = bytearray(join_frame([encode_message(FOUNDED)]))
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] = data.draw(st.integers(0, 255))
    try:
        assert decode_frame(bytes(frame))
    except WireError:
        return


def test_a_frame_longer_than_a_datagram_is_refused_unread() -> None:
    with pytest.raises(WireError):
        decode_frame(bytes(DATAGRAM_BYTES_MAX + 1))
