"""The window's end of the painting process: a thread says orders, another takes tiles in.

A pipe holds less than a circuit has, and what reads it may just begin or paint: a frame must not
wait for that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.leaving import dismiss
from racer.app.window.world.tiles.orders import Circuit, PaintTile, read_tile, write_order
from racer.app.window.world.tiles.painting import Finished, PaintingHere, Wish
from racer.app.window.world.tiles.tile_painter import TILE

if TYPE_CHECKING:
    from racer.app.window.world.tiles.orders import TileHead
    from racer.app.window.world.tiles.painting import Painting
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

AHEAD_MAX: Final = 4  # tiles on their way that nobody waits for: what is seen next goes before more
END_S: Final = 1.0  # a process that has not ended by then is stopped
WORDS: Final = (sys.executable, "-m", "racer.app.window.world.tiles.process")


@final
class WorkshopBeside:
    """One process that paints for one window, whichever circuit was begun last."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: Thread | None = None
        self._orders: SimpleQueue[Circuit | PaintTile | None] = SimpleQueue()
        self._painting: PaintingBeside | None = None
        self._count = 0

    def begin(self, track: Track, line: RacingLine, scales: tuple[float, ...]) -> Painting:
        process = self._process or self._start_process()
        if process is None:
            return PaintingHere(track, line, scales)
        self._count += 1
        circuit = Circuit(self._count, track, line, scales)
        self._painting = PaintingBeside(self._orders, circuit)
        if process.poll() is not None:
            self._painting.on_end()
        return self._painting

    def close(self) -> None:
        if self._process is None or self._reader is None:
            return
        self._orders.put(None)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _start_process(self) -> subprocess.Popen[bytes] | None:
        try:
            process = subprocess.Popen(
                WORDS,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1"},
            )
        except OSError:
            return None
        self._process = process
        self._reader = Thread(target=self._read_tiles, args=(process,), name="tiles", daemon=True)
        self._reader.start()
        Thread(target=self._say_orders, args=(process,), name="orders", daemon=True).start()
        return process

    def _say_orders(self, process: subprocess.Popen[bytes]) -> None:
        """Say what is ordered, until there is an end to it or nobody hears it."""
        assert process.stdin is not None, "it was asked for"
        while (order := self._orders.get()) is not None:
            try:
                write_order(process.stdin, order)
            except OSError:
                break
        dismiss(process)

    def _read_tiles(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None, "it was asked for"
        with process.stdout as tiles:
            while (told := read_tile(tiles)) is not None:
                if self._painting is not None:
                    self._painting.on_tile(*told)
        if self._painting is not None:
            self._painting.on_end()


@final
class PaintingBeside:
    """One circuit that another process paints; where that ends, this one goes on."""

    def __init__(self, orders: SimpleQueue[Circuit | PaintTile | None], circuit: Circuit) -> None:
        self.begun = False
        self._orders = orders
        self._circuit = circuit
        self._waiting: set[Wish] = set()
        self._arrived: deque[Finished] = deque()  # by the thread that reads
        self._here: PaintingHere | None = None
        orders.put(circuit)

    def spare(self) -> int:
        if self._here is not None:
            return self._here.spare()
        return max(0, AHEAD_MAX - len(self._waiting)) if self.begun else 0

    def order(self, wish: Wish) -> None:
        if self._here is not None:
            self._here.order(wish)
        elif wish not in self._waiting:
            self._waiting.add(wish)
            self._orders.put(PaintTile(wish.scale, *wish.key))

    def finished(self) -> list[Finished]:
        finished = [self._arrived.popleft() for _ in range(len(self._arrived))]
        self._waiting.difference_update(wish for wish, _ in finished)
        return finished if self._here is None else [*finished, *self._here.finished()]

    def on_tile(self, head: TileHead, pixels: bytes) -> None:
        """Take in what the process has painted, in the thread that reads."""
        if head.number != self._circuit.number:
            return
        if head.scale < 0:
            self.begun = True
            return

        def put(onto: pygame.Surface) -> None:
            picture = pygame.image.frombuffer(pixels, (TILE, TILE), "BGRA")
            picture.set_alpha(None)  # as they are: the fourth byte of a pixel says nothing
            onto.blit(picture, (0, 0))

        wish = Wish(head.scale, (head.column, head.row))
        self._arrived.append(Finished(wish, put))

    def on_end(self) -> None:
        """Paint here from now on: the process is gone."""
        circuit = self._circuit
        self._here, self.begun = PaintingHere(circuit.track, circuit.line, circuit.scales), True
