"""What all parts of messages are made of."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

Signature: TypeAlias = Annotated[bytes, Meta(min_length=64, max_length=64)]
PublicKey: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]
Hash8: TypeAlias = Annotated[bytes, Meta(min_length=8, max_length=8)]


class Value(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Base of the parts of messages: frozen, compact, closed."""
