"""The keys of one session as a line of a key log, by which a capture can be read (docs/DECODE.md).

Nothing here is used but by a node that was told to write them down, and by who reads what it wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self, final

from net.errors import WireError
from net.ids import NodeId, short

KEY_LOG_HEAD: Final = "# racer session keys 1: whoever has this file can read what was sealed"
"""The first line of a key log."""

_LINE: Final = re.compile(
    r"session (\d{1,3}) ([\da-f]{8}) ([\da-f]{8}) ([\da-f]{64}) ([\da-f]{64})"
    r" ([\da-f]{32}) ([\da-f]{32})",
    re.ASCII,
)


@final
@dataclass(frozen=True, slots=True)
class SessionKeys:
    """Both keys of a session, as one side of it has them."""

    version: int  # of the protocol, which its frames are in
    index: int  # in datagrams to `node`, sealed by `receiving`
    remote_index: int  # in datagrams to `remote`, sealed by `sending`
    sending: bytes
    receiving: bytes
    node: NodeId
    remote: NodeId

    def __repr__(self) -> str:
        """Show no key: what is printed by mistake stays on screens and in reports."""
        return f"SessionKeys({self.index:08x}, {short(self.node)}, {short(self.remote)})"

    def line(self) -> str:
        """Return it as a line of a key log, without the end of the line."""
        keys = (self.sending, self.receiving, self.node, self.remote)
        indices = f"{self.index:08x} {self.remote_index:08x}"
        return f"session {self.version} {indices} {' '.join(key.hex() for key in keys)}"

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Return what a line of a key log says.

        Raises:
            WireError: it is none.
        """
        found = _LINE.fullmatch(line)
        if found is None:
            raise WireError("no line of session keys")
        version, index, remote_index, *keys = found.groups()
        return cls(int(version), int(index, 16), int(remote_index, 16), *map(bytes.fromhex, keys))
