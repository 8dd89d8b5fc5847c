"""What all parts of messages are made of."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

EPOCH_MAX: Final = 281474976710656


Signature: TypeAlias = Annotated[bytes, Meta(min_length=64, max_length=64)]
PublicKey: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]
Epoch: TypeAlias = Annotated[int, Meta(ge=0, le=EPOCH_MAX)]
"""The number of a leadership. What claims a higher one is no message, no decree, no journal."""

Hash8: TypeAlias = Annotated[bytes, Meta(min_length=8, max_length=8)]
Hash32: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Value(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Base of the parts of messages: frozen, compact, closed."""
