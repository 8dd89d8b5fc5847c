"""Processes of bots: what they do first, and how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from net import NodeId
from net.node.program import SavePeer
from net.runtime.disk.profile import Profile
from net.security.room_secret import RoomSecret
from tests.loopback import race_name

pytestmark = pytest.mark.process

HERE = ("--interface", "127.0.0.1")
SLOW = ("asyncio", "importlib.metadata", "pygame", "racer.app.window", "ssl", "zeroconf")

UNTIL_THE_HELLO = f"""
import json, os, sys
from net.runtime.sockets import UdpSocket
from racer.app.circuits import catalog as circuits
from racer.app.commands.cli import main

def on_send(self, data, address, lane=None):
    slow = [name for name in {SLOW!r} if name in sys.modules]
    told = {{"to": address, "slow": slow, "read": circuits.circuit.cache_info().currsize}}
    print(json.dumps(told), flush=True)
    os._exit(0)

UdpSocket.send = on_send
main(sys.argv[1:])
"""


def test_a_bot_that_starts_again_greets_those_it_met_before_it_imports_or_reads_what_is_slow(
    tmp_path: Path,
) -> None:
    profile = Profile.open(tmp_path)
    journal = profile.journal(RoomSecret("Demo", None).tag)
    journal.enter("Demo")
    journal.save(SavePeer(NodeId(bytes(16)), ("127.0.0.1", 4747)))
    profile.close()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            UNTIL_THE_HELLO,
            "bot",
            "--race",
            "Demo",
            "--profile",
            str(tmp_path),
            *HERE,
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    assert json.loads(done.stdout) == {"to": ["127.0.0.1", 4747], "slow": [], "read": 0}


AT_ITS_FIRST_IMPORT = """
import os, runpy, signal, sys
import enum, functools, importlib.util

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name not in ("racer", "racer.__main__", "__future__"):
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests may ignore it
for name in ("enum", "signal"):
    del sys.modules[name]
sys.meta_path.insert(0, Interrupts())
runpy.run_module("racer", run_name="__main__")
"""


def test_who_interrupts_it_while_python_reads_it_gets_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_ITS_FIRST_IMPORT, "tracks"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_bot_that_stays_leaves_in_good_order_when_it_is_told_to_while_its_input_is_open(
    tmp_path: Path, number: signal.Signals
) -> None:
    words = ["--stay", "--race", race_name(), "--profile", str(tmp_path), *HERE]
    with subprocess.Popen(
        [sys.executable, "-m", "racer", "bot", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as bot:
        assert bot.stdout is not None
        assert any(b'"joined"' in line for line in bot.stdout)
        bot.send_signal(number)
        assert bot.wait(10) == 1  # no results
        assert bot.stderr is not None
        assert bot.stderr.read() == b""
