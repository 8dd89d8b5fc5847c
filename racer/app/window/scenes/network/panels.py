"""What this machine knows, in panels: the lineage, the log, the clocks, one node, the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import (
    ACCENT,
    BAD,
    BEST,
    BOOST,
    FAINT,
    GOOD,
    PANEL,
    PANEL_LIGHT,
    SOFT,
    UNLIT,
    WHITE,
)
from racer.app.window.scenes.network.words import COLOURS, EXPLAINED, state_words

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.play.view import NetworkPeer, NetworkView

ROW: Final = 19.0
EVENT: Final = 37.0  # an event and what it means
BARS_MAX: Final = 8
BAR: Final = 16.0  # the least height of a row of the vector clock


def draw_lineage(canvas: Canvas, view: NetworkView, box: Box) -> None:
    """Draw who leads, since when, and how far the log is."""
    canvas.panel(*box, PANEL, 236)
    x, y, right = box.x + 16.0, box.y + 12.0, box.right - 16.0
    lost = any(peer.leads and peer.state in {"down", "left"} for peer in view.peers)
    if view.leader is None or lost:
        canvas.text("Nobody leads just now", x, y, 20, ACCENT, bold=True)
        words = f"this machine is {view.election}" if view.election else view.place
        if lost:
            words = f"{canvas.fitted(view.leader_name, 160.0, 13)} did; {words}"
    else:
        who = canvas.fitted(view.leader_name, 200.0, 20, bold=True)
        canvas.text(f"{who} leads", x, y, 20, WHITE, bold=True)
        heirs = ", then ".join(view.heirs)
        words = f"for {_duration_words(view.led_ns)}" + (
            f"; next would be {heirs}" if heirs else ""
        )
    canvas.text(canvas.fitted(words, right - x, 13), x, y + 25.0, 13, SOFT)
    y += 50.0
    facts = (
        ("epoch", f"{view.epoch}", "each leader has a higher one"),
        ("lineage", view.lineage or "none", "the history that counts here"),
        ("decrees", f"{view.commit}", "count (green); on this disk (violet)"),
    )
    for name, value, meaning in facts:
        canvas.text(name, x, y, 14, FAINT)
        canvas.text(value, x + 74.0, y, 14, WHITE, bold=True)
        room = right - x - 164.0
        canvas.text(canvas.fitted(meaning, room, 12), right, y + 1.0, 12, FAINT, align=1.0)
        y += ROW
    _draw_log_bar(canvas, (x, y + 5.0, right - x), view.begins, view.kept, view.commit, view.head)
    y += 24.0
    if view.timeout_scale > 1.05:
        words = f"this machine is slow: it waits {view.timeout_scale:.1f} times as long for others"
        canvas.text(words, x, y, 13, ACCENT)
    elif view.kept is None:
        canvas.text("this machine's disk takes nothing: it does not count as one", x, y, 13, BAD)
    elif view.drops:
        canvas.text(f"{view.drops} things were dropped: docs/COUNTERS.md", x, y, 13, SOFT)


def _draw_log_bar(
    canvas: Canvas,
    at: tuple[float, float, float],
    begins: int,
    kept: int | None,
    commit: int,
    head: int,
) -> None:
    """Draw a log from its checkpoint on: what is on disk, what counts, what waits to."""
    x, y, width = at
    span = max(16, head - begins)
    canvas.bar(x, y, width, 8.0, UNLIT)
    canvas.bar(x, y, width, 8.0, ACCENT, (head - begins) / span)
    canvas.bar(x, y, width, 8.0, GOOD, (commit - begins) / span)
    if kept is not None:
        canvas.bar(x, y + 5.0, width, 3.0, BEST, (kept - begins) / span)


def draw_clock(canvas: Canvas, view: NetworkView, box: Box) -> None:
    """Draw the vector clock: how many operations of each are here."""
    canvas.panel(*box, PANEL, 236)
    x, y, right = box.x + 16.0, box.y + 10.0, box.right - 16.0
    canvas.text("VECTOR CLOCK", x, y, 12, FAINT, bold=True)
    words = canvas.fitted("how much of each is here", right - x - 110.0, 12)
    canvas.text(words, right, y, 12, FAINT, align=1.0)
    y += 21.0
    fit = min(BARS_MAX, int((box.bottom - y - 4.0) / BAR))
    rows = sorted(view.clock, key=lambda row: -row[1])
    left, rows = len(rows) - fit, rows[: fit if len(rows) <= fit else fit - 1]
    most = max((n for _, n in rows), default=1)
    height = min(ROW, (box.bottom - y - 4.0) / max(1, fit))
    for name, n in rows:
        canvas.text(canvas.fitted(name, 104.0, 13), x, y, 13, SOFT)
        canvas.bar(x + 112.0, y + 4.0, right - x - 160.0, 9.0, BOOST, n / max(1, most))
        canvas.text(str(n), right, y, 13, WHITE, align=1.0)
        y += height
    if left > 0:
        canvas.text(f"and {left + 1} more", x, y, 13, FAINT)


def draw_peer(canvas: Canvas, view: NetworkView, peer: NetworkPeer, box: Box) -> None:
    """Draw one node, as it tells of itself."""
    canvas.panel(*box, PANEL, 236)
    x, y, right = box.x + 16.0, box.y + 10.0, box.right - 16.0
    name = canvas.fitted(peer.name, 190.0, 18, bold=True)
    canvas.text(name, x, y, 18, ACCENT if peer.mine else WHITE, bold=True)
    canvas.text(state_words(peer), right, y + 3.0, 13, SOFT, align=1.0)
    names = {other.node: other.name for other in view.peers}
    doubts = ", ".join(f"{names.get(n, '?')} ({ms / 1000.0:.1f} s)" for n, ms in peer.doubts)
    behind = view.commit - peer.commit
    together = "in our lineage" if peer.together else "in another lineage, or none"
    same = "" if peer.mine else ", the same as ours" if peer.equal else ", not the same as ours"
    rows: tuple[tuple[str, str, Colour], ...] = (
        ("follows", f"{peer.follows or 'nobody'} in epoch {peer.epoch}, {together}", WHITE),
        ("decrees", f"{peer.commit}" + (f", {behind} behind us" if behind > 0 else ""), WHITE),
        ("operations", f"{peer.operations}{same}", WHITE if peer.equal else ACCENT),
        ("hears not", doubts or "hears all", ACCENT if doubts else WHITE),
        ("bytes a s", f"{peer.sent_bps:,} to it, {peer.received_bps:,} from it", WHITE),
    )
    if peer.mine:
        sums = f"{peer.sent_bps:,} sent, {peer.received_bps:,} received"
        rows = (*rows[:4], ("bytes a s", sums, WHITE))
    y += 28.0
    for label, words, colour in rows:
        canvas.text(label, x, y, 13, FAINT)
        canvas.text(canvas.fitted(words, right - x - 84.0, 13), x + 84.0, y, 13, colour)
        y += ROW


def draw_events(canvas: Canvas, view: NetworkView, box: Box) -> None:
    """Draw the newest events, the newest first, each with what it means."""
    canvas.panel(*box, PANEL, 236)
    x, y, right = box.x + 16.0, box.y + 10.0, box.right - 16.0
    canvas.text("WHAT HAPPENS", x, y, 12, FAINT, bold=True)
    y += 20.0
    if not view.events:
        canvas.text("Nothing yet.", x, y, 14, SOFT)
    for event in reversed(view.events):
        if y + EVENT > box.bottom:
            break
        age_s = max(0, view.now_ns - event.at_ns) / 1e9
        fresh = age_s < 4.0
        canvas.bar(x, y + 3.0, 4.0, EVENT - 10.0, COLOURS[event.kind])
        ago = f"{age_s:.0f} s" if age_s < 100.0 else f"{age_s / 60.0:.0f} min"
        width = canvas.text(ago, right, y + 1.0, 12, FAINT, align=1.0)
        words = canvas.fitted(event.text, right - x - width - 24.0, 15, bold=fresh)
        canvas.text(words, x + 12.0, y - 1.0, 15, WHITE if fresh else SOFT, bold=fresh)
        meaning = canvas.fitted(EXPLAINED[event.kind], right - x - 12.0, 12)
        canvas.text(meaning, x + 12.0, y + 17.0, 12, FAINT)
        y += EVENT


def draw_hint(canvas: Canvas, words: str, x: float, y: float, *, on: bool = True) -> None:
    """Draw a line about keys."""
    canvas.panel(x, y, canvas.text_width(words, 14) + 24.0, 26.0, PANEL_LIGHT, 235, 6)
    canvas.text(words, x + 12.0, y + 4.0, 14, WHITE if on else FAINT)


def _duration_words(ns: int) -> str:
    """Return a duration in words."""
    seconds = ns // 1_000_000_000
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
