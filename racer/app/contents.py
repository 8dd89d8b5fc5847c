"""The circuits of this machine as content that may travel."""

from __future__ import annotations

from functools import cache

from net import Digest, content_digest
from racer.app.circuits import circuit_names, circuit_text


@cache
def circuit_ids() -> dict[str, Digest]:
    """Return the digest of each circuit's text, by name; parses none of them."""
    return {name: content_digest(circuit_text(name).encode()) for name in circuit_names()}
