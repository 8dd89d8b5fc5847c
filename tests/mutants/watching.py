"""Mutants of who is taken for alive, of heartbeats, of the loop and of the race clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.cluster import failure_detector
from net.cluster.failure_detector import FailureDetector
from net.cluster.loop_monitor import LoopMonitor
from net.cluster.race_clock import RaceClock, _Path
from net.node.frame_reader import FrameReader
from net.node.heartbeat_exchange import HeartbeatExchange
from net.node.heartbeats import Heartbeats
from net.node.lineage.hand_over import HandOverPolicy
from net.node.lineage.succession import Succession
from net.node.liveness import Liveness
from net.node.readings import NodeReadings
from net.sim.mutants import Edit, Mutant

WATCHING: Final[Mapping[str, Mutant]] = {
    "former-life-revives": Mutant(
        "a packet of a former life counts as one of the present",
        edits=(
            Edit(
                FailureDetector.on_heard,
                "or (watch is not None and incarnation < watch.incarnation)",
                "",
            ),
        ),
    ),
    "evidence-of-any-life": Mutant(
        "evidence of a former life counts for the present",
        edits=(
            Edit(
                FailureDetector.on_evidence,
                "if suspicion.incarnation != watch.incarnation:",
                "if False:",
            ),
        ),
    ),
    "evidence-of-itself": Mutant(
        "who is suspected may speak for itself",
        edits=(
            Edit(
                FailureDetector.on_evidence,
                "watch is None or suspicion.node == reporter",
                "watch is None",
            ),
        ),
    ),
    "evidence-ignored": Mutant(
        "what others have heard counts for nothing",
        edits=(
            Edit(
                FailureDetector.on_evidence,
                "watch.evidence_ns = max(watch.evidence_ns, now_ns - age_ns)",
                "pass",
            ),
        ),
    ),
    "answers-asked-again": Mutant(
        "an answer counts as a question, so two nodes echo each other for ever",
        edits=(Edit(FailureDetector.on_evidence, "if age_ns > self._suspect_ns:", "if True:"),),
    ),
    "farewell-of-any-life": Mutant(
        "a farewell of a former life ends the present one",
        edits=(
            Edit(
                FailureDetector.on_left,
                "watch is not None and watch.incarnation == incarnation",
                "watch is not None",
            ),
        ),
    ),
    "farewell-unproved": Mutant(
        "and the node believes it",
        edits=(Edit(Liveness.on_farewell, "if incarnation != peer.incarnation:", "if False:"),),
    ),
    "one-refusal": Mutant(
        "one refusal shortens the wait",
        edits=(
            Edit(
                FailureDetector.on_refused,
                "watch.refused_ns = now_ns",
                "watch.refused_ns, watch.refused_twice = now_ns, True",
            ),
        ),
    ),
    "refusals-echoed": Mutant(
        "two refusals at once shorten the wait",
        edits=(
            Edit(
                FailureDetector.on_refused,
                "now_ns - watch.refused_ns >= REFUSALS_APART_NS",
                "True",
            ),
        ),
    ),
    "refusals-stay": Mutant(
        "refusals count though the node was heard since",
        edits=(
            Edit(
                FailureDetector.on_heard,
                "watch.refused_ns, watch.refused_twice = None, False",
                "pass",
            ),
        ),
    ),
    "isolation-ignored": Mutant(
        "who hears nobody accuses all as fast as ever",
        edits=(
            Edit(
                FailureDetector._suspicion_timeout_ns,
                "living >= 2 and 2 * stale > living + 1",
                "False",
            ),
        ),
    ),
    "pair-ignored": Mutant(
        "of two nodes one is down as fast as of three",
        edits=(
            Edit(
                FailureDetector._suspicion_timeout_ns,
                "DOWN_PAIR_NS if living < 2 else DOWN_NS",
                "DOWN_NS",
            ),
        ),
    ),
    "lateness-ignored": Mutant(
        "who runs late judges as fast as ever",
        edits=(
            Edit(
                FailureDetector._suspicion_timeout_ns,
                "int(wait_ns * self._health.timeout_scale)",
                "wait_ns",
            ),
        ),
    ),
    "lateness-without-bound": Mutant(
        "who runs late waits for ever",
        edits=(
            Edit(
                FailureDetector._suspicion_timeout_ns,
                "min(int(wait_ns * self._health.timeout_scale), DOWN_ISOLATED_NS)",
                "int(wait_ns * self._health.timeout_scale)",
            ),
        ),
    ),
    "pause-unforgiven": Mutant(
        "after a pause of its own a node accuses all",
        edits=(
            Edit(FailureDetector.on_pause, "watch.heard_ns = watch.evidence_ns = now_ns", "pass"),
        ),
    ),
    "accused-unprobed": Mutant(
        "a suspect is not asked",
        edits=(
            Edit(
                failure_detector._update_health,
                "verdicts.extend(_probe(node, watch, now_ns))",
                "pass",
            ),
        ),
    ),
    "late-unprobed": Mutant(
        "where beats are rarer, nobody is asked before it is suspected",
        edits=(
            Edit(
                FailureDetector.on_tick,
                "silent_ns > late_ns or ",
                "",
            ),
        ),
    ),
    "rare-for-all": Mutant(
        "who suspects somebody goes on beating seldom",
        edits=(
            Edit(
                HeartbeatExchange.due,
                "(calm and not self._detector.suspects)",
                "calm",
            ),
        ),
    ),
    "full-unheeded": Mutant(
        "on a full network a suspicion makes beats faster",
        edits=(Edit(HeartbeatExchange.due, "wary or ", ""),),
    ),
    "starved-blames-network": Mutant(
        "who is kept from the processor says that the network is full",
        edits=(Edit(NodeReadings.lag, "is_filled and self._loop.is_starved", "False"),),
    ),
    "starved-by-one-stall": Mutant(
        "one stall of the loop counts as a busy machine",
        edits=(Edit(LoopMonitor.on_tick, "self._delay_ns >= STARVED", "delay_ns >= STARVED"),),
    ),
    "down-for-good": Mutant(
        "who was down and is heard again stays down",
        edits=(
            Edit(
                failure_detector._update_health,
                "if watch.health is not Health.ALIVE:",
                "if watch.health is Health.SUSPECT:",
            ),
        ),
    ),
    "dead-remembered": Mutant(
        "who is gone is kept for ever",
        edits=(
            Edit(
                FailureDetector.on_tick,
                "now_ns - max(watch.ended_ns, watch.heard_ns) > FORGET_DOWN_NS",
                "False",
            ),
        ),
    ),
    "beat-overtaken": Mutant(
        "an older heartbeat counts after a newer one",
        edits=(
            Edit(
                HeartbeatExchange.on_heartbeat,
                "if beat.sent_us <= record.sent_us:",
                "if beat.sent_us == record.sent_us:",
            ),
        ),
    ),
    "beat-of-any-life": Mutant(
        "a heartbeat counts for whatever life it is of",
        edits=(
            Edit(
                HeartbeatExchange.on_heartbeat,
                "if beat.incarnation != peer.incarnation:",
                "if False:",
            ),
        ),
    ),
    "account-unknown": Mutant(
        "a heartbeat confirms an account that was never heard",
        edits=(
            Edit(
                HeartbeatExchange.on_heartbeat, "return record.serial == beat.serial", "return True"
            ),
        ),
    ),
    "account-untold": Mutant(
        "an account is told once, and lost with that datagram",
        edits=(
            Edit(
                Heartbeats.compose,
                "None if heard.known == self._serial else self._summary",
                "None if heard.known else self._summary",
            ),
        ),
    ),
    "frame-of-any-life": Mutant(
        "a frame counts for whatever life it is of",
        edits=(
            Edit(
                FrameReader.sender_of,
                "if peer is None or peer.incarnation != incarnation:",
                "if peer is None:",
            ),
        ),
    ),
    "peers-without-bound": Mutant(
        "a node knows peers without end",
        edits=(
            Edit(Liveness.admit_peer, "peer is None and len(self._peers) >= PEERS_MAX", "False"),
        ),
    ),
    "overload-unnoticed": Mutant(
        "a loop that runs late says that it keeps time",
        edits=(
            Edit(
                LoopMonitor.is_overloaded,
                "self._ticked_ns - self._overloaded_ns < OVERLOAD_REST_NS",
                "False",
            ),
        ),
    ),
    "overload-for-good": Mutant(
        "a loop that ran late once never coordinates again",
        edits=(
            Edit(
                LoopMonitor.is_overloaded,
                "self._ticked_ns - self._overloaded_ns < OVERLOAD_REST_NS",
                "self._overloaded_ns > 0",
            ),
        ),
    ),
    "hands-over-to-and-fro": Mutant(
        "who is overloaded hands over to one that is as well",
        edits=(Edit(HandOverPolicy.is_due, "or not heir_is_fit", ""),),
    ),
    "hands-over-at-once": Mutant(
        "who is overloaded hands over before it knows whether all are",
        edits=(Edit(HandOverPolicy.is_due, "now_ns - self._since_ns >= OVERLOAD_WAIT_NS", "True"),),
    ),
    "heirs-of-any-lineage": Mutant(
        "members that follow another lineage count as living here",
        edits=(Edit(Succession.live_members, "and peer.lineage == lineage", ""),),
    ),
    "unfit-first": Mutant(
        "who is not fit to coordinate stands as soon as who is",
        edits=(
            Edit(
                Succession.members_by_rank,
                "key=lambda m: not self.is_fit_to_lead(m, fit)",
                "key=lambda m: False",
            ),
        ),
    ),
    "vacancy-unseen": Mutant(
        "a coordinator that says that it is none is followed on",
        edits=(
            Edit(
                Succession._lacks_coordinator,
                "peer.standing_ns > voter.heard_ns and silent_ns > voter.patient_ns(LEASE_NS)",
                "False",
            ),
        ),
    ),
    "clock-runs-back": Mutant(
        "a race clock is set back at once",
        edits=(
            Edit(
                RaceClock._should_step,
                "error_ns > CLOCK_STEP_NS or error_ns < -CLOCK_LEAP_NS",
                "True",
            ),
        ),
    ),
    "clock-of-anybody": Mutant(
        "a race clock follows whoever beats",
        edits=(
            Edit(
                RaceClock.on_sample,
                "not self._presiding and (node == self._reference or lost)",
                "not self._presiding",
            ),
        ),
    ),
    "coordinator-follows": Mutant(
        "who coordinates follows others' race clocks",
        edits=(
            Edit(
                RaceClock.on_sample,
                "not self._presiding and (node == self._reference or lost)",
                "True",
            ),
        ),
    ),
    "clock-without-bound": Mutant(
        "a race clock at the end of the range is followed",
        edits=(
            Edit(RaceClock.on_sample, "or not 0 < race_us <= CLOCK_RACE_US_MAX", "or race_us <= 0"),
        ),
    ),
    "clock-by-any-sample": Mutant(
        "a room is entered by the first sample, however late it came",
        edits=(Edit(RaceClock._should_step, "self._entering and path.is_good", "self._entering"),),
    ),
    "void-samples-count": Mutant(
        "what a peer told before its clock was set counts on",
        edits=(
            Edit(
                _Path.add,
                "abs(sample.offset_ns - last.offset_ns) > CLOCK_STEPPED_NS + doubt_ns",
                "False",
            ),
        ),
    ),
    "founded-twice": Mutant(
        "who founds starts the race clock anew, whatever it shows",
        edits=(
            Edit(
                RaceClock.found,
                "self._offset_ns is None or self.race_ns(now_ns) < from_ns",
                "True",
            ),
        ),
    ),
}
