"""The network view over the race: F3 opens and closes it, and the race goes on below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, FAINT, INK, SOFT, WHITE
from racer.app.window.input.actions import ACTIONS, Action, Scope
from racer.app.window.input.inputs import Clicked, Pressed
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
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.app.window.scene import Frame
    from racer.play.view import Intent, NetworkView, RaceView

TOP: Final = 62.0
EDGE: Final = 18.0
LINEAGE: Final = 166.0  # height of the panel about the log
SIDE: Final = 452.0  # width of the panels on the right
SURE_S: Final = 3.0  # a second press within so long kills
CUT: Final = "cut it off for 5 s"
FREEZE: Final = "freeze it for 2 s"
BREAKAGES: Final = {
    Action.KILL: Breakage.KILL,
    Action.CUT: Breakage.CUT,
    Action.FREEZE: Breakage.FREEZE,
}


@final
class NetworkOverlay:
    """Shows the network of one race, and lets one break one's own node in a sandbox."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self.is_open = False
        self._chosen = b""  # a node; empty: this one
        self._clock_s = 0.0
        self._asked_s = -SURE_S  # when the kill was asked for first
        self._ring = Box(0.0, 0.0, 0.0, 0.0)  # where it was drawn last

    def toggle(self) -> Intent:
        """Open or close; return what to ask of the node."""
        self.is_open = not self.is_open
        self._asked_s = -SURE_S
        return ShowNetwork(self.is_open)

    def takes(self, what: Input) -> bool:
        """Whether something is for us while we are open; all else goes on to the race."""
        if isinstance(what, Pressed):
            return Scope.NETWORK in ACTIONS[what.action].scopes
        return isinstance(what, Clicked)

    def on_input(self, what: Input, view: RaceView) -> Intent | None:
        """Take in what a person did; return what it asks for."""
        match what:
            case Clicked(x, y) if view.network is not None:
                self._chosen = node_at(view.network, self._ring, x, y) or self._chosen
            case Pressed(Action.NETWORK | Action.BACK):
                return self.toggle()
            case Pressed(Action.NODE_AFTER | Action.NODE_BEFORE as action):
                self._choose_next(view.network, 1 if action is Action.NODE_AFTER else -1)
            case Pressed(action) if action in BREAKAGES:
                return self._ask_breakage(BREAKAGES[action])
            case _:
                pass
        return None

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
        self._ring = Box(EDGE, TOP, x - 2.0 * EDGE, bottom - TOP - peer_height - 8.0)
        chosen = next((p for p in network.peers if p.node == self._chosen), None)
        chosen = chosen or next(p for p in network.peers if p.mine)
        draw_ring(canvas, network, self._ring, chosen.node, self._clock_s)
        below = bottom - peer_height
        draw_peer(canvas, network, chosen, Box(EDGE, below, 380.0, peer_height))
        clock = Box(EDGE + 388.0, below, x - EDGE - 396.0, peer_height)
        draw_clock(canvas, network, clock)
        draw_lineage(canvas, network, Box(x, TOP, SIDE, LINEAGE))
        events = TOP + LINEAGE + 8.0
        draw_events(canvas, network, Box(x, events, SIDE, bottom - events))

    def _draw_keys(self, canvas: Canvas, network: NetworkView) -> None:
        y = canvas.height - 42.0
        key = self._devices.key
        leave, node = key(Action.NETWORK), key(Action.NODE_AFTER)
        draw_hint(canvas, f"{leave} back  ·  {node} or click: what that node says", EDGE, y)
        if not network.sandbox:
            words = "In a sandbox, a setting of the race, you may break this node here."
            canvas.text(words, canvas.width - EDGE, y + 6.0, 13, FAINT, align=1.0)
            return
        sure = self._clock_s - self._asked_s < SURE_S
        kill = "again and it dies" if sure else "kill this process"
        told = ((Action.KILL, kill), (Action.CUT, CUT), (Action.FREEZE, FREEZE))
        words = "  ·  ".join(f"{key(action)} {what}" for action, what in told)
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

    def _choose_next(self, network: NetworkView | None, step: int) -> None:
        if network is None:
            return
        nodes = [peer.node for peer in network.peers]
        mine = next(k for k, peer in enumerate(network.peers) if peer.mine)
        now = nodes.index(self._chosen) if self._chosen in nodes else mine
        self._chosen = nodes[(now + step) % len(nodes)]
