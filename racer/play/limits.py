"""Every bound and timer of the game on the network, with its reason.

Times are nanoseconds of the race clock; physics and its numbers are `racer.core.tuning`'s.
"""

from __future__ import annotations

from typing import Final

MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000

# Phases
SETTLE_NS: Final = SECOND  # all players here so long before the lights: greetings get through
COUNTDOWN_NS: Final = 4 * SECOND  # from the grid to the green light: everyone has it, and breathes
CLOSE_NS: Final = 15 * SECOND  # after the winner, and a quarter of its time: then the race closes
IDLE_NS: Final = 60 * SECOND  # no car has crossed the line for so long, …
IDLE_M_S: Final = 8.0  # … and as one lap takes at this speed: nobody races any more
IDLE_TOLD_NS: Final = 30 * SECOND  # drivers are told so long before
RESULTS_SETTLE_NS: Final = SECOND  # after the last finish a nearer fact could still arrive
QUALIFIED_SHOWN_NS: Final = 5 * SECOND  # and so long before the race that they were for
RESULTS_SHOWN_NS: Final = 10 * SECOND  # official results stand so long before the next lobby
ABANDONED_NS: Final = 30 * SECOND  # no car of the grid has its driver: the race closes
ABSENT_NS: Final = SECOND  # a driver is gone for so long: somebody else drives its car meanwhile
LEASED_FROM_NS: Final = 5 * SECOND  # after the green light: first all must have seen who drives
RETURN_WAIT_NS: Final = SECOND  # who is back waits so long to hear from who drives its car
AUTOPILOT_SKILL: Final = 0.6  # of who drives for an absent owner: it gains and loses little
UNSEAT_NS: Final = 3 * SECOND  # in the lobby, who is gone for so long loses the seat
LINGER_NS: Final = 15 * SECOND  # a bot waits so long for others to have the results too
LOST_NS: Final = 5 * SECOND  # and so long for a driver whom nobody hears to come back

# Votes
VOTE_NS: Final = 45 * SECOND  # a vote to remove somebody counts so long: it is made in the heat
REMOVAL_PER_CENT: Final = 60  # of the people here must want it …
REMOVAL_VOTES_MIN: Final = 2  # … and never one alone
OUSTED_NS: Final = 3 * SECOND  # behind a merge all tell within so long who was put out apart
READY_WAIT_NS: Final = 20 * SECOND  # half are ready: the others have so long
VOTES_KEPT: Final = 448  # over a checkpoint: people in 24 cars on all that is asked …
REMOVAL_VOTES_KEPT: Final = 8  # … of them of one voter on who is to go
REMOVED_MAX: Final = 64  # keys that a room shuts out: the one removed first comes in again

SPELLS_KEPT: Final = 8  # of presence of one node, of which we know whether they were with us

SETUPS_BURST: Final = 8  # changes of what is raced next that are decreed at once …
SETUP_NS: Final = SECOND  # … then one in so long: somebody may press a key for ever

# Circuits that travel
CIRCUIT_BYTES_MAX: Final = 65_536  # of a circuit's text: its format's own bound
FETCH_AGAIN_NS: Final = SECOND  # a circuit that nobody gives is wanted again so often
FETCH_WAIT_NS: Final = 10 * SECOND  # a race waits so long for who fetches its circuit
FETCH_GIVE_UP_NS: Final = 20 * SECOND  # all here have lacked it for so long: another is raced

# Cars of others
PROJECT_TICKS_MAX: Final = 12  # 200 ms: beyond it a projection says more than anybody knows
STALE_TICKS: Final = 15  # 250 ms without a state: touches nobody
TOUCH_M: Final = 6.5  # who comes so near within TOUCH_S gets each state: cars touch at 4.6 at most
NEAR_OTHERS_NS: Final = SECOND // 2  # after it a bot runs each tick for so long
TOUCH_S: Final = 0.35  # as both go straight on: judged each tick, so a third of a second ahead
SIGHT_M: Final = 45.0  # who is so near gets 15 states a second at least, all others fewer …
SIGHT_CARS_MAX: Final = 7  # … if no more are nearer: all of a race of eight, half of a full grid
STALE_CARS_MAX: Final = 3  # and each state, where we do not know where it is: one at each side
PUSHES_MAX: Final = (
    4  # of one car, that its owner has not answered: each tick of a hard touch is one
)
SNAP_M: Final = 12.0  # a correction over three car lengths is shown at once
BLEND_PER_TICK: Final = 0.88  # of a correction stays shown a tick later: gone in a quarter second
CATCH_UP_TICKS_MAX: Final = 15  # after a pause of ours the car is stepped at most so often at once

# Judging what drivers tell of their cars
JUDGED_MS: Final = 3_000  # a fact waits so long for states from around its moment; then it stands
JUDGED_AGAIN_MS: Final = 50  # and is looked at so often meanwhile
JUDGED_AT_ONCE: Final = 32  # of one author, of those that waited: no flood costs others their time
UNJUDGED_MAX: Final = 256  # facts of one author that wait: 24 cars tell some five a second
NOTED_FACTS_MAX: Final = 4_096  # of one author in a race, of which we note that they came, or hold
FALSE_FACTS_MAX: Final = 1_024  # of one author in a race; of whom so many do not count, none does
TRAILS_MAX: Final = 96  # cars times lives times leases of one race; beyond them the oldest goes
TRAILS_OF_ONE_MAX: Final = 16  # of one car in one driver's hands: its other lives push nobody's out
HANDS_KNOWN_TICKS: Final = 60  # in whose hands a car is all know by then: a second, as of leases
CLOCK_SHARED_MS: Final = 5_000  # who has been here so long goes by our clock: it takes a second
DRIVEN_MS: Final = 2_000  # whose car was seen all that time was here all that time
UNWATCHED_MS: Final = 400  # who did not look for so long itself has seen nothing meanwhile

# Bearing witness against who lies
WITNESSES_MIN: Final = 2  # put somebody out: of a race of two neither can
WITNESSED_NS: Final = 10 * SECOND  # they saw it within so long: it is no sum of errors of a year
WITNESS_AGAIN_NS: Final = 5 * SECOND  # who goes on lying is told of again so often
STATES_PROVE: Final = 3  # leaps or hits that were none: a state may be torn once by what nobody …
STATES_PROVE_NS: Final = 5 * SECOND  # … foresaw, and not so often within so long

# Reviewing what a coordinator decrees
REVIEW_WAIT_NS: Final = 3 * SECOND // 2  # what a decree rests on may come so long after it
REVIEW_CLOCK_NS: Final = 2 * SECOND  # by which race clocks may differ: much more than they do
STALE_NS: Final = 15 * SECOND  # no green light lies so far behind, no canister so far ahead
PASSED_OVER_NS: Final = 5 * SECOND  # what is here for so long, everybody who leads us has
OWED_NS: Final = 15 * SECOND  # and what of it is due for so long, it does not decree
DUES_LOOK_NS: Final = SECOND // 4  # followers look so often what is due …
DUES_GAP_NS: Final = SECOND // 2  # … and count no more than that for a pause of their own
DEBTORS_MAX: Final = 16  # of who led of late, it is kept what they owe
SHUNNED_NS: Final = 10 * SECOND  # so long a debtor leads nobody: the others elect another
LONG_SAID_NS: Final = 15 * SECOND  # and had it as it decreed: elections and splits lie between

# Contended things
CLAIM_WINDOW_NS: Final = 50 * MILLISECOND  # from the first touch: a nearer claim may be under way
RULINGS_AT_ONCE_MAX: Final = 24  # proposed in one batch: the seats of a whole grid

# Chat
CHAT_CHARS_MAX: Final = 160  # in any script within an operation
CHAT_BURST: Final = 5  # lines at once that a driver may say …
CHAT_PERIOD_US: Final = 1_000_000  # … then one in so long
CHAT_PLACED_BURST: Final = 16  # of one author, that get their places at once: a merge brings more …
CHAT_PLACED_NS: Final = SECOND  # … then one in so long, by the clock of who coordinates
CHAT_APART_MAX: Final = 480  # … and as many at once as it may have said apart: of eight minutes …
CHAT_APART_NS: Final = 60 * SECOND  # … for so long after it is back: its lines come within seconds
PLACES_SEEN_MAX: Final = 96  # that followers let pass at once: decrees come late, and in bunches, …
PLACES_SEEN_EPOCH: Final = 32  # … and who begins to decree gives a burst: twice that, clocks differ
CHAT_WAITING_MAX: Final = 1024  # of one author, that wait for a place: half a millisecond a tick
CHAT_WAITING_KEPT: Final = 1536  # of all of them over a checkpoint: 64 each in a full room
CHAT_PENDING_NS: Final = 90 * SECOND  # one whose turn it is for so long, and has none, gets none
CHAT_SHOWN: Final = 100  # lines kept for the window, and over a checkpoint
CHAT_UNSAID_MAX: Final = 256  # lines that have a place, and have not come: kept over a checkpoint

# Records
REPLAY_TICKS_RACING: Final = 10  # half a millisecond of a tick: a minute's lap takes 7 s
TOLD_KEPT: Final = 32  # boards and best laps over a checkpoint: who told most gives up its first
REPLAY_TICKS_IDLE: Final = 60  # 3 ms, while nobody waits for our car: the lap takes 1 s

# Others
ENTRIES_KEPT: Final = 160  # names of who was in the room: as many as it has authors
NOTICE_NS: Final = 6 * SECOND  # a notice is shown so long
NOTICES_MAX: Final = 6
ABSENCES_GATHER_NS: Final = 150 * MILLISECOND  # who went at once is told of in one line
LAG_NS: Final = 8 * SECOND  # what is late for so long is told with the reason: not at a start …
LAG_AGAIN_NS: Final = 60 * SECOND  # … and so often while it is
ABSENCE_AGAIN_NS: Final = 20 * SECOND  # that somebody went is told so often: links may flap
NETWORK_NS: Final = SECOND // 10  # the network is composed so often, while somebody looks
NETWORK_RATES_NS: Final = SECOND  # over which bytes a second are measured
NETWORK_EVENTS_MAX: Final = 64  # of its events are kept for who looks later
REFUSAL_TOLD_NS: Final = 10 * SECOND  # a refusal that goes on is told again so often
INTENTS_MAX: Final = 64  # a window cannot ask faster than the session takes
STATS_NS: Final = SECOND
