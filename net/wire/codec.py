"""Messages to bytes and back. A frame is what one sealed datagram holds: a few messages.

Inside, all is of the newest version. A `Dialect` makes of it what another one has on the wire. What
a log or an operation holds is signed and hashed as bytes, so there a version only adds: a layout
that is there stays, and nobody writes a new one before the room speaks its version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Protocol, final

import msgspec
from msgspec import Meta

from net.errors import WireError, WireFault
from net.limits import DATAGRAM_BYTES_MAX, MESSAGES_PER_FRAME_MAX
from net.wire.decrees import DecreeBody
from net.wire.messages import Message
from net.wire.versions import PROTOCOL_VERSION, Versions

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


# --- versions ---------------------------------------------------------------------------------


class Dialect(Protocol):
    """The messages of one version."""

    @property
    def version(self) -> int: ...

    def encode(self, message: Message) -> bytes | None:
        """Return a message's bytes; None: it cannot be said in this version."""
        ...

    def decode(self, frame: bytes) -> list[Message]:
        """Return what a frame holds.

        Raises:
            WireError: it is none of this version.
        """
        ...


@final
class Newest:
    """PROTOCOL_VERSION: as net.wire.messages has it."""

    version: Final = PROTOCOL_VERSION

    def encode(self, message: Message) -> bytes:
        return encode_message(message)

    def decode(self, frame: bytes) -> list[Message]:
        return decode_frame(frame)


@final
class Codec:
    """Speaks some versions that follow one another, each by its dialect."""

    def __init__(self, *dialects: Dialect) -> None:
        self._dialects = {dialect.version: dialect for dialect in dialects}

    def versions(self, program: int = 0) -> Versions:
        """Return what a node with this codec and such a program says that it speaks."""
        return Versions(min(self._dialects), max(self._dialects), program)

    def encode(self, message: Message, version: int) -> bytes | None:
        """Return a message's bytes in a version that we speak; None: it has none there."""
        return self._dialects[version].encode(message)

    def decode(self, frame: bytes, version: int) -> list[Message]:
        """Return the messages of a frame of a version that we speak.

        Raises:
            WireError: the bytes are too long, malformed, of unknown tags or out of range.
        """
        return self._dialects[version].decode(frame)


CODEC: Final = Codec(Newest())
"""What this code speaks: PROTOCOL_LOWEST to PROTOCOL_VERSION."""
