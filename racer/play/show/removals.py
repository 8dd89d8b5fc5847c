"""Votes to remove somebody, and what came of them: told to all, with who voted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from net import NodeId
from racer.play.limits import REMOVED_MAX, VOTE_NS
from racer.play.reports import RemovalSeen, RoomTrouble
from racer.play.room.facts import Facts
from racer.play.room.messages import Offence
from racer.play.room.polls import lapses_ns, removal_polls
from racer.play.room.room import Room
from racer.play.room.room_state import RoomState
from racer.play.room.roster import Roster
from racer.play.room.votes import OUSTED
from racer.play.show.absences import join_names
from racer.play.show.disqualified import words_of
from racer.play.view import RemovalView

if TYPE_CHECKING:
    from collections.abc import Sequence

WHY_FORGOTTEN: Final = "were removed"


def forgotten_seen(why: str, names: Sequence[str]) -> RoomTrouble:
    """Return the news that a room forgets some for others, of whom `why` tells."""
    who = "somebody" if not names else join_names(tuple(names[:3]))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    text = f"So many {why} that the room forgets {who}{more}, who may come in again"
    return RoomTrouble("forgotten", text)


@final
class Removals:
    """Compares the room with what was told of it before.

    Args:
        me: this player, who is told why.
    """

    def __init__(self, me: NodeId) -> None:
        self.open: tuple[RemovalView, ...] = ()  # votes under way
        self.words = ""  # why we were removed, if we were
        self._me = me
        self._told: set[NodeId] = set()
        self._votes: dict[NodeId, int] = {}  # as told last
        self._fallen: dict[NodeId, int] = {}  # of removals elsewhere, told of as of then

    def on_tick(
        self, state: RoomState, race_ns: int, *, joined: bool
    ) -> tuple[list[RemovalSeen | RoomTrouble], list[str]]:
        """Take in what the room has now.

        Args:
            joined: we were in the room: what was before that is no news to people.

        Returns:
            Reports of who was removed since, and of whose removal is forgotten for that; and lines
            for a person.
        """
        polls = removal_polls(state.room, state.facts, state.roster.here_ns, race_ns)
        name_of = state.roster.name_of
        self.open = tuple(
            RemovalView(
                node,
                name_of(node),
                tuple(map(name_of, poll.voters)),
                poll.needed,
                lapses_ns(poll),
                self._me in poll.voters,
            )
            for node, poll in polls.items()
        )
        lines = [
            *self._poll_lines(),
            *self._lapsed_lines(state),
            *self._fallen_lines(state, race_ns),
        ]
        forgotten = self._forgotten_reports(state)
        reports: list[RemovalSeen | RoomTrouble] = [*forgotten, *self._new_reports(state)]
        return reports, [*lines, *(report.text for report in reports)] if joined else []

    def _poll_lines(self) -> list[str]:
        """Tell of each vote more."""
        lines: list[str] = []
        for poll in self.open:
            if len(poll.voters) > self._votes.get(poll.node, 0) and len(poll.voters) < poll.needed:
                wants = "wants" if len(poll.voters) == 1 else "want"
                whom = "you" if poll.node == self._me else poll.name
                count = f"{len(poll.voters)} of {poll.needed} votes"
                lines.append(f"{join_names(poll.voters)} {wants} {whom} out of the race: {count}")
        return lines

    def _lapsed_lines(self, state: RoomState) -> list[str]:
        """Tell which votes came to nothing."""
        now = {poll.node: len(poll.voters) for poll in self.open}
        gone = [n for n in self._votes if n not in now and n not in state.room.removed]
        self._votes = now
        whom = ["you" if node == self._me else state.roster.name_of(node) for node in gone]
        return [f"The vote to remove {name} has come to nothing" for name in whom]

    def _fallen_lines(self, state: RoomState, race_ns: int) -> list[str]:
        """Tell who was put out on the other side of a split, and is not here."""
        facts, lines = state.facts, list[str]()
        for node in sorted(facts.votes.asked(OUSTED)):
            told = facts.votes.on(OUSTED, node)
            newest_ns = 1000 * max(vote.race_us for vote in told.values())
            if newest_ns == self._fallen.get(node) or node in state.room.removed:
                continue
            if not VOTE_NS <= race_ns - newest_ns < 2 * VOTE_NS or not state.facts.entry_of(node):
                continue
            self._fallen[node] = newest_ns
            names = join_names(tuple(map(state.roster.name_of, sorted(told))))
            whom = "You were" if node == self._me else f"{state.roster.name_of(node)} was"
            lines.append(
                f"{whom} put out by {names}, apart from us, while the room was in two parts;"
                " that does not stand here: vote again, if it should"
            )
        return lines

    def _forgotten_reports(self, state: RoomState) -> list[RoomTrouble]:
        """Tell whom the room shuts out no more, as it has shut out so many since."""
        removed = state.room.removed
        gone = sorted(self._told - removed.keys()) if len(removed) >= REMOVED_MAX else []
        return [forgotten_seen(WHY_FORGOTTEN, [state.roster.name_of(node)]) for node in gone]

    def _new_reports(self, state: RoomState) -> list[RemovalSeen]:
        removed = state.room.removed
        self._told &= removed.keys()
        new = [node for node in removed if node not in self._told]
        self._told.update(new)
        reports = [
            self._report_removal(state.room, state.facts, state.roster, node) for node in new
        ]
        self.words = next((each.text for each in reports if each.ours), self.words)
        return reports

    def _report_removal(
        self, room: Room, facts: Facts, roster: Roster, node: NodeId
    ) -> RemovalSeen:
        voters = room.removed[node]
        names = tuple(map(roster.name_of, voters))
        ours = node == self._me
        name = roster.name_of(node)
        whom = "You were" if ours else f"{name} was"
        offence = None if room.race is None else room.race.disqualified.get(node)
        if offence is not None and offence is not Offence.EQUIVOCATION:
            text = f"{whom} put out of the race: {words_of(offence)}, as {len(names)} drivers saw"
            return RemovalSeen(node, name, names, ours, text, offence.value)
        why = f"{join_names(names)} voted for it"
        if set(voters) <= facts.votes.on(OUSTED, node).keys():
            why = (
                f"so it was decided where {join_names(names)} were, while the room was in two parts"
            )
        if voters == (room.host,):
            why = f"{names[0]} decided it, whose room this is"
        text = f"{whom} removed from the race: {why}"
        return RemovalSeen(node, name, names, ours, text)
