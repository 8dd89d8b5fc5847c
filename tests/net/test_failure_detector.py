from __future__ import annotations

from random import Random

from net.cluster.failure_detector import (
    Down,
    FailureDetector,
    Health,
    ProbeNow,
    Recovered,
    Suspected,
    calm_beat_ns,
)
from net.cluster.local_health import LocalHealth
from net.limits import (
    BEAT_LATE_NS,
    BEATS_FULL_PEERS,
    DOWN_ISOLATED_NS,
    DOWN_NS,
    DOWN_PAIR_NS,
    FORGET_DOWN_NS,
    HEARTBEAT_NS,
    MILLISECOND,
    SECOND,
    SUSPECT_NS,
    TICK_NS,
)
from net.wire.messages import Suspicion
from tests.net.healths import ON_TIME, FixedHealth

ME, A, B, C = (bytes([k]) * 16 for k in range(4))


def down_after(detector: FailureDetector, node: bytes, heard: list[bytes], until_ns: int) -> int:
    """Return how long after 0 `node` goes down while the detector goes on hearing `heard`."""
    now = 0
    while now < until_ns:
        now += TICK_NS
        for other in heard:
            detector.on_heard(other, 1, now)
        if any(isinstance(v, Down) and v.node == node for v in detector.on_tick(now)):
            return now
    return -1


def meet(*nodes: bytes, health: LocalHealth = ON_TIME) -> FailureDetector:
    detector = FailureDetector(ME, health)
    for node in nodes:
        detector.on_heard(node, 1, 0)
    return detector


def test_of_three_nodes_a_silent_one_is_down_after_350_ms() -> None:
    took = down_after(meet(A, B), A, [B], SECOND)
    assert DOWN_NS < took <= DOWN_NS + TICK_NS


def test_of_two_nodes_a_silent_one_is_down_after_450_ms() -> None:
    took = down_after(meet(A), A, [], SECOND)
    assert DOWN_PAIR_NS < took <= DOWN_PAIR_NS + TICK_NS


def test_who_runs_late_itself_judges_later() -> None:
    detector = meet(A, B, health=FixedHealth(timeout_scale=2.0))
    took = down_after(detector, A, [B], 2 * SECOND)
    assert 2 * DOWN_NS < took <= 2 * DOWN_NS + TICK_NS


def test_who_runs_very_late_still_judges_after_a_second() -> None:
    detector = meet(A, B, C, health=FixedHealth(timeout_scale=3.0))
    took = down_after(detector, A, [B, C], 2 * SECOND)
    assert DOWN_ISOLATED_NS < took <= DOWN_ISOLATED_NS + TICK_NS


def test_who_hears_nobody_suspects_itself_and_waits_a_second() -> None:
    took = down_after(meet(A, B, C), A, [], 2 * SECOND)
    assert DOWN_ISOLATED_NS < took <= DOWN_ISOLATED_NS + TICK_NS


def test_beats_of_a_calm_large_room_are_rarer_and_cost_no_more_than_the_room_is_large() -> None:
    assert calm_beat_ns(1) == calm_beat_ns(BEATS_FULL_PEERS) == HEARTBEAT_NS
    assert [calm_beat_ns(peers) // HEARTBEAT_NS for peers in (8, 11, 15, 23, 63)] == [2, 3, 4, 5, 5]
    assert all(peers * SECOND / calm_beat_ns(peers) <= 190 for peers in range(8, 32))


def test_where_beats_are_rarer_a_late_one_is_probed_for_before_anybody_is_suspected() -> None:
    room = [bytes([k]) * 16 for k in range(1, 16)]
    detector = meet(*room)
    detector.on_tick(0)
    apart_ns = detector.beat_ns
    told: dict[type, int] = {}
    for now in range(0, SECOND, TICK_NS):
        for other in room[1:]:
            detector.on_heard(other, 1, now)
        for verdict in detector.on_tick(now):
            told.setdefault(type(verdict), now)
    assert apart_ns + BEAT_LATE_NS < told[ProbeNow] <= apart_ns + BEAT_LATE_NS + TICK_NS
    suspect_ns = SUSPECT_NS + apart_ns - HEARTBEAT_NS
    assert suspect_ns < told[Suspected] <= suspect_ns + TICK_NS
    assert DOWN_NS < told[Down] <= DOWN_NS + TICK_NS


def test_where_beats_are_rarer_a_refusal_is_asked_about_at_once_and_two_decide_as_fast() -> None:
    room = [bytes([k]) * 16 for k in range(1, 16)]
    detector = meet(*room)
    detector.on_tick(0)
    refused_ns = 3 * TICK_NS
    detector.on_refused(room[0], refused_ns)
    assert detector.on_tick(refused_ns) == [ProbeNow(room[0])]
    detector.on_refused(room[0], refused_ns + HEARTBEAT_NS)
    took = down_after(detector, room[0], room[1:], SECOND)
    assert SUSPECT_NS < took <= SUSPECT_NS + TICK_NS


def test_a_suspect_is_told_and_probed_before_it_is_down() -> None:
    detector = meet(A, B)
    now = 200 * MILLISECOND
    detector.on_heard(B, 1, now)
    verdicts = detector.on_tick(now)
    assert verdicts == [Suspected(A, 1), ProbeNow(A)]
    assert [s.node for s in detector.suspicions(now)] == [A]


def test_a_peers_evidence_keeps_a_suspect_from_going_down() -> None:
    detector = meet(A, B)
    for now in range(0, 2 * SECOND, HEARTBEAT_NS):
        detector.on_heard(B, 1, now)
        detector.on_evidence(B, [Suspicion(A, 1, 5)], now)
        assert not any(isinstance(v, Down) for v in detector.on_tick(now))
    assert detector.state_of(A) is Health.SUSPECT


def test_who_is_asked_about_a_suspect_answers_with_its_own_evidence() -> None:
    detector = meet(A, B)
    now = 100 * MILLISECOND
    assert detector.suspicions(now) == ()
    detector.on_evidence(B, [Suspicion(A, 1, 50)], now)
    assert detector.suspicions(now) == (Suspicion(A, 1, 25),)


def test_an_answer_is_no_question_so_two_nodes_do_not_echo_for_ever() -> None:
    detector = meet(A, B)
    detector.on_evidence(B, [Suspicion(A, 1, 5)], 50 * MILLISECOND)
    assert detector.suspicions(50 * MILLISECOND) == ()


def test_evidence_about_a_former_life_is_none() -> None:
    detector = meet(B)
    detector.on_heard(A, 2, 0)
    now = 400 * MILLISECOND
    detector.on_heard(B, 1, now)
    detector.on_evidence(B, [Suspicion(A, 1, 0)], now)
    assert Down(A, 2) in detector.on_tick(now)


def test_a_packet_of_a_former_life_does_not_revive_a_node() -> None:
    detector = meet(B)
    detector.on_heard(A, 2, 0)
    detector.on_heard(A, 1, 400 * MILLISECOND)
    detector.on_heard(B, 1, 400 * MILLISECOND)
    assert Down(A, 2) in detector.on_tick(400 * MILLISECOND)


def test_a_node_that_is_heard_again_recovers_and_a_new_life_starts_alive() -> None:
    detector = meet(A, B)
    detector.on_heard(B, 1, 400 * MILLISECOND)
    detector.on_tick(400 * MILLISECOND)
    assert detector.state_of(A) is Health.DOWN
    detector.on_heard(A, 1, 500 * MILLISECOND)
    assert Recovered(A, 1) in detector.on_tick(500 * MILLISECOND)
    detector.on_left(A, 1)
    detector.on_heard(A, 2, 510 * MILLISECOND)
    assert detector.state_of(A) is Health.ALIVE


def test_who_left_is_neither_suspected_nor_recovered() -> None:
    detector = meet(A, B)
    detector.on_left(A, 1)
    detector.on_heard(A, 1, 10 * MILLISECOND)
    for now in range(0, SECOND, TICK_NS):
        detector.on_heard(B, 1, now)
        assert detector.on_tick(now) == []
    assert detector.state_of(A) is Health.LEFT


def test_after_a_pause_of_ours_nobody_is_accused() -> None:
    detector = meet(A, B, C)
    detector.on_pause(5 * SECOND)
    assert detector.on_tick(5 * SECOND) == []


def test_two_refusals_shorten_the_wait_and_one_does_not() -> None:
    for refusals, expected in ((1, DOWN_NS), (2, 150 * MILLISECOND)):
        detector = meet(A, B)
        for k in range(refusals):
            detector.on_refused(A, (20 + 20 * k) * MILLISECOND)
        took = down_after(detector, A, [B], SECOND)
        assert expected < took <= expected + TICK_NS


def test_refusals_that_somebody_forges_of_who_is_heard_count_no_more() -> None:
    detector, now = meet(A, B), 0
    for beat in range(300):
        silent = beat % 30 in {20, 21, 22, 23, 24}  # lost in a row: 200 ms without a word
        for is_beat in (False, True):
            now += TICK_NS
            detector.on_refused(A, now - TICK_NS // 8)
            detector.on_heard(B, 1, now)
            if is_beat and not silent:
                detector.on_heard(A, 1, now)
            assert not [v for v in detector.on_tick(now) if isinstance(v, Down)], beat


def test_a_packet_after_refusals_clears_them() -> None:
    detector = meet(A, B)
    detector.on_refused(A, 0)
    detector.on_refused(A, 20 * MILLISECOND)
    detector.on_heard(A, 1, 30 * MILLISECOND)
    took = down_after(detector, A, [B], SECOND)
    assert took > DOWN_NS


def test_a_node_that_is_gone_for_long_is_forgotten() -> None:
    detector = meet(A, B)
    for now in range(0, FORGET_DOWN_NS + 2 * SECOND, 100 * MILLISECOND):
        detector.on_heard(B, 1, now)
        detector.on_tick(now)
    assert detector.state_of(A) is Health.UNKNOWN


def test_at_20_percent_loss_nobody_who_runs_is_called_down() -> None:
    rng = Random(7)
    nodes = [bytes([k]) * 16 for k in range(4)]
    detectors = [FailureDetector(node, ON_TIME) for node in nodes]
    for detector in detectors:
        for node in nodes:
            detector.on_heard(node, 1, 0)
    for now in range(0, 120 * SECOND, HEARTBEAT_NS):
        beats = [detector.suspicions(now) for detector in detectors]
        for to, detector in enumerate(detectors):
            for sender in range(4):
                if sender != to and rng.random() > 0.2:
                    detector.on_heard(nodes[sender], 1, now)
                    detector.on_evidence(nodes[sender], beats[sender], now)
            assert not any(isinstance(v, Down) for v in detector.on_tick(now))
