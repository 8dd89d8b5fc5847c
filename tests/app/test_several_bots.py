"""Several bots of one command: what all of them know, one of them tells."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from net.runtime.disk.profile import Profile
from net.runtime.reaching.reachability import WhyUnreached
from racer.app.commands import bot
from racer.app.commands.cli import main
from racer.app.commands.racing_bot import RacingBot
from racer.app.greeting import greet
from racer.app.options import numbered_folder
from racer.play.reports import UnreachedSeen
from tests.loopback import race_name

if TYPE_CHECKING:
    from racer.app.commands.bot_options import BotOptions

SAM = UnreachedSeen("10.7.0.2:4000", WhyUnreached.SILENT.value, "Sam does not answer", "Sam")
ALONE = UnreachedSeen("10.7.0.1:4000", WhyUnreached.UNHEARD.value, "nobody else is heard")
CUT = UnreachedSeen("", WhyUnreached.NO_NETWORK.value, "this machine has no network")


@pytest.mark.parametrize(("number", "told"), [(1, [SAM, ALONE, CUT]), (2, [SAM])])
def test_that_nobody_is_near_is_told_by_the_first_bot_of_a_command_for_all(
    number: int,
    told: list[UnreachedSeen],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run_one(options: BotOptions, _: int) -> int:
        mine = bot._options_for_bot(options, number)
        with closing(Profile.open(tmp_path / "profile")) as profile:
            racing = RacingBot(mine, profile, greet(profile, mine.race, mine.shared, mine.entry))
            for each in (SAM, ALONE, CUT):
                racing._tell(each)
            racing.leave()
            racing.run()
        return 0

    monkeypatch.setattr(bot, "run_bots", run_one)
    main(["bot", "--race", race_name(), "--interface", "127.0.0.1"])
    events = map(json.loads, capsys.readouterr().out.splitlines())
    whys = [each["why"] for each in events if each["event"] == UnreachedSeen.event]
    assert whys == [each.why for each in told]


@pytest.mark.parametrize("name", ["cars", ".", "../cars", "folder/.."])
def test_each_bot_has_a_profile_beside_the_first_whatever_that_is_called(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cars" / "folder").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "cars" if name != "cars" else tmp_path)
    assert numbered_folder(Path(name), 2).resolve() == tmp_path / "cars-2"
