"""The names of things that several machines share: nodes, members, lineages, addresses."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import msgspec
from msgspec import Meta

NODE_ID_BYTES: Final = 16
LINEAGE_BYTES: Final = 8
DIGEST_BYTES: Final = 16
RACE_NAME_BYTES_MAX: Final = 48
INCARNATION_MAX: Final = 2**53

NodeId: TypeAlias = Annotated[bytes, Meta(min_length=NODE_ID_BYTES, max_length=NODE_ID_BYTES)]
"""BLAKE2b-128 of the node's Ed25519 public key. Sorts as bytes; means nothing else."""

LineageId: TypeAlias = Annotated[bytes, Meta(min_length=LINEAGE_BYTES, max_length=LINEAGE_BYTES)]
"""Names one history of decrees; drawn at random by the node that founds it."""

Digest: TypeAlias = Annotated[bytes, Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
"""BLAKE2b-128 of some content."""

Natural: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
"""Counters, indices, epochs, microseconds: exact in every language that may read our bytes."""

Incarnation: TypeAlias = Annotated[int, Meta(ge=1, le=INCARNATION_MAX)]
"""One life of a node. Strictly grows over restarts and over re-joins; never used twice."""

Address: TypeAlias = tuple[str, int]
"""(numeric host, UDP port). An IPv6 link-local host carries its scope: `fe80::1%3`."""

NO_LINEAGE: Final[LineageId] = bytes(LINEAGE_BYTES)


class Member(msgspec.Struct, frozen=True, array_like=True, order=True, forbid_unknown_fields=True):
    """One life of one node: what votes, owns and speaks. A restarted node is another member."""

    node: NodeId
    incarnation: Incarnation

    def __str__(self) -> str:
        return f"{short(self.node)}.{self.incarnation}"


class Dot(msgspec.Struct, frozen=True, array_like=True, order=True, forbid_unknown_fields=True):
    """The name of an operation: the n-th, from 1 without gaps, of one member."""

    node: NodeId
    incarnation: Incarnation
    n: Annotated[int, Meta(ge=1, le=2**32)]

    @property
    def member(self) -> Member:
        """The life that wrote it."""
        return Member(self.node, self.incarnation)


def address_text(address: Address) -> str:
    """Return an address as people write it (RFC 3986, 3.2.2)."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def short(node: NodeId) -> str:
    """Return the eight hex digits by which people and logs know a node."""
    return node.hex()[:8]
