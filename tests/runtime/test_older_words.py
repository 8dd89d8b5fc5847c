"""Words that a journal kept, and that nobody would take as they stand."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from net.cluster.causal import signing
from net.node.program import Delivered, Submit
from net.runtime import presence
from net.runtime.service_options import Trouble
from tests.runtime.test_service import Mute, Player


@pytest.fixture(autouse=True)
def _mute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "Discovery", Mute)


def say(speaker: Player, text: bytes, *hearers: Player) -> None:
    speaker.service.post(Submit(text))
    for hearer in hearers:
        hearer.wait_for(Delivered, lambda word: word.operation.body == text)


def test_who_kept_words_of_another_version_says_so_and_is_heard_by_whoever_comes_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(signing, "_DOMAIN", "racer operation 0")
        with closing(Player(tmp_path / "a")) as a:
            say(a, b"long ago", a)

    with (
        closing(Player(tmp_path / "new")) as new,
        closing(Player(tmp_path / "a", peers=(new.address,))) as a,
    ):
        assert "1 of 1 words are not as their authors signed them" in a.wait_for(Trouble).text
        say(a, b"hello", new)
        say(new, b"hello, too", a)

    with closing(Player(tmp_path / "a")) as a:
        assert a.wait_for(Delivered).operation.body == b"hello", "this history is gone on with"
