"""The switch is told to drop what was asked for, and nothing else."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.lan.drops import Drop, ruleset
from tests.lan.lab import Lan, needs_lan

LISTEN = """
import socket, sys
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
here.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)  # SO_RCVBUFFORCE: all 500 fit, however late we are
here.bind(("", 7000))
here.settimeout(float(sys.argv[1]))  # a sender's Python takes its time to start
print('{"event": "ready"}', flush=True)
heard = 0
try:
    while here.recv(100) != b"end":
        heard += 1
        here.settimeout(0.5)
except TimeoutError:
    pass
print('{"event": "heard", "count": %d}' % heard, flush=True)
"""
SEND = """
import socket, sys
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(500):
    assert here.sendto(b"datagram", (sys.argv[1], 7000)) == 8
"""


def test_nothing_is_dropped_by_default_and_old_rules_go() -> None:
    assert ruleset([]).split("\n") == ["table netdev drops", "delete table netdev drops", ""]


def test_a_rule_is_of_its_senders_its_target_and_its_share() -> None:
    rules = ruleset([Drop((0, 2), share=0.2), Drop((2,), to="10.77.0.2")])
    assert rules.count("device port0 ") == rules.count("device port2 ") == 1
    assert rules.count("meta protocol ip numgen random mod 1000 < 200 drop") == 2
    assert rules.count("meta protocol ip ip daddr 10.77.0.2 drop") == 1


def heard(lan: Lan, receiver: int, sender: int) -> int:
    """Return how many of 500 datagrams arrive; the sender is told of no error."""
    to = lan.boxes[receiver]
    listener = to.run(sys.executable, "-c", LISTEN, "2.5")
    listener.wait_for(10, event="ready")
    assert lan.boxes[sender].run(sys.executable, "-c", SEND, to.address).finish(10) == 0
    return int(listener.wait_for(10, event="heard")["count"])


@pytest.mark.lan
@pytest.mark.skipif(shutil.which("nft") is None, reason="needs nftables")
@needs_lan[1]
def test_the_lab_loses_cuts_one_way_pulls_cables_and_moves_boxes() -> None:
    lan = Lan(2)
    try:
        assert heard(lan, 0, 1) == 500
        lan.drop(Drop((0, 1), share=0.2))
        assert 330 < heard(lan, 0, 1) < 470
        lan.drop(Drop((1,)))
        assert (heard(lan, 0, 1), heard(lan, 1, 0)) == (0, 500)
        lan.drop()
        lan.boxes[0].move("10.77.0.99")
        assert heard(lan, 0, 1) == 500
        lan.pull(0)
        assert heard(lan, 0, 1) == 0
        lan.plug(0)
        assert heard(lan, 0, 1) == 500
    finally:
        lan.close()
