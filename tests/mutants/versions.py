"""Mutants of versions: who is told apart, and when a room goes up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster.log import DecreeLog
from net.node.frame_reader import FrameReader
from net.node.lineage.approach import Approach, _Elsewhere
from net.node.lineage.joining import Joining
from net.node.lineage.lifecycle import Lifecycle
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.outgoing.outbox import Outbox
from net.node.version_news import VersionNews
from net.sim.mutants import Edit, Mutant
from net.transport.admission import Admission
from net.transport.initiator import Initiator
from net.transport.local_keys import LocalKeys
from net.transport.responder import Responder
from net.transport.transport import Transport
from net.wire.versions import Versions

VERSIONS: Final[Mapping[str, Mutant]] = {
    "version-unchecked": Mutant(
        "a Hello is answered in whatever version",
        edits=(
            Edit(Responder.on_hello, "if versions.common(hello.versions) is None:", "if False:"),
        ),
    ),
    "negotiation-of-anybody": Mutant(
        "a Negotiation counts from wherever it comes",
        edits=(
            Edit(
                Initiator.on_negotiation,
                "call is None or call.route != route or",
                "call is None or",
            ),
        ),
    ),
    "negotiation-ends-a-call": Mutant(
        "a Negotiation ends a call",
        edits=(
            Edit(
                Initiator.on_negotiation,
                "return [Incompatible(",
                "return self._end_call(call) or [Incompatible(",
            ),
        ),
    ),
    "talked-up": Mutant(
        "a Negotiation takes a call to a higher version",
        edits=(
            Edit(
                Initiator.on_negotiation, "if common < call.version:", "if common != call.version:"
            ),
        ),
    ),
    "negotiation-flood": Mutant(
        "every Hello of another version is answered, however many come",
        edits=(
            Edit(
                Admission.may_negotiate,
                'return self._admitted["negotiations"] <= NEGOTIATION_RATE',
                "return True",
            ),
        ),
    ),
    "credentials-of-any-version": Mutant(
        "versions count as the Hello says, whatever credentials say",
        edits=(
            Edit(
                Transport._admit_remote, "elif self.versions.common(theirs) is None:", "elif False:"
            ),
        ),
    ),
    "old-sessions-stay": Mutant(
        "sessions stay with who does not speak what the room does by now",
        edits=(
            Edit(Transport.speak, "if keys.versions.common(remote.versions) is None:", "if False:"),
        ),
    ),
    "version-unbound": Mutant(
        "the prologue holds no versions",
        edits=(
            Edit(
                LocalKeys.handshake,
                'versions = bytes([version]) + self.versions.program.to_bytes(4, "little")',
                'versions = b""',
            ),
        ),
    ),
    "other-programs-meet": Mutant(
        "programs are not compared",
        edits=(Edit(Versions.common, "if self.program != other.program:", "if False:"),),
    ),
    "rooms-version-ignored": Mutant(
        "what rooms speak is not compared",
        edits=(Edit(Versions.common, "self.room, other.room", "1, 1"),),
    ),
    "reads-in-own-version": Mutant(
        "frames are read in the newest version, whoever sent them",
        edits=(
            Edit(
                FrameReader.decode,
                "self._peers.version_with(peer.node)",
                "self._peers.ours.highest",
            ),
        ),
    ),
    "writes-in-last-version": Mutant(
        "a message that goes to several is written in the version of the first",
        edits=(Edit(Outbox.put, "or last[1] != version", ""),),
    ),
    "told-each-time": Mutant(
        "who cannot be spoken with is told each time that it says something",
        edits=(Edit(VersionNews._may_tell, " or any(key in told for key in keys)", ""),),
    ),
    "all-strangers-told": Mutant(
        "all are told, however many strangers make up",
        edits=(Edit(VersionNews._may_tell, "crowded or", ""),),
    ),
    "elsewhere-ignored": Mutant(
        "a room that is there in another version is founded anew by who did not mean to",
        edits=(Edit(Joining.should_found, "approach.elsewhere(now_ns) or ", ""),),
    ),
    "elsewhere-for-ever": Mutant(
        "whoever says that the room is elsewhere keeps it from being founded for ever",
        edits=(Edit(_Elsewhere.believed, "and now_ns - self.since_ns < self.wait_ns", ""),),
    ),
    "foreign-holds-the-door": Mutant(
        "a node of another version that is in no room is waited for",
        edits=(
            Edit(
                Approach.unanswered,
                "and now_ns - self._foreign.get(listing.node, NEVER) >= ELSEWHERE_ROOM_NS",
                "",
            ),
        ),
    ),
    "old-member": Mutant(
        "who does not speak the room's version becomes a member",
        edits=(
            Edit(
                Reconfiguration._ready_learners, "and peer.versions.speaks(log.newest_version)", ""
            ),
        ),
    ),
    "leaver-forgotten": Mutant(
        "the room goes up over a member that has left and is still one",
        edits=(Edit(Reconfiguration._due_version, "or peer.member in log.members", ""),),
    ),
    "down-forgotten": Mutant(
        "the room goes up over who is down",
        edits=(
            Edit(
                Reconfiguration._due_version, "peer.health is not Health.LEFT or", "peer.lives or"
            ),
        ),
    ),
    "unmet-forgotten": Mutant(
        "the room goes up over a member that was never met",
        edits=(
            Edit(
                Reconfiguration._due_version,
                "if any(m.node not in self._peers for m in log.members if m != self._voter.me):",
                "if False:",
            ),
        ),
    ),
    "fork-goes-up": Mutant(
        "the room goes up at once after a fork, over who is missing",
        edits=(
            Edit(
                Reconfiguration._due_version,
                "(whole or now_ns - self._began_ns >= FORGET_DOWN_NS)",
                "True",
            ),
        ),
    ),
    "lobby-goes-up": Mutant(
        "the room goes up while whoever may still come",
        edits=(Edit(Reconfiguration._due_version, "if not idle and", "if"),),
    ),
    "need-before-all": Mutant(
        "the room goes up for a newcomer over who cannot",
        edits=(
            Edit(
                Reconfiguration._due_version,
                "return needed if needed <= highest else 0",
                "return needed",
            ),
        ),
    ),
    "need-unheard": Mutant(
        "the room does not go up for who needs it",
        edits=(
            Edit(
                Reconfiguration._due_version,
                "return needed if needed <= highest else 0",
                "return 0",
            ),
        ),
    ),
    "spoken-uncommitted": Mutant(
        "a version is spoken before its decree counts",
        edits=(
            Edit(
                DecreeLog.version,
                "for head, version in self._versions if head <= self.commit]",
                "for head, version in self._versions]",
            ),
        ),
    ),
    "spoken-for-ever": Mutant(
        "a version stays when its decree gives way to another",
        edits=(
            Edit(
                DecreeLog._truncate,
                "while self._versions and self._versions[-1][0] > head:",
                "while False:",
            ),
        ),
    ),
    "newer-history": Mutant(
        "older code goes on with what newer code has kept",
        edits=(
            Edit(
                Lifecycle.restore,
                "if history.newest_version > self._peers.ours.highest:",
                "if False:",
            ),
        ),
    ),
}
