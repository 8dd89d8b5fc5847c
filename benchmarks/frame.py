"""What one frame of a race costs the processor: 1280 by 720, 16 cars, HUD, minimap, chat, smoke.

Run: python benchmarks/frame.py [FRAMES]. Without a window; the flip is not part of it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import gc  # noqa: E402

from racer.app.window.canvas import Canvas  # noqa: E402
from racer.app.window.circuits import Circuits  # noqa: E402
from racer.app.window.room import Room  # noqa: E402
from racer.app.window.scene import Frame  # noqa: E402
from racer.app.window.screen import open_display  # noqa: E402
from racer.app.window.stage import Stage  # noqa: E402
from racer.play.view import Start  # noqa: E402
from tests.app.fakes import FakeSeat  # noqa: E402

FRAME_NS = 16_666_667
WARM_FRAMES = 1200  # the lobby, the countdown, and the first half of a lap


def main(frames: int) -> int:
    """Print the median and the 99th percentile of a frame's processor time."""
    circuits = Circuits()
    screen = open_display(hidden=True)
    seat = FakeSeat(circuits, cars=16, laps=50)
    seat.drama = True
    room = Room(seat, Stage(circuits))
    canvas = Canvas(screen.surface())
    for k in range(6):
        seat.hear("Grace", f"line {k} of some chat, as people write it")
    gc.freeze()
    costs = []
    for k in range(WARM_FRAMES + frames):
        if k == WARM_FRAMES // 2:
            seat.send(Start())
        seat.step()
        seat.view()  # made by the network's thread, in the game
        before = time.thread_time_ns()
        room.draw(canvas, Frame(1 / 60, k * FRAME_NS))
        costs.append(time.thread_time_ns() - before)
    measured = sorted(costs[WARM_FRAMES:])
    p50, p99 = measured[frames // 2], measured[frames * 99 // 100]
    sys.stdout.write(
        f"frame at 1280x720, 16 cars: p50 {p50 / 1e6:.2f} ms, p99 {p99 / 1e6:.2f} ms,"
        f" most {measured[-1] / 1e6:.2f} ms over {frames} frames\n"
    )
    screen.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
