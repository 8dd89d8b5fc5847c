"""Figures of the connection, each second."""

from __future__ import annotations

from typing import final

from net import Command, NodeView, Report
from racer.core.own_car import OwnCar
from racer.core.tuning import TICK_HZ
from racer.play.limits import SECOND, STATS_NS
from racer.play.reports import Stats
from racer.play.room.roster import Roster


@final
class Statistics:
    """Reports the worst round trip and loss of those who live, and where our car is."""

    def __init__(self) -> None:
        self._told_ns = 0

    def on_tick(
        self, roster: Roster, own_car: OwnCar | None, node: NodeView, now_ns: int
    ) -> list[Command]:
        if now_ns - self._told_ns < STATS_NS:
            return []
        self._told_ns = now_ns
        peers = roster.living()
        rtts = [rtt for peer in peers if (rtt := node.rtt_ms(peer)) is not None]
        losses = [loss for peer in peers if (loss := node.loss(peer)) is not None]
        rtt_ms = round(max(rtts), 2) if rtts else None
        loss = round(max(losses), 3) if losses else None
        x, y = (None, None) if own_car is None else (own_car.frame.car.x, own_car.frame.car.y)
        return [Report(Stats(rtt_ms, loss, node.race_ns(now_ns) * TICK_HZ // SECOND, x, y))]
