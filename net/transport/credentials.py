"""What the two sides of a handshake tell about themselves, under the room's secret."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, Self, final

import msgspec

from net.errors import SecurityError, WireError
from net.ids import INCARNATION_MAX, NodeId
from net.limits import NAME_CHARS_MAX, RACE_NAME_CHARS_MAX
from net.security.clean_text import clean_text
from net.security.identity import VEIL_BYTES, alias_of, is_bound, node_id_of
from net.security.primitives import KEY_BYTES, SIGNATURE_BYTES
from net.wire.versions import VERSIONS_BYTES, Versions

if TYPE_CHECKING:
    from net.security.identity import Identity
    from net.security.primitives import Primitives

_FIXED: Final = Struct(f"<{KEY_BYTES}s{SIGNATURE_BYTES}s{VEIL_BYTES}sQ{VERSIONS_BYTES}sBB")
_UTF8_BYTES_MAX: Final = 4  # per character


@final
class Credentials(msgspec.Struct, frozen=True):
    """Names a node and its life, and proves that its session key is the node's."""

    signing_key: bytes
    binding: bytes
    veil: bytes  # which makes its alias of its node id
    incarnation: int
    versions: Versions  # what it speaks: as in its Hello, but authentic
    name: str
    race_name: str

    @classmethod
    def of(
        cls,
        identity: Identity,
        veil: bytes,
        incarnation: int,
        versions: Versions,
        name: str,
        race_name: str,
    ) -> Self:
        """Return our own; a name that cannot be shown becomes the node's short id."""
        shown = shown_name(name, identity.node_id)
        key, binding = identity.signing_public, identity.binding
        return cls(key, binding, veil, incarnation, versions, shown, race_name)

    @property
    def node(self) -> NodeId:
        return node_id_of(self.signing_key)

    @property
    def alias(self) -> NodeId:
        """By what it is advertised."""
        return alias_of(self.node, self.veil)

    def encode(self) -> bytes:
        name, race_name = self.name.encode(), self.race_name.encode()
        lengths = len(name), len(race_name)
        versions = self.versions.encode()
        who = self.signing_key, self.binding, self.veil, self.incarnation
        fixed = _FIXED.pack(*who, versions, *lengths)
        return fixed + name + race_name

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return what the peer says, its name cleaned.

        Raises:
            WireError: it is malformed or out of range.
        """
        if len(data) < _FIXED.size:
            raise WireError("credentials cut short")
        key, binding, veil, incarnation, spoken, name_bytes, race_bytes = _FIXED.unpack_from(data)
        if len(data) != _FIXED.size + name_bytes + race_bytes:
            raise WireError("credentials of a wrong length")
        if not 1 <= incarnation <= INCARNATION_MAX:
            raise WireError("incarnation out of range")
        if name_bytes > NAME_CHARS_MAX * _UTF8_BYTES_MAX:
            raise WireError("name too long")
        if race_bytes > RACE_NAME_CHARS_MAX * _UTF8_BYTES_MAX:
            raise WireError("race name too long")
        split = _FIXED.size + name_bytes
        try:
            name, race_name = data[_FIXED.size : split].decode(), data[split:].decode()
        except UnicodeDecodeError:
            raise WireError("name is no text") from None
        versions = Versions.decode(spoken)
        shown = shown_name(name, node_id_of(key))
        return cls(key, binding, veil, incarnation, versions, shown, race_name)

    def verify(self, static_public: bytes, primitives: Primitives) -> None:
        """Check that the node vouches for the key it shook hands with.

        Raises:
            SecurityError: it does not.
        """
        if not is_bound(static_public, self.signing_key, self.binding, primitives):
            raise SecurityError("session key without a voucher")


def shown_name(name: str, node: NodeId) -> str:
    """Return a name fit to be shown: clean, short, never empty."""
    return clean_text(name, NAME_CHARS_MAX) or f"driver {node.hex()[:4]}"
