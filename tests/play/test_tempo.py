from __future__ import annotations

import pytest

from net import Pace, Publish, SetIdle
from racer.play.limits import NEAR_OTHERS_NS
from racer.play.tempo import Tempo
from racer.play.view import Phase
from tests.play.rooms import ADA, BEN

FAR = [Publish(1, b"", 0, None, {ADA: Pace.BEAT, BEN: Pace.SELDOM}, Pace.SELDOM)]
NEAR = [Publish(1, b"", 0, None, {ADA: Pace.SELDOM, BEN: Pace.EACH}, Pace.SELDOM)]


def test_a_bot_wants_each_tick_only_where_it_may_touch_another_car_soon() -> None:
    tempo = Tempo(bot=True)
    assert tempo.on_tick(Phase.RACING, FAR, 0) == [SetIdle(False, halved=True)]
    assert tempo.on_tick(Phase.RACING, NEAR, 100) == [SetIdle(False, halved=False)]
    assert tempo.on_tick(Phase.RACING, FAR, 99 + NEAR_OTHERS_NS) == []
    assert tempo.on_tick(Phase.RACING, FAR, 100 + NEAR_OTHERS_NS) == [SetIdle(False, halved=True)]


@pytest.mark.parametrize("driven", [FAR, NEAR, []])
def test_who_steers_itself_wants_each_tick(driven: list[Publish]) -> None:
    tempo = Tempo(bot=False)
    assert tempo.on_tick(Phase.LOBBY, driven, 0) == []
    assert tempo.on_tick(Phase.RACING, driven, NEAR_OTHERS_NS) == [SetIdle(False)]
    assert tempo.on_tick(Phase.FINISHED, driven, 2 * NEAR_OTHERS_NS) == [SetIdle(True)]
