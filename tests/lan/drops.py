"""Datagrams that the lab's switch drops, by nftables: loss, and cuts that nobody is told of.

They are dropped where they enter the switch, so no sender gets an error, as on a real LAN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drop:
    """What becomes of datagrams from some boxes, on their way to one address or to all."""

    senders: tuple[int, ...]  # numbers of boxes
    to: str | None = None  # an IPv4 address
    share: float = 1.0  # of the datagrams, at random


def ruleset(drops: Iterable[Drop]) -> str:
    """Return what `nft -f -` takes to drop these, and nothing else, from now on."""
    lines = ["table netdev drops", "delete table netdev drops"]
    chains: dict[int, list[str]] = {}
    for drop in drops:
        for sender in drop.senders:
            chains.setdefault(sender, []).append(_rule(drop))
    if chains:
        lines.append("table netdev drops {")
        for sender, rules in sorted(chains.items()):
            lines.append(f"chain from{sender} {{")
            lines.append(f"type filter hook ingress device port{sender} priority 0")
            lines.extend([*rules, "}"])
        lines.append("}")
    return "\n".join(lines) + "\n"


def _rule(drop: Drop) -> str:
    words = ["meta protocol ip"]
    if drop.to is not None:
        words.append(f"ip daddr {drop.to}")
    if drop.share < 1.0:
        words.append(f"numgen random mod 1000 < {round(1000 * drop.share)}")
    return " ".join([*words, "drop"])
