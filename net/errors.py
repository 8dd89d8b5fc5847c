"""Every error of `net`, as a tree. Whose fault it was decides which branch.

NetError
├── WireError       a peer's bytes do not mean anything; the datagram is dropped and counted
├── SecurityError   a peer's bytes do not prove what they claim; dropped and counted
├── ProfileError    this node's own keys or journal on disk cannot be used
└── UsageError      the program that uses `net` asked for something outside its contract
"""

from __future__ import annotations


class NetError(Exception):
    """Base of all errors that `net` raises on purpose. Anything else is a defect in `net`."""


class WireError(NetError):
    """The bytes are no valid message."""


class SecurityError(NetError):
    """The bytes fail authentication, replay or handshake rules."""


class ProfileError(NetError):
    """A profile's files are damaged, foreign or in use; the text says which and what to do."""


class UsageError(NetError):
    """A call broke the contract of the public interface."""
