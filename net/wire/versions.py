"""Which versions of the protocol a node speaks, and which it shares with another.

How this stands in adverts and first messages is frozen for ever (docs/PROTOCOL.md, section 1.1;
after RFC 8999): nodes of any two versions read it of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final, Self, final

from net.errors import WireError

PROTOCOL_VERSION: Final = 4
"""The newest that this code speaks. Raise it whenever anything in docs/PROTOCOL.md changes its
bytes: `tests/net/test_wire_layout.py` notices."""

PROTOCOL_LOWEST: Final = 4
"""The oldest. Between two releases it is one less than the newest."""

FIRST_VERSION: Final = 4
"""What a room speaks that has decreed nothing about it: the first version with this mechanism."""

VERSION_MAX: Final = 255
PROGRAM_VERSION_MAX: Final = 2**32 - 1

_LAYOUT: Final = Struct("<BBBI")
VERSIONS_BYTES: Final = _LAYOUT.size


@final
@dataclass(frozen=True, slots=True)
class Versions:
    """What a node says that it speaks.

    `program` is the version of the program on the node, which `net` only compares. `room` is what
    the room speaks that the node is in; 0: it is in none.
    """

    lowest: int = PROTOCOL_LOWEST
    highest: int = PROTOCOL_VERSION
    program: int = 0
    room: int = 0

    @property
    def only_asks(self) -> bool:
        """Whether nobody speaks this: whoever says so only asks whether it is heard."""
        return self.lowest == VERSION_MAX

    def common(self, other: Versions) -> int | None:
        """Return the highest version that both speak; None: they cannot be in one room."""
        if self.program != other.program:
            return None
        highest = min(self.highest, other.highest)
        lowest = max(self.lowest, other.lowest, self.room, other.room)
        return highest if lowest <= highest else None

    def speaks(self, version: int) -> bool:
        return self.lowest <= version <= self.highest

    def encode(self) -> bytes:
        return _LAYOUT.pack(self.lowest, self.highest, self.room, self.program)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return what VERSIONS_BYTES bytes say.

        Raises:
            WireError: they say nothing.
        """
        lowest, highest, room, program = _LAYOUT.unpack(data)
        if not 1 <= lowest <= highest:
            raise WireError("no range of versions")
        return cls(lowest, highest, program, room)


OURS: Final = Versions()
"""What this code speaks, in no room yet, for a program without a version."""
