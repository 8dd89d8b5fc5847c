"""Why two machines cannot race together, in a sentence for a person on either."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from net import Address, HistoryTooNew, NodeId, Versions, VersionsDiffer, address_text, short
from racer.core.tuning import PHYSICS_VERSION
from racer.play.reports import HistoryTooNewSeen, IncompatibleSeen

if TYPE_CHECKING:
    from racer.play.room.roster import Roster

OURS: Final = Versions(program=PHYSICS_VERSION)
"""What this program speaks, in no room yet: its physics is the version that `net` compares."""


def why_apart(who: str, theirs: Versions, ours: Versions) -> str:
    """Return the sentence. `who`: the other machine, or a race."""
    they, we = _find_difference(theirs, ours)
    remedy = "they cannot race together until the older one is updated"
    return f"{who} runs {they}, this machine {we}: {remedy}"


def apart_in_brief(theirs: Versions, ours: Versions) -> str:
    """Return the same for a row of a list."""
    they, we = _find_difference(theirs, ours)
    return f"runs {they}, you {we}"


def _find_difference(theirs: Versions, ours: Versions) -> tuple[str, str]:
    """Return what they run and what we run, where that differs."""
    if replace(theirs, program=ours.program).common(ours) is not None:
        return f"physics {theirs.program}", f"physics {ours.program}"
    return _name_protocol(theirs, ours), _name_protocol(ours, theirs)


def _name_protocol(one: Versions, other: Versions) -> str:
    """Return which protocol one runs; where it knows one of the other's, what its race speaks."""
    if one.room > other.highest >= one.lowest:
        return f"protocol {one.room} in its race"
    lowest, highest = one.lowest, one.highest
    return f"protocol {highest}" if lowest == highest else f"protocol {lowest} to {highest}"


def report_of(
    event: VersionsDiffer | HistoryTooNew, roster: Roster
) -> IncompatibleSeen | HistoryTooNewSeen:
    """Return what is reported of another version: of another node, or of what this one kept."""
    match event:
        case VersionsDiffer(node=node, name=name, address=address, theirs=theirs, ours=ours):
            return IncompatibleSeen(
                node=node,
                address=address_text(address),
                protocol=(theirs.lowest, theirs.highest),
                physics=theirs.program,
                our_protocol=(ours.lowest, ours.highest),
                our_physics=ours.program,
                text=why_apart(
                    _name_sender(name or roster.known_name(node), node, address), theirs, ours
                ),
            )
        case HistoryTooNew(version=version):
            words = f"this race went on in protocol {version} here: it begins anew"
            return HistoryTooNewSeen(version, words)
        case _:
            assert_never(event)


def _name_sender(name: str, node: NodeId | None, address: Address) -> str:
    known = name or ("" if node is None else short(node))
    return f"{known} at {address[0]}" if known else address[0]
