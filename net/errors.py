"""Every error of `net`. Whose fault it was decides which one is raised.

NetError
├── WireError       a peer's bytes do not mean anything; the datagram is dropped and counted
├── SecurityError   a peer's bytes do not prove what they claim; dropped and counted
├── ProfileError    this node's own keys or journal on disk cannot be used
└── UsageError      the program that uses `net` asked for something outside its contract

InvariantError      this node's own state broke a rule of the protocol; it stops, and sends no more
"""

from __future__ import annotations

from enum import StrEnum


class NetError(Exception):
    """Base of all errors that `net` raises on purpose. Anything else is a defect in `net`."""


class WireFault(StrEnum):
    """What is wrong with bytes that are no valid message."""

    GARBLED = "garbled"  # no MessagePack, or text that is no UTF-8
    TRUNCATED = "truncated"
    NESTED = "nested"  # deeper than anything of ours
    UNKNOWN = "unknown"  # a tag or word that we do not know
    FIELDS = "fields"  # more or fewer than the message has
    TYPE = "type"  # a field of another type
    RANGE = "range"  # a number out of its range
    SHORT = "short"  # less of something than there must be
    OVERSIZED = "oversized"  # more of something than there may be


class UnreadReason(StrEnum):
    """Why what somebody says is not looked at, though it could be read."""

    TOO_MUCH = "too much"  # more at once than anybody honest says
    FORGED = "forged"  # it brings words in names of others that did not sign them


class WireError(NetError):
    """The bytes are no valid message; `fault` is the kind of reason."""

    def __init__(self, text: str, fault: WireFault = WireFault.GARBLED) -> None:
        super().__init__(text)
        self.fault = fault


class SecurityError(NetError):
    """The bytes fail authentication, replay or handshake rules."""


class ProfileError(NetError):
    """A profile's files are damaged, foreign or in use; the text says which and what to do."""


class UsageError(NetError):
    """A call broke the contract of the public interface."""


class InvariantError(Exception):
    """What must always hold here does not: our own fault, and nobody knows how far it has come.

    It is no `NetError`, so whoever blames a peer for those does not catch it. Nothing that a peer
    sends may raise it: that is checked before. Only a shell catches it, to end the node.
    """
