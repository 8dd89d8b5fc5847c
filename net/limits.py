"""Every bound, rate and timer of the protocol, with its reason.

What concerns one file alone, such as how long a queue of its own is, stands at the head of it.

Times are nanoseconds of a monotonic clock. Sources in brackets are the works that give the figure.
"""

from __future__ import annotations

from typing import Final

MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000
NEVER: Final = -(10**18)  # a time before all others: so long ago that every wait is over

# Datagrams
DATAGRAM_BYTES_MAX: Final = 1232  # IPv6's least MTU less its headers: never needs fragmentation
RELAYING_BYTES: Final = 45  # what passing a datagram on adds to it: names of both ends, and heads
FRAME_BYTES_MAX: Final = 1129  # what a datagram, sealed and passed on sealed, leaves for messages
MESSAGES_PER_FRAME_MAX: Final = 128  # a frame of 1150 bytes cannot hold more sensible ones

# Heartbeats and the failure detector (modelled at 20 % loss: no false verdict in 167 hours)
TICK_NS: Final = 16_666_667  # the node's own pace: 60 Hz, the rate of car states
HEARTBEAT_NS: Final = 33_333_333  # 30 Hz: 0.2^10 for ten lost in a row at 20 % loss
BEATS_FULL_PEERS: Final = 7  # up to so many peers, always so; in larger rooms, while all is calm …
CALM_PEERS: Final = 4  # … at once as rarely as if so many got one each HEARTBEAT_NS in turn …
CALM_BEATS_MAX: Final = 5  # … but all after so many times HEARTBEAT_NS, 6 a second, at least
TURN_PEERS: Final = 5  # where it is not, so many get one each HEARTBEAT_NS in turn: 150 a second
BEAT_LATE_NS: Final = 50 * MILLISECOND  # later than such a beat is due, its sender is probed
SUSPECT_NS: Final = 150 * MILLISECOND  # four to five beats of direct silence
PROBE_NS: Final = 33 * MILLISECOND  # a suspect is probed at the pace of the beats
DOWN_NS: Final = 350 * MILLISECOND  # pooled silence, three or more nodes
DOWN_PAIR_NS: Final = 450 * MILLISECOND  # two nodes: no second witness
DOWN_ISOLATED_NS: Final = 1000 * MILLISECOND  # most of the view is stale: it may be us
PAUSE_NS: Final = 100 * MILLISECOND  # a gap in our own loop this long is a pause of ours
PAUSES_FORGIVEN_MAX: Final = 3  # in a row: a loop that goes on so is slow, and judges as it can
PAUSE_QUIET_NS: Final = 100 * MILLISECOND  # after a pause: no promise, no grant, no accusation
EVIDENCE_AGE_UNIT_NS: Final = 4 * MILLISECOND  # a suspicion's age travels in 8 bits of this
DOWN_BEAT_NS: Final = 100 * MILLISECOND  # a node that is down is greeted this often: links heal
REFUSALS_APART_NS: Final = 15 * MILLISECOND  # two refusals, or it is one echoed twice
REFUSALS_VAIN_NS: Final = 60 * SECOND  # who is heard after one was there: somebody forges them
UNREADABLE_TOLD_NS: Final = 10 * SECOND  # what goes on is told so often: a line, no flood
FORGET_DOWN_NS: Final = 60 * SECOND  # a node that is down this long is dropped from the view

# A network that is full (`net/node/outgoing/congestion.py`, ADR 65)
CONGESTION_LOOK_NS: Final = 100 * MILLISECOND  # round trips are looked at so often, …
CONGESTION_LOOKS: Final = 2  # … and the quickest of so many looks counts
BASE_TRIP_NS: Final = 30 * SECOND  # the least of so long, or of so long before, is one at rest …
BASE_TRIP_NS_MAX: Final = 100 * MILLISECOND  # … unless it is longer than any network's at rest
QUEUE_BUSY_NS: Final = 12 * MILLISECOND  # more than at rest: some 30 datagrams wait on the air …
QUEUE_FULL_NS: Final = 60 * MILLISECOND  # … or as many as its queue may soon not take
QUEUE_CALM_NS: Final = 30 * MILLISECOND  # it is full until so little waits, and more makes wary
WARY_NS: Final = 5 * SECOND  # so long nobody is sought or asked: queues run empty unevenly
FULL_BEATS: Final = 2  # beats go so many times as far apart: less than half of what a queue drains
SPARE_FIRST: Final = 60  # datagrams a second beside due beats, before a network is known …
SPARE_MORE: Final = 5  # … more after each quick look …
SPARE_MAX: Final = 130  # … up to this, in a large room: with beats, 250 of 16 nodes, 350 of 32 …
SPARE_MIN: Final = 8  # … but not below: the nearest car at 15 Hz, two to five others more often
SPARE_BURST: Final = 8  # at once: in one tick all of a dense field may be due

# Election and decrees
LEASE_NS: Final = 200 * MILLISECOND  # who heard the coordinator so lately refuses a candidate
STAGGER_NS: Final = 80 * MILLISECOND  # each rank below waits this much longer for the one above
CANDIDACY_NS: Final = 300 * MILLISECOND  # a round without a majority is tried again after this
STEP_DOWN_NS: Final = 300 * MILLISECOND  # a coordinator that a majority left unanswered so long
MAJORITY_LOST_NS: Final = 1000 * MILLISECOND  # no coordinator for so long: found a degraded lineage
FORKS_MAX: Final = 254  # degradations of a lineage that are told apart; 255 means that it ends
YOUTH_MAX: Final = 255  # of a lineage without an age
YOUTH_STEP_NS: Final = (
    SECOND // 8
)  # ages of lineages are compared in these, then ever more coarsely
EPOCH_SPREAD: Final = 1000  # lineages of one room draw their first epochs so far apart
EPOCH_LEAP_MAX: Final = 2**24  # further ahead than elections lead: one word would use all epochs up
EPOCH_MAX: Final = 2**48  # at an election a millisecond, the year 10,900
EPOCH_KEPT_MAX: Final = EPOCH_MAX - 2 * EPOCH_LEAP_MAX  # of a history: ours lie above it
HEED_NS: Final = 5 * SECOND  # one member's word that we come too late counts so often: it may lie
VET_NS: Final = 2 * SECOND  # to show the history of a lineage that claims to be the better one
DOUBT_NS: Final = SECOND  # who could not is not believed for so long, and twice each time: …
DOUBT_LEAVES_NS: Final = 60 * SECOND  # … it may be we who were cut off. Forgotten so long after
VOTES_PER_MESSAGE_MAX: Final = 6  # signed ones, of 150 bytes
STUCK_NS: Final = 3 * SECOND  # vacant, or unable to become a member, for so long: begin anew
FOUND_WAIT_NS: Final = 700 * MILLISECOND  # how long a newcomer listens before it founds a lineage
FOUND_TURN_NS: Final = 150 * MILLISECOND  # per newcomer with a lower id that listens as we do
LISTED_NS: Final = 8 * SECOND  # an advert lives so long: it is seen again every 5 s
WAIT_TOLD_NS: Final = 3 * SECOND  # who is not in yet is told why after so long, and what is new
ELSEWHERE_NS: Final = 500 * MILLISECOND  # a member whose beats name another lineage so long is out
SYNC_WAIT_NS: Final = 2 * SECOND  # a member that nobody's operations equalled goes on after this
LEARN_RETRY_NS: Final = 50 * MILLISECOND  # a learner that got nothing asks somebody else
LEARN_STALL_NS: Final = SECOND  # no block for so long: the snapshot's sources have gone
LEARNER_LAG_MAX: Final = 2  # entries a learner may lack when it is made a member
APPEND_ENTRIES_MAX: Final = 16  # entries in one append: with bodies of 200 bytes, three datagrams
APPEND_BYTES_MAX: Final = 1000  # and their bytes, so that one append is one datagram
DECREE_BODY_BYTES_MAX: Final = 900  # one decree fits one datagram
DECREES_MAX: Final = 20_000  # a log behind its base: forty checkpoints that nobody could make
DECREES_SPARE: Final = 1024  # of them, for members that come and go, and for the checkpoint
PROPOSALS_PENDING_MAX: Final = 64  # decrees a coordinator has proposed and not yet committed

# Checkpoints (ADR 35): what is before one is dropped
CHECKPOINT_DECREES: Final = 512  # so many decrees apart: 10 ms to fold, and to tell again
CHECKPOINT_OPERATIONS: Final = 512  # or so many operations
CHECKPOINT_LIVES: Final = 64  # or so many lives that are over: beside AUTHORS_MAX others have room
CHECKPOINT_FORKED: Final = 8  # times as far apart while a merge may come, which may want it
CHECKPOINT_WAIT_NS: Final = 5 * SECOND  # for operations that it names: then its content is taken
CHECKPOINT_LOST_NS: Final = 6 * SECOND  # without its content: the next one may be decreed
FOLD_BYTES_MAX: Final = 1_000_000  # of a program: a second on a LAN for a newcomer
AUTHORS_MAX: Final = 160  # nodes that a checkpoint knows as authors; members and who left lately

# Overload: who coordinates late makes all wait, so it hands over
OVERLOAD_GAP_NS: Final = 66 * MILLISECOND  # a loop of such ticks has lost half of its heartbeats
OVERLOAD_WINDOW_NS: Final = 3 * SECOND  # most ticks of so long were as late: it is no passing stall
OVERLOAD_PAUSES: Final = 3  # or so many pauses of our own …
OVERLOAD_PAUSES_NS: Final = 10 * SECOND  # … in so long
OVERLOAD_WAIT_NS: Final = SECOND  # where all are slow together, all have said so by then: we stay
TIMEOUT_SCALE_MAX: Final = 3  # a slow loop waits so many times as long: 350 ms become a second
LATENESS_TICKS: Final = 8  # of which the mean gap is: soon, and not by one late tick
STARVED_TICKS: Final = 64  # of so many, two seconds, others of the machine had the processor …
STARVED_DELAY_NS: Final = 3 * MILLISECOND  # … so long a tick when we wanted it: a tenth of all time
OVERLOAD_REST_NS: Final = 10 * SECOND  # on time again for so long, before it may coordinate again

# Operations
OPERATION_BODY_BYTES_MAX: Final = 700  # a chat line of 160 characters in any script, and room
SUBMIT_BURST_MAX: Final = 512  # at once from one program: half of what a receiver lets wait …
SUBMIT_NS: Final = SECOND // 256  # … then one in so long: anti-entropy repairs eight times as many
OPERATIONS_MAX: Final = 20_000  # that a node keeps, of those since the checkpoint before the last
OPERATIONS_SPARE: Final = 512  # beyond, of others: all may write at once
OPERATIONS_WAITING_MAX: Final = 1024  # those whose causes have not arrived
OPERATIONS_PER_MEMBER_MAX: Final = 5_000  # of one life among them: nobody fills the room alone
OPERATIONS_PER_REPLY_MAX: Final = 64  # sent at once to a peer that lacks them
AUTHORS_ADDED_MAX: Final = 16  # lives that one decree admits: with three of them in one datagram
AUTHORS_BROUGHT_MAX: Final = 32  # who are no members, on one member's word, at a merge …
AUTHORS_BROUGHT_NS: Final = 60 * SECOND  # … and then one in so long: nobody makes up a room
VECTOR_ENTRIES_MAX: Final = 256  # lives that a clock may name: those since, and one of each author
VECTOR_ENTRIES_PER_DIGEST: Final = 20  # entries of 52 bytes that fit a datagram
DEPENDENCIES_MAX: Final = 8  # entries of a delta-coded causal past: body and past fit a datagram
OPERATIONS_TAKEN_BURST: Final = 4096  # of one author at once: a merge brings what was kept …
OPERATIONS_TAKEN_PER_S: Final = 512  # … then twice as many as an honest one may write
FORGERIES_BURST: Final = 64  # that a peer may bring: a check of each costs us 0.1 ms …
FORGERIES_PER_S: Final = 8  # … and who goes on so is not heard on what others wrote
CHECKS_BURST: Final = 4096  # of other signatures that a peer brings at once: a wake's backlog …
CHECKS_PER_S: Final = 512  # … then as many as all STREAMS_MAX cost, passed on each KEYFRAME_NS
OPERATIONS_HELD_AGAINST: Final = 16  # of a life that said something else, to find where
OPERATION_REPEATS: Final = 2  # with the next beats: 0.2^3 lose all three at 20 % loss
CONVICTED_MAX: Final = 64  # lives, with a proof of 300 bytes: the first comes in again
ACCUSE_AGAIN_NS: Final = SECOND // 4  # a proof that is not decreed is told who coordinates so often
TURNED_AWAY_TOLD: Final = 3  # times that who is convicted is told why, each time that it comes
ANTI_ENTROPY_NS: Final = 33 * MILLISECOND  # who lacks operations asks one peer so often …
ANSWER_NS: Final = 100 * MILLISECOND  # … and another one if the last did not answer for so long

# What a node keeps for a room that loses power as a whole
SAVE_NS: Final = SECOND // 2  # race clock and newest states: as often as states are signed
RESUME_S: Final = 12 * 3600  # so long the history of a room that nobody left counts by itself
REVIVE_WAIT_NS: Final = 4 * SECOND  # for who may hold more, after each that came back: to boot

# Streams
STREAM_BYTES_MAX: Final = 64  # one car state
STREAMS_MAX: Final = 256  # kept, by owner and writer; who was silent longest gives way
STREAM_SELDOM_NS: Final = 50 * MILLISECOND  # with the first beat after so long: every other one
STREAM_SIGHT_NS: Final = 66 * MILLISECOND  # to who is in sight it goes alone after so long: 15 Hz
STREAM_OVERDUE_NS: Final = 200 * MILLISECOND  # and to all others: the beat to ride on is late
KEYFRAME_NS: Final = 500 * MILLISECOND  # how often a state is signed, for relays and snapshots

# Blocks (snapshots, content)
MILESTONES_MAX: Final = 16  # twice as far apart each: 2^14 decrees; of 12 bytes
SNAPSHOTS_KEPT: Final = 4  # newcomers of one moment ask for the same, or nearly so
BLOCK_BYTES: Final = 1000  # one block, one datagram
CONTENT_BYTES_MAX: Final = 4_000_000  # the largest content that is fetched by digest
BLOCKS_IN_FLIGHT_MAX: Final = 32  # asked for and not yet here, over all sources
ANSWER_BYTES_BURST: Final = (
    192_000  # to one peer at once: four contents' blocks in flight, and more
)
ANSWER_BYTES_PER_S: Final = 2_000_000  # and then: a newcomer has a megabyte within a second
BLOCK_RETRY_NS: Final = 80 * MILLISECOND  # a block that did not come is asked of another source

# Content that is shared by digest: circuits, recordings of laps
CONTENT_SEEK_NS: Final = 250 * MILLISECOND  # who has it is asked so often
CONTENT_STALL_NS: Final = SECOND  # no block for so long: its sources have gone
CONTENT_GIVE_UP_NS: Final = 5 * SECOND  # nobody has it; the program may want it again
CONTENTS_AT_ONCE_MAX: Final = 4  # fetched at a time: 128 blocks on their way
CONTENTS_WANTED_MAX: Final = 64  # wishes that wait for their turn
CONTENTS_HELD_BYTES_MAX: Final = 32_000_000  # shared: a board full of laps takes 7 MB

# Race clock
CLOCK_WINDOW_NS: Final = 8 * SECOND  # samples older than this say nothing about today's path
CLOCK_SAMPLES_MAX: Final = 256  # per peer: 8 s at 30 Hz
CLOCK_BEST_SAMPLES: Final = 5  # the least delayed ones, of which the median is believed
CLOCK_GOOD_DELAY_NS: Final = 20 * MILLISECOND  # one sample of so little delay, or five, may be …
CLOCK_RACE_US_MAX: Final = 2**52  # 142 years; half of what fits a beat: who follows can tell it on
CLOCK_STEP_NS: Final = 100 * MILLISECOND  # … stepped to on entering. Else only forwards, by more,
CLOCK_LEAP_NS: Final = SECOND  # or backwards by more than this: whose clock it is was stopped
CLOCK_STEPPED_NS: Final = 10 * MILLISECOND  # samples that disagree by more: their clock stepped
CLOCK_SLEW_NS: Final = 2 * SECOND  # other errors are mended in so long, …
CLOCK_SLEW_PERMILLE_MIN: Final = 5  # … not slower than this: nobody sees it
CLOCK_SLEW_PERMILLE_MAX: Final = 50  # … nor faster: cars would seem to jerk

# Peers, sessions, handshakes
PEERS_MAX: Final = 96  # nodes in one room, 64 and those who come and go
ADDRESSES_PER_PEER_MAX: Final = 8  # of one machine that are remembered, those on our networks first
ADVERTISED_MAX: Final = 32  # of our own that an advert names: a host of containers has dozens
LIVES_BURST: Final = 16  # new ones that one node tells of at once: splits and merges make a few, …
LIFE_APART_NS: Final = SECOND  # … and then one in so long: each is told, and written to disk
ACQUAINTANCES_MAX: Final = 256  # who was met, in any room, and is known again by name
HOSTS_MET_MAX: Final = 32  # machines of other evenings that are asked whether they race now
HANDSHAKES_HALF_OPEN_MAX: Final = 128  # an attacker's share of our memory
HANDSHAKE_RETRY_NS: Final = 100 * MILLISECOND  # first retry; doubles
HANDSHAKE_RETRY_MAX_NS: Final = 2 * SECOND  # a dead address is asked this seldom
HANDSHAKE_COOKIE_RATE: Final = 24  # above so many a second a cookie comes before arithmetic
HANDSHAKE_PER_HOST_RATE: Final = 20  # first messages a second from one host (WireGuard), …
HANDSHAKE_PER_NETWORK_RATE: Final = 40  # … from one network of fourteen hosts, with cookies, …
HANDSHAKE_NEWCOMER_RATE: Final = 50  # … from all hosts that were not here lately, …
HANDSHAKE_RETURNER_RATE: Final = 100  # … and from all that were: 50 ms of arithmetic in all
BUSY_NS: Final = 3 * SECOND  # more first messages than these for so long: people are told
HOSTS_REMEMBERED_MAX: Final = 1024
HOSTS_REMEMBERED_NS: Final = 600 * SECOND  # a flood of ten minutes counts as one that was here
NEGOTIATION_RATE: Final = 50  # answers a second, in all, to first messages of other versions
KEYS_MET_MAX: Final = 256  # of nodes that were in the room, for when they come again
TRIES_MAX: Final = 10  # wrong passphrases that a node hears out …
TRIES_NS: Final = 60 * SECOND  # … in so long: four digits take it 17 hours
TRIES_OF_HOSTS_MAX: Final = 30  # and of hosts that tried once
TRIES_MISTYPED: Final = (
    2  # that each member tells of, and nobody counts: a slip is one at all doors
)
DENIED_NS: Final = 20 * SECOND  # who denied us is not called again for so long
DOOR_SHUT_NS: Final = 30 * SECOND  # a room that we have not the word of is told of so often
COOKIE_SECRET_NS: Final = 120 * SECOND  # life of the secret behind cookies (WireGuard)
CANDIDATES_MAX: Final = 8  # who answered one Hello: of a forger and the honest one, both
REPLIES_READ_MAX: Final = 64  # answers to one Hello, most of them forged: 10 ms of arithmetic
FINISHES_READ_MAX: Final = 8  # third messages to one Reply, for which a product is worked out
CALLS_ADVERTISED_MAX: Final = 64  # at addresses that only adverts name: a room of 64 at once
CALLS_PER_HOST_MAX: Final = 4  # of them to one host: a node of each of four people on it
CALLS_INTRODUCED_MAX: Final = 96  # at addresses that members name: a whole room
CALLS_OWN_MAX: Final = 128  # at those of peers we had, of the journal, and named by a person
HINT_BYTES_MAX: Final = 8192  # of adverts, not yet spent on greeting whom they name
HINT_HELLO_RATE: Final = 16  # a second, to all whom only adverts name
HINT_HELLOS_MAX: Final = 4  # to one of them that does not answer: 0.2^4 are lost at 20 % loss
INTRODUCED_HELLO_RATE: Final = 512  # a second, to all whom only members name, an eighth at once
GREETING_TURN_NS: Final = 4 * SECOND  # so long it is one of a room who greets whom adverts name
REPLAY_WINDOW: Final = 1024  # 8 s at 130 datagrams a second
REKEY_NS: Final = 120 * SECOND  # a session's keys live so long (WireGuard)
REKEY_DATAGRAMS: Final = 2**20  # or so many datagrams
REJECT_NS: Final = 180 * SECOND  # and never longer than this
INTRODUCE_NS: Final = SECOND  # how often a peer is told of the others we talk to, where …
INTRODUCERS: Final = 8  # … so many tell it; where more do, each tells more seldom
PATH_CHALLENGE_NS: Final = 250 * MILLISECOND  # retry of an unanswered path challenge
PATH_SEEK_NS: Final = 50 * MILLISECOND  # where else a silent peer may be is asked so often, …
SEARCH_BYTES_MAX: Final = 4096  # … for what it said before, and what is said of it: 80 challenges

# Relays: where two members do not hear each other, a third passes on what they seal
RELAY_AFTER_NS: Final = 600 * MILLISECOND  # who was not met straight so long after it was named
RELAY_SILENT_NS: Final = 100 * MILLISECOND  # three beats: another relay is in use within 200 ms
RELAY_SILENT_WARY_NS: Final = 350 * MILLISECOND  # where the network is full: five beats, then
RELAYS_ASKED: Final = 3  # members of whom each is asked at a time whether it hears a lost peer
STRAIGHT_SEEK_NS: Final = SECOND  # whether a peer can be reached straight again is tried so often
RELAY_HOPS_MAX: Final = 3  # members that pass one datagram on: rooms of five in a row
RELAY_BYTES_BURST: Final = 192_000  # for one peer at once: what 24 say in a second …
RELAY_BYTES_PER_S: Final = 1_000_000  # … and then: twenty-four cars' states to all the others
RELAY_DATAGRAM_BYTES: Final = 100  # each counts so many more: a small one costs us as much
ISLAND_HEARD_NS: Final = 26 * SECOND  # an advert is heard again in 24 s, where only mDNS carries …
ISLAND_SETTLED_NS: Final = 35 * SECOND  # … and who died is remembered for 30: no island of the dead
SIGHTINGS_MAX: Final = 256  # races and nodes that discovery may have us remember

# Nodes of other versions
TELL_AGAIN_NS: Final = 10 * SECOND  # of each so often: a person reads it
TOLD_MAX: Final = 8  # of so many of a kind in that time, whatever strangers make up
ELSEWHERE_ROOM_NS: Final = 10 * SECOND  # who called lately and was told so: sightings are 5 s apart
ELSEWHERE_WAIT_NS: Final = 60 * SECOND  # who said so for so long may lie: the room is founded
ELSEWHERE_HEARSAY_NS: Final = 3 * SECOND  # the same of whom we have not called yet

# Leaving
FAREWELLS: Final = 10  # a leave is said so many times, a tick apart: it is not acknowledged

# Text and names
NAME_CHARS_MAX: Final = 20  # a driver's name, over a car
RACE_NAME_CHARS_MAX: Final = 24  # a race's name, in a list
PORT_DEFAULT: Final = 0  # any free port: discovery tells which; several nodes on one machine
