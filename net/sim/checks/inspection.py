"""Looks into running nodes, for checks alone. Nothing here changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from net.ids import Member

if TYPE_CHECKING:
    from net.cluster.causal.operations import OperationStore
    from net.cluster.log import DecreeLog
    from net.cluster.voter import Voter
    from net.node.node import Node


def member_of(node: Node) -> Member:
    """Return the life that a node leads now."""
    return Member(node.me, node.incarnation)


def voter_of(node: Node) -> Voter | None:
    """Return a node's seat in its lineage; None while it has none."""
    return None if node.consensus is None else node.consensus.voter


def coordinates(node: Node) -> bool:
    """Tell whether a node believes that it coordinates."""
    return node.consensus is not None and node.consensus.coordinates


def log_of(node: Node) -> DecreeLog | None:
    """Return a node's decree log; None while it has no lineage."""
    voter = voter_of(node)
    return None if voter is None else voter.log


def disks_waited_for(node: Node) -> tuple[Member, ...]:
    """Return the members whose disks count, as whoever coordinates sees it."""
    leadership = None if node.consensus is None else node.consensus.leadership
    if leadership is None:
        return ()
    return leadership.disks


def operations_of(node: Node) -> OperationStore:
    """Return the operations that a node holds."""
    return node.operations
