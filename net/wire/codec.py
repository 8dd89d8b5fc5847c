"""Messages to bytes and back. A frame is what one sealed datagram holds: a few messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from net.errors import WireError, WireFault
from net.limits import DATAGRAM_BYTES_MAX, MESSAGES_PER_FRAME_MAX
from net.wire.decrees import DecreeBody
from net.wire.messages import Message

_ENCODER: Final = msgspec.msgpack.Encoder()
_FRAME: Final[msgspec.msgpack.Decoder[list[Message]]] = msgspec.msgpack.Decoder(
    Annotated[list[Message], Meta(min_length=1, max_length=MESSAGES_PER_FRAME_MAX)]
)


def encode_message(message: Message) -> bytes:
    """Return the bytes of one message, as they stand inside a frame."""
    return _ENCODER.encode(message)


def encode_what(what: DecreeBody) -> bytes:
    """Return the bytes of a decree's content, over which its chain hash runs."""
    return _ENCODER.encode(what)


def join_frame(messages: Sequence[bytes]) -> bytes:
    """Return the frame that holds these encoded messages (at most MESSAGES_PER_FRAME_MAX)."""
    assert 0 < len(messages) <= MESSAGES_PER_FRAME_MAX
    count = len(messages)
    head = bytes([0x90 | count]) if count < 16 else b"\xdc" + count.to_bytes(2, "big")
    return head + b"".join(messages)


def decode_frame(data: bytes) -> list[Message]:
    """Return the messages of a frame.

    Raises:
        WireError: the bytes are too long, malformed, of unknown tags or out of range.
    """
    if len(data) > DATAGRAM_BYTES_MAX:
        raise WireError(f"frame of {len(data)} bytes", WireFault.OVERSIZED)
    try:
        return _FRAME.decode(data)
    except RecursionError as error:
        raise WireError(str(error), WireFault.NESTED) from None
    except ValueError as error:  # msgspec raises nothing else
        raise WireError(str(error), _fault_in(str(error))) from None


def _fault_in(text: str) -> WireFault:
    """Tell by msgspec's words what is wrong: it raises errors of one class for all that may be."""
    if text.startswith("Input data was truncated"):
        return WireFault.TRUNCATED
    if text.startswith("Invalid value"):
        return WireFault.UNKNOWN
    if not text.startswith("Expected "):
        return WireFault.GARBLED
    if "` of length <=" in text:
        return WireFault.OVERSIZED
    if "` of length >=" in text:
        return WireFault.SHORT
    if text.startswith("Expected `array` of "):
        return WireFault.FIELDS
    return WireFault.RANGE if "` <= " in text or "` >= " in text else WireFault.TYPE
