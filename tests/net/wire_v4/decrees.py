"""The entries of the decree log (docs/PROTOCOL.md, 4.2 and 8.1)."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from net.ids import Digest, Dot, LineageId, Member, Natural
from tests.net.wire_v4.values import Epoch, Hash32, PublicKey, Signature, Value

AUTHORS_ADDED_MAX: Final = 16
CONTENT_BYTES_MAX: Final = 4000000
DECREE_BODY_BYTES_MAX: Final = 900
PEERS_MAX: Final = 96

VERSION_MAX: Final = 255


class Noop(Value, frozen=True, tag="noop"):
    """Opens an epoch: commits nothing but the right to decide."""


class AddMember(Value, frozen=True, tag="add"):
    """This life of this node is a member from here on, and what it writes counts."""

    member: Member


class RemoveMember(Value, frozen=True, tag="remove"):
    """This life is no member from here on."""

    member: Member


class AddAuthors(Value, frozen=True, tag="authors"):
    """What these lives wrote counts here, though none of them is a member (ADR 48).

    They wrote in a history that went over into this one. Who is a member may write by that.
    """

    lives: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=AUTHORS_ADDED_MAX)]


class Equivocation(Value, frozen=True):
    """The proof that an author said two things in one place: its two signatures (ADR 63).

    What was said stands here by its digests, the lower first, so that the proof fits a decree.
    """

    dot: Dot
    key: PublicKey
    said: tuple[Hash32, Hash32]
    signatures: tuple[Signature, Signature]


class Convict(Value, frozen=True, tag="convict"):
    """The author of this proof is out, by its key, for as long as the room lasts (ADR 63).

    Where it proves nothing, it says nothing.
    """

    proof: Equivocation


class FoundLineage(Value, frozen=True, tag="found"):
    """First entry of a lineage: its members, and where it branched off.

    A fresh lineage has no parent and one member. A degraded one names its parent and the members
    that went on without a majority of it. `forks` counts the degradations in its ancestry.
    """

    lineage: LineageId
    parent: LineageId
    forks: Annotated[int, Meta(ge=0, le=255)]
    members: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=PEERS_MAX)]


class Yield(Value, frozen=True, tag="yield"):
    """Last entry of a lineage that met a better one: its members go over to `into`."""

    into: LineageId


class Order(Value, frozen=True, tag="order"):
    """This operation is next, for all who must see one order (chat)."""

    dot: Dot


class Rule(Value, frozen=True, tag="rule"):
    """A decision of the program above; `net` does not read it."""

    body: Annotated[bytes, Meta(max_length=DECREE_BODY_BYTES_MAX)]


class SpeakVersion(Value, frozen=True, tag="speak"):
    """From here on the room speaks this version of the protocol: all members can.

    What stands in logs and operations is written as it allows; who cannot speak it stays out.
    """

    version: Annotated[int, Meta(ge=1, le=VERSION_MAX)]


class Checkpoint(Value, frozen=True, tag="checkpoint"):
    """All before this entry amounts to the content of this digest (ADR 35).

    It stands at the index that its content names, for its coordinator had decreed nothing else.
    """

    digest: Digest
    size: Annotated[int, Meta(ge=1, le=CONTENT_BYTES_MAX)]


DecreeBody: TypeAlias = (
    Noop
    | AddMember
    | RemoveMember
    | AddAuthors
    | Convict
    | FoundLineage
    | Yield
    | Order
    | Rule
    | SpeakVersion
    | Checkpoint
)


Proposal: TypeAlias = Rule | Order | Checkpoint | AddAuthors | Convict
"""What others than the lineage itself have decreed: the program, and who keeps the operations."""


class Decree(Value, frozen=True):
    """An entry of the log. `previous` is the chain hash of the entry before (zeros at first)."""

    epoch: Epoch
    index: Natural
    previous: Digest
    what: DecreeBody
