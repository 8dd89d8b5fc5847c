"""Who is alone reads why, and what to type, to the last letter; the worst comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from racer.app.doctor.finding import Finding, Grade
from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.scenes.diagnosis_panel import draw_diagnosis
from tests.app.written import note_written

if TYPE_CHECKING:
    import pytest

BOX = Box(32.0, 218.0, 940.0, 430.0)
COMMAND = (
    "nft insert rule inet filter input udp dport { 5353, 42472, 40000 } accept; then start with "
    "--port 40000 (with ufw instead: ufw allow 40000/udp, and so on)"
)


@dataclass(frozen=True)
class Diagnosis:
    findings: tuple[Finding, ...]
    done: bool = True


def drawn(canvas: Canvas, diagnosis: Diagnosis, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is written, row by row."""
    rows = note_written(monkeypatch)
    draw_diagnosis(canvas, diagnosis, BOX)
    return rows


def test_a_command_is_read_whole_and_what_is_wrong_comes_first(
    canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = Finding("port 5353", Grade.FINE, "free for multicast DNS, or shared")
    fault = Finding("firewall on eth0", Grade.FAULT, "keeps out UDP 40000", COMMAND)
    rows = drawn(canvas, Diagnosis((fine, fault)), monkeypatch)
    assert f"» {COMMAND}" in " ".join(rows)
    assert rows.index("×") < rows.index("√")
    assert rows[-1] == "'racer doctor' tells more"


def test_what_has_no_room_is_counted(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(
        Finding(f"eth{k}", Grade.DOUBT, "there, without any address", "give it one")
        for k in range(12)
    )
    rows = drawn(canvas, Diagnosis(many), monkeypatch)
    seen = rows.count("!")
    assert 0 < seen < len(many)
    assert rows[-1] == f"'racer doctor' tells more, and {len(many) - seen} more of these"
