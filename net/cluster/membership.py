"""Who should be in the list of members: one change at a time, out before in.

Two lists that follow one another differ by one member, so any majorities of both share one
(Ongaro 2014, 4.1). A restarted node is another member: its former life goes out first, for an
exchange in one step would break just that (protocol.md, 3.4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from net.ids import Member, NodeId
from net.wire.decrees import AddMember, RemoveMember


def next_change(
    members: Collection[Member],
    gone: Collection[Member],
    learners: Mapping[NodeId, Member],
) -> AddMember | RemoveMember | None:
    """Return the next change that the coordinator should decree.

    Args:
        members: the newest list.
        gone: members that are down, left, live on under another incarnation, or went elsewhere.
        learners: lives that follow our log closely and are not members yet, by node.
    """
    for member in sorted(members):
        if member in gone:
            return RemoveMember(member)
    seated = {member.node for member in members}
    for node in sorted(learners):
        if node not in seated:
            return AddMember(learners[node])
    return None
