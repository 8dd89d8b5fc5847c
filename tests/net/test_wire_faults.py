"""What is wrong with bytes is told by kind: each kind is made here once, on purpose."""

from __future__ import annotations

import msgspec
import pytest

from net.errors import WireError, WireFault
from net.limits import DATAGRAM_BYTES_MAX, STREAM_BYTES_MAX
from net.wire.codec import decode_frame

NODE = bytes(16)


def frame(*messages: object) -> bytes:
    return msgspec.msgpack.encode(messages)


BROKEN = {
    "no MessagePack": (b"\x91\xc1", WireFault.GARBLED),
    "bytes behind the end": (frame([2]) + b"x", WireFault.GARBLED),
    "no UTF-8": (b"\x91\x92\x04\x91\x93\xc4\x10" + NODE + b"\xa1\xff\x01", WireFault.GARBLED),
    "nothing": (b"", WireFault.TRUNCATED),
    "the end is missing": (frame([3, 2**40])[:-1], WireFault.TRUNCATED),
    "arrays in arrays": (b"\x91\x92\x04" + b"\x91" * 1100, WireFault.FIELDS),
    "a tag of another version": (frame([99]), WireFault.UNKNOWN),
    "a decree of another version": (
        frame([23, bytes(8), 1, [NODE, 1], 0, NODE, [[1, 1, NODE, ["crown"]]], 0, 0]),
        WireFault.UNKNOWN,
    ),
    "a field more": (frame([2, 1]), WireFault.FIELDS),
    "a field less": (frame([3]), WireFault.FIELDS),
    "a field more within a message": (
        frame([20, bytes(8), 1, [NODE, 1, 1], True]),
        WireFault.FIELDS,
    ),
    "text for a number": (frame([3, "a"]), WireFault.TYPE),
    "no array": (frame(5), WireFault.TYPE),
    "too large a number": (frame([3, 2**54]), WireFault.RANGE),
    "too small a number": (frame([3, 0]), WireFault.RANGE),
    "no message at all": (frame(), WireFault.SHORT),
    "half a node's id": (frame([22, bytes(4), 1]), WireFault.SHORT),
    "too long a state": (
        frame([12, 1, None, 0, [1, bytes(STREAM_BYTES_MAX + 1)]]),
        WireFault.OVERSIZED,
    ),
    "too long a frame": (bytes(DATAGRAM_BYTES_MAX + 1), WireFault.OVERSIZED),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_with_a_frame_is_told_by_its_kind(what: str) -> None:
    data, fault = BROKEN[what]
    with pytest.raises(WireError) as raised:
        decode_frame(data)
    assert raised.value.fault is fault
