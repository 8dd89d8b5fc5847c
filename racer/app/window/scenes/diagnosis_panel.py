"""What keeps this machine from meeting others, over the list of races: the worst comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import BAD, FAINT, GOOD, PANEL, SOFT, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.lettering import Colour
    from racer.app.window.ports import RunningDiagnosis, ShownFinding

MARKS: Final = {"✗": ("×", BAD), "!": ("!", SOFT), "✓": ("√", GOOD)}
"""What is drawn for the mark of a finding, the worst first: our own font has no ✗ and no ✓."""
LINE: Final = 21.0
HEAD: Final = 44.0
FOOT: Final = 40.0
SIZE: Final = 15.0


def draw_diagnosis(canvas: Canvas, diagnosis: RunningDiagnosis, box: Box) -> None:
    """Draw what was found so far, each with its remedy below it; and how many have no room."""
    canvas.panel(*box, PANEL, 255, 14)
    canvas.text("WHY DO WE NOT FIND EACH OTHER?", box.x + 20.0, box.y + 12.0, 15, FAINT, bold=True)
    y, wide, left_out = box.y + HEAD, box.width - 64.0, 0
    order = list(MARKS)
    for finding in sorted(diagnosis.findings, key=lambda each: order.index(each.mark.value)):
        rows = _finding_rows(canvas, finding, wide)
        if left_out or y + LINE * len(rows) > box.bottom - FOOT:
            left_out += 1
            continue
        mark, ink = MARKS[finding.mark.value]
        canvas.text(mark, box.x + 20.0, y, 16, ink, bold=True)
        for row, colour in rows:
            canvas.text(row, box.x + 44.0, y, SIZE, colour)
            y += LINE
    words = "'racer doctor' tells more" if diagnosis.done else "looking …"
    if left_out:
        words = f"{words}, and {left_out} more of these"
    canvas.text(words, box.x + 20.0, box.bottom - LINE - 6.0, 14, FAINT)


def _finding_rows(canvas: Canvas, finding: ShownFinding, wide: float) -> list[tuple[str, Colour]]:
    """Return what was found and what mends it, in rows that fit: a command must be read whole."""
    rows = [(row, WHITE) for row in canvas.rows(f"{finding.what}: {finding.found}", wide, SIZE)]
    if finding.remedy:
        rows += [(row, SOFT) for row in canvas.rows(f"» {finding.remedy}", wide, SIZE)]
    return rows
