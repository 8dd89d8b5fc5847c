"""Mutants of what a follower holds against what is decreed of a race and its room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.play.review import lobbies, reviewer, rows, voters
from racer.play.review.reviewer import Reviewer
from racer.play.room.chat_pace import PlacesSeen

REVIEWING: Final[Mapping[str, Mutant]] = {
    "unsaid-gets-a-place": Mutant(
        "a line that nobody said gets a place in the chat",
        edits=(
            Edit(
                Reviewer._judge_place,
                "if dot.node in evidence.here and not evidence.holds(dot):",
                "if False:",
            ),
        ),
    ),
    "places-of-the-gone-judged": Mutant(
        "who leads is named for a line that it alone has heard of who is gone",
        edits=(Edit(Reviewer._judge_place, "dot.node in evidence.here and ", ""),),
    ),
    "floods-places": Mutant(
        "one author's lines get places without end",
        edits=(Edit(Reviewer._judge_place, "None if fits else Misruling.FLOODING", "None"),),
    ),
    "counted-again": Mutant(
        "a place that comes again is counted again",
        edits=(
            Edit(
                PlacesSeen.take,
                "if index <= self._index or self._short == (epoch, index):",
                "if self._short == (epoch, index):",
            ),
        ),
    ),
    "earned-by-waiting": Mutant(
        "a place too many is earned by waiting for it",
        edits=(Edit(PlacesSeen.take, " or self._short == (epoch, index)", ""),),
    ),
    "places-not-saved": Mutant(
        "who leads is named for lines that were said apart from it",
        edits=(Edit(PlacesSeen.take, "PLACES_SEEN_MAX + CHAT_APART_MAX", "PLACES_SEEN_MAX"),),
    ),
    "places-saved-in-one-history": Mutant(
        "who leads is named for lines that were said in the history that we left",
        edits=(
            Edit(
                PlacesSeen.forget,
                "now_ns if self._since_ns is None else self._since_ns",
                "now_ns",
            ),
        ),
    ),
    "epoch-earns-nothing": Mutant(
        "who takes the office over has no burst of places",
        edits=(Edit(PlacesSeen.take, "if epoch > self._epoch:", "if False:"),),
    ),
    "epoch-earns-each-time": Mutant(
        "each decree earns a burst of places",
        edits=(Edit(PlacesSeen.take, "if epoch > self._epoch:", "if True:"),),
    ),
    "seat-for-who-never-entered": Mutant(
        "a number goes to who never entered",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "return None if known else Misruling.UNFOUNDED",
                "return None",
            ),
        ),
    ),
    "unseated-in-a-race": Mutant(
        "somebody loses its number while a race is on",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "Misruling.RACING if room.in_race and node in room.seats else None",
                "None",
            ),
        ),
    ),
    "light-of-long-ago": Mutant(
        "a race was over before it began",
        edits=(
            Edit(lobbies.judge_grid, "if green_ns < evidence.race_ns - STALE_NS:", "if False:"),
        ),
    ),
    "light-of-tomorrow": Mutant(
        "a race begins at any time from now",
        edits=(
            Edit(
                lobbies.judge_grid,
                "if green_ns > evidence.race_ns + COUNTDOWN_NS + REVIEW_CLOCK_NS:",
                "if False:",
            ),
        ),
    ),
    "unasked-race": Mutant(
        "a race among people begins that none of them asked for",
        edits=(
            Edit(
                lobbies.judge_grid,
                "if _is_unasked(room, evidence.facts):",
                "if False:",
            ),
        ),
    ),
    "bots-must-be-asked": Mutant(
        "who leads is named for a race of bots that nobody asked for",
        edits=(Edit(lobbies._is_unasked, "entry is None or entry.bot for", "entry is None for"),),
    ),
    "lobby-at-once": Mutant(
        "the lobby opens before anybody has read the results",
        edits=(
            Edit(
                Reviewer._find_misruling,
                "return Misruling.TOO_SOON if early else None",
                "return None",
            ),
        ),
    ),
    "named-at-once": Mutant(
        "what may rest on what is still to come is refused at once",
        edits=(
            Edit(
                Reviewer.review,
                "if misruling.may_lack and waited_ns < REVIEW_WAIT_NS:",
                "if False:",
            ),
        ),
    ),
    "waits-for-good": Mutant(
        "what may rest on what is still to come is waited for without end",
        edits=(Edit(Reviewer.review, " and waited_ns < REVIEW_WAIT_NS", ""),),
    ),
    "what-is-ahead-unread": Mutant(
        "a decree is judged as though those before it had not been",
        edits=(Edit(Reviewer.review, "_room_after(ahead[:-1], room, evidence)", "room"),),
    ),
    "convicted-in-bad-faith": Mutant(
        "who decrees what rests on words of a convicted driver has lied",
        edits=(
            Edit(
                Reviewer.review,
                "if misruling is Misruling.UNFOUNDED and _rests_on_convicted(room, evidence):",
                "if False:",
            ),
        ),
    ),
    "convicted-watcher-excuses": Mutant(
        "a convicted node that does not race excuses whatever is decreed",
        edits=(
            Edit(
                reviewer._rests_on_convicted,
                "any(node in racing for node in evidence.convicted)",
                "bool(evidence.convicted)",
            ),
        ),
    ),
    "passed-over-at-once": Mutant(
        "who leads is named for passing over what it may not have heard yet",
        edits=(Edit(Reviewer._has_long, "evidence.race_ns - heard_ns >= PASSED_OVER_NS and ", ""),),
    ),
    "granted-to-a-watcher": Mutant(
        "a canister goes to who does not race",
        edits=(Edit(Reviewer._judge_grant, " or race.number_of(grant.node) is None", ""),),
    ),
    "granted-tomorrow": Mutant(
        "a canister is taken in a month, and there no more until then",
        edits=(
            Edit(
                Reviewer._judge_grant,
                "race.green_ns + grant.race_ms * MILLISECOND > evidence.race_ns + STALE_NS",
                "False",
            ),
        ),
    ),
    "granted-unclaimed": Mutant(
        "a canister goes to who did not claim it",
        edits=(Edit(Reviewer._judge_grant, "not named or ", ""),),
    ),
    "grants-itself-its-lie": Mutant(
        "who leads grants itself a canister that its car did not touch",
        edits=(
            Edit(
                Reviewer._judge_grant, "if all(refused) and grant.node == evidence.by:", "if False:"
            ),
        ),
    ),
    "anothers-lie-is-ones-own": Mutant(
        "who leads is named for another's claim that it could not see through",
        edits=(Edit(Reviewer._judge_grant, " and grant.node == evidence.by", ""),),
    ),
    "nearer-claim-passed-over": Mutant(
        "a nearer claim that all have long known is passed over",
        edits=(
            Edit(Reviewer._judge_grant, "Misruling.PASSED_OVER if passed_over else None", "None"),
        ),
    ),
    "removed-without-votes": Mutant(
        "somebody is put out of the room by votes that nobody cast",
        edits=(Edit(voters.judge_removal, "voted and enough", "enough"),),
    ),
    "removed-by-few": Mutant(
        "or by fewer than it takes",
        edits=(Edit(voters.judge_removal, "voted and enough", "voted"),),
    ),
    "host-has-no-word": Mutant(
        "who leads is named for a removal at the host's word",
        edits=(Edit(voters.judge_removal, "voters == {room.host} or ", ""),),
    ),
    "accused-counts-as-here": Mutant(
        "who is to go counts among those whose votes it takes",
        edits=(
            Edit(voters.judge_removal, "set(evidence.here) - {removal.node}", "set(evidence.here)"),
        ),
    ),
    "car-taken-from-who-drives": Mutant(
        "a car is taken from who is seen to drive it",
        edits=(
            Edit(
                reviewer._judge_lease,
                "if evidence.drives_on(lease.car):",
                "if False:",
            ),
        ),
    ),
    "car-kept-from-its-owner": Mutant(
        "who leads is named for giving a car back to its owner",
        edits=(Edit(reviewer._judge_lease, " or (asked and lease.driver == owner != driver)", ""),),
    ),
    "car-given-unasked": Mutant(
        "a car is taken from who drives it for an owner that did not ask",
        edits=(Edit(reviewer._judge_lease, "asked and lease.driver", "lease.driver"),),
    ),
    "removed-drives-on": Mutant(
        "who leads is named for taking a car from who was removed",
        edits=(Edit(reviewer._judge_lease, "driver in removed or ", ""),),
    ),
    "void-grant-judged": Mutant(
        "who leads is named for a grant that changes nothing",
        edits=(Edit(reviewer._counts_grant, "grant.race == race.id\n        and ", ""),),
    ),
    "void-lease-judged": Mutant(
        "or for a lease",
        edits=(Edit(reviewer._counts_lease, "lease.race == race.id\n        and ", ""),),
    ),
    "void-results-judged": Mutant(
        "or for results",
        edits=(Edit(reviewer._counts_results, " and results.race == race.id", ""),),
    ),
    "setting-unvoted": Mutant(
        "a setting changes on which nobody voted",
        edits=(
            Edit(
                lobbies.judge_setup,
                "founded and setup.players == room.setup.players",
                "setup.players == room.setup.players",
            ),
        ),
    ),
    "players-unvoted": Mutant(
        "how many start by themselves changes, on which nobody can vote",
        edits=(Edit(lobbies.judge_setup, " and setup.players == room.setup.players", ""),),
    ),
    "lacked-circuit-changes-all": Mutant(
        "where somebody lacks the circuit all settings change without a vote",
        edits=(Edit(lobbies.judge_setup, ' and unasked <= {"track", "laps"}', ""),),
    ),
    "lacked-circuit-stays": Mutant(
        "who leads is named for racing elsewhere than where nobody can",
        edits=(Edit(lobbies.judge_setup, " or (lacking and unasked", " or (False and unasked"),),
    ),
    "authors-seen-without-bound": Mutant(
        "places are counted of all authors that anybody makes up",
        edits=(Edit(PlacesSeen.__init__, "Recent(ENTRIES_KEPT)", "Recent(10**9)"),),
    ),
    "excused-without-a-race": Mutant(
        "who is convicted excuses whatever is decreed in a lobby",
        edits=(Edit(reviewer._rests_on_convicted, " or not room.in_race", ""),),
    ),
    "facts-of-any-race-heard": Mutant(
        "facts of races that are none are remembered, as many as come",
        edits=(Edit(Reviewer.hear, "if race is None or fact.race != race.id:", "if False:"),),
    ),
    "heard-of-last-race": Mutant(
        "and those of the race before",
        edits=(Edit(Reviewer.hear, "if race.id != self._heard_in:", "if False:"),),
    ),
    "heard-anew": Mutant(
        "a fact that comes again has just come, so it is never passed over for long",
        edits=(
            Edit(
                Reviewer.hear,
                "heard.setdefault(fact, race_ns)",
                "heard[fact] = race_ns",
            ),
        ),
    ),
    "unproved-is-passed-over": Mutant(
        "who leads is named for passing over what may not be so",
        edits=(Edit(Reviewer._has_long, " and evidence.knows(author, fact)", ""),),
    ),
    "granted-another-time": Mutant(
        "a canister is granted at a moment that nobody claimed",
        edits=(
            Edit(
                Reviewer._judge_grant,
                "(each.node, each.claim.race_ms) == (grant.node, grant.race_ms)",
                "each.node == grant.node",
            ),
        ),
    ),
    "later-claim-is-passed-over": Mutant(
        "who leads is named for passing over a later claim",
        edits=(Edit(Reviewer._judge_grant, "each.claim.race_ms < grant.race_ms", "True"),),
    ),
    "early-claim-is-passed-over": Mutant(
        "or one before the canister was back",
        edits=(
            Edit(
                Reviewer._judge_grant, "and each.claim.race_ms >= race.returns_ms(grant.pickup)", ""
            ),
        ),
    ),
    "strangers-claim-is-passed-over": Mutant(
        "or one of who does not race",
        edits=(Edit(Reviewer._judge_grant, "and race.number_of(each.node) is not None", ""),),
    ),
    "refused-claim-is-passed-over": Mutant(
        "or one that is refused here",
        edits=(Edit(Reviewer._judge_grant, "if each in standing", ""),),
    ),
    "own-lies-in-own-row": Mutant(
        "who leads counts laps of its own that its car contradicts",
        edits=(
            Edit(
                Reviewer._judge_row,
                "Misruling.CONTRADICTED if row.node == evidence.by else None",
                "None",
            ),
        ),
    ),
    "anothers-lies-in-its-row": Mutant(
        "who leads is named for another's laps that it could not see through",
        edits=(
            Edit(
                Reviewer._judge_row,
                "Misruling.CONTRADICTED if row.node == evidence.by else None",
                "Misruling.CONTRADICTED",
            ),
        ),
    ),
    "more-laps-than-told": Mutant(
        "a row has more laps than were told",
        edits=(Edit(rows.is_borne_out, "if len(counted) < row.laps:", "if False:"),),
    ),
    "best-of-any-time": Mutant(
        "a row has a best lap that nobody told",
        edits=(
            Edit(
                rows.is_borne_out,
                "row.best_ms is None or any(lap.lap_ms == row.best_ms for lap in run)",
                "True",
            ),
        ),
    ),
    "finish-at-any-lap": Mutant(
        "an elimination is won at any time",
        edits=(Edit(rows._is_finish, "return ms in ends", "return True"),),
    ),
    "watchers-end-it": Mutant(
        "a race closes because somebody had enough who does not race",
        edits=(
            Edit(rows.is_too_soon, "_is_end_asked(race, facts)", "facts.votes.on(END, race.id)"),
        ),
    ),
    "voted-end-is-too-soon": Mutant(
        "who leads is named for closing a race that somebody wants to end",
        edits=(Edit(rows.is_too_soon, "_is_end_asked(race, facts) or ", ""),),
    ),
    "watchers-remove": Mutant(
        "who has no seat removes somebody, and bots do",
        edits=(
            Edit(
                voters.judge_removal,
                "set(people(sorted(room.seats), evidence.facts, named)) | (named & {room.host})",
                "named",
            ),
        ),
    ),
    "taken-back-votes": Mutant(
        "somebody is removed by votes that were taken back",
        edits=(Edit(voters._stands, "vote.ballot.on", "True"),),
    ),
    "lapsed-votes": Mutant(
        "and by votes that have lapsed",
        edits=(Edit(voters._stands, "ago_ns < VOTE_NS + PASSED_OVER_NS", "True"),),
    ),
    "votes-for-itself-out": Mutant(
        "who is to go counts among those who put it out",
        edits=(
            Edit(
                voters.judge_removal,
                "for vote in removal.votes} - {removal.node}",
                "for vote in removal.votes}",
            ),
        ),
    ),
    "later-vote-is-none": Mutant(
        "who leads is named for a vote whose voter has said it again",
        edits=(Edit(voters.judge_removal, "known.dot >= vote", "known.dot == vote"),),
    ),
    "older-vote-counts": Mutant(
        "a vote counts that its voter has not cast yet",
        edits=(Edit(voters.judge_removal, " and known.dot >= vote", ""),),
    ),
    "removed-by-whose-vote-counts-not": Mutant(
        "a host with too few others counts as a host alone",
        edits=(Edit(voters.judge_removal, "voters == {room.host} or ", "room.host in voters or "),),
    ),
    "witness-of-any-word": Mutant(
        "a testimony counts that its witness has not given yet",
        edits=(Edit(voters.is_witnessed, " and known.dot >= dot", ""),),
    ),
    "circuit-text-unvoted": Mutant(
        "a circuit changes under its name without a vote",
        edits=(
            Edit(
                lobbies.judge_setup,
                "value_of(was, name) != value_of(race, name)",
                "getattr(was, name) != getattr(race, name)",
            ),
        ),
    ),
    "vote-of-any-lobby": Mutant(
        "who asked for a race in another lobby asked for this one",
        edits=(
            Edit(
                lobbies._is_unasked,
                "any(facts.votes.on(what, room.lobby) for what in (START, READY))",
                "any(facts.votes.asked(what) for what in (START, READY))",
            ),
        ),
    ),
    "qualified-must-be-asked": Mutant(
        "who leads is named for the race behind its qualifying",
        edits=(
            Edit(
                lobbies._is_unasked,
                "if alone or (room.race is not None and room.race.qualifying):",
                "if alone:",
            ),
        ),
    ),
    "first-race-must-be-asked": Mutant(
        "or for the first one of a room",
        edits=(Edit(lobbies._is_unasked, "room.round == 0 or ", ""),),
    ),
}
