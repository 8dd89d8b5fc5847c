"""The network view over the race: F3 opens and closes it, and the race goes on below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, FAINT, INK, SOFT, WHITE
from racer.app.window.scenes.network.panels import (
    draw_clock,
    draw_events,
    draw_hint,
    draw_lineage,
    draw_peer,
)
from racer.app.window.scenes.network.ring import draw_ring, node_at
from racer.play.view import Break, Breakage, ShowNetwork

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.play.view import Intent, NetworkView, RaceView

TOP: Final = 62.0
EDGE: Final = 18.0
SIDE: Final = 452.0  # width of the panels on the right
SURE_S: Final = 3.0  # a second press within so long kills
BREAKAGES: Final = {
    pygame.K_1: Breakage.KILL,
    pygame.K_2: Breakage.CUT,
    pygame.K_3: Breakage.FREEZE,
}


@final
class NetworkOverlay:
    """Shows the network of one race, and lets one break one's own node in a sandbox."""

    def __init__(self) -> None:
        self.is_open = False
        self._chosen = b""  # a node; empty: this one
        self._clock_s = 0.0
        self._asked_s = -SURE_S  # when the kill was asked for first
        self._ring = Box(0.0, 0.0, 0.0, 0.0)  # where it was drawn last
        self._scale = 1.0

    def toggle(self) -> Intent:
        """Open or close; return what to ask of the node."""
        self.is_open = not self.is_open
        self._asked_s = -SURE_S
        return ShowNetwork(self.is_open)

    def takes(self, event: pygame.Event) -> bool:
        """Whether an event is for us while we are open; all others go on to the race."""
        if event.type == pygame.MOUSEBUTTONDOWN:
            return bool(event.button == 1)
        keys = {pygame.K_F3, pygame.K_ESCAPE, pygame.K_TAB, *BREAKAGES}
        return bool(event.type == pygame.KEYDOWN and event.key in keys)

    def on_event(self, event: pygame.Event, view: RaceView) -> Intent | None:
        """Take in a key or a click; return what it asks for."""
        if event.type == pygame.MOUSEBUTTONDOWN:
            self._choose_at(event.pos, view.network)
            return None
        if event.key in {pygame.K_F3, pygame.K_ESCAPE}:
            return self.toggle()
        if event.key == pygame.K_TAB:
            self._choose_next(view.network, -1 if event.mod & pygame.KMOD_SHIFT else 1)
            return None
        return self._ask_breakage(BREAKAGES[event.key])

    def draw(self, canvas: Canvas, view: RaceView, frame: Frame) -> None:
        """Draw it over whatever is there."""
        self._clock_s += frame.dt
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 234, 0)
        canvas.text("THE NETWORK", EDGE + 8.0, 14.0, 28, WHITE, bold=True)
        network = view.network
        if network is None:
            canvas.text("one moment …", EDGE + 8.0, TOP, 18, SOFT)
            return
        living = sum(peer.state in {"alive", "suspect"} for peer in network.peers)
        words = f"{living} machines, no server. This is what yours knows of them."
        canvas.text(words, EDGE + 226.0, 24.0, 16, SOFT)
        self._draw_parts(canvas, network)
        self._draw_keys(canvas, network)

    def _draw_parts(self, canvas: Canvas, network: NetworkView) -> None:
        bottom = canvas.height - 56.0
        x = canvas.width - SIDE - EDGE
        peer_height = 138.0
        self._scale = canvas.scale
        self._ring = Box(EDGE, TOP, x - 2.0 * EDGE, bottom - TOP - peer_height - 8.0)
        chosen = next((p for p in network.peers if p.node == self._chosen), None)
        chosen = chosen or next(p for p in network.peers if p.mine)
        draw_ring(canvas, network, self._ring, chosen.node, self._clock_s)
        below = bottom - peer_height
        draw_peer(canvas, network, chosen, Box(EDGE, below, 380.0, peer_height))
        clock = Box(EDGE + 388.0, below, x - EDGE - 396.0, peer_height)
        draw_clock(canvas, network, clock)
        draw_lineage(canvas, network, Box(x, TOP, SIDE, 150.0))
        draw_events(canvas, network, Box(x, TOP + 158.0, SIDE, bottom - TOP - 158.0))

    def _draw_keys(self, canvas: Canvas, network: NetworkView) -> None:
        y = canvas.height - 42.0
        draw_hint(canvas, "F3 back  ·  Tab or click: what that node says", EDGE, y)
        if not network.sandbox:
            words = "In a sandbox, a setting of the race, you may break this node here."
            canvas.text(words, canvas.width - EDGE, y + 6.0, 13, FAINT, align=1.0)
            return
        sure = self._clock_s - self._asked_s < SURE_S
        kill = "1 again and it dies" if sure else "1 kill this process"
        words = f"{kill}  ·  2 cut it off for 5 s  ·  3 freeze it for 2 s"
        width = canvas.text_width(words, 14) + 24.0
        draw_hint(canvas, words, canvas.width - EDGE - width, y)
        canvas.bar(canvas.width - EDGE - width, y, 3.0, 26.0, BAD if sure else ACCENT)

    def _ask_breakage(self, breakage: Breakage) -> Intent | None:
        """Return the wish to break this node; a kill must be asked for twice."""
        if breakage is Breakage.KILL and self._clock_s - self._asked_s >= SURE_S:
            self._asked_s = self._clock_s
            return None
        self._asked_s = -SURE_S
        return Break(breakage)

    def _choose_at(self, pos: tuple[int, int], network: NetworkView | None) -> None:
        if network is not None:
            at = (pos[0] / self._scale, pos[1] / self._scale)
            self._chosen = node_at(network, self._ring, *at) or self._chosen

    def _choose_next(self, network: NetworkView | None, step: int) -> None:
        if network is None:
            return
        nodes = [peer.node for peer in network.peers]
        mine = next(k for k, peer in enumerate(network.peers) if peer.mine)
        now = nodes.index(self._chosen) if self._chosen in nodes else mine
        self._chosen = nodes[(now + step) % len(nodes)]
