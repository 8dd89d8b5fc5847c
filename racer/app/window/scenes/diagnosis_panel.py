"""What keeps this machine from meeting others, line by line, over the list of races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import BAD, FAINT, GOOD, PANEL, SOFT, WHITE

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.ports import RunningDiagnosis

MARKS: Final = {"✓": GOOD, "!": SOFT, "✗": BAD}
LINE: Final = 21.0
HEAD: Final = 44.0


def draw_diagnosis(canvas: Canvas, diagnosis: RunningDiagnosis, box: Box) -> None:
    """Draw what was found so far: a line each, and one below it for the remedy."""
    canvas.panel(*box, PANEL, 255, 14)
    canvas.text("WHY DO WE NOT FIND EACH OTHER?", box.x + 20.0, box.y + 12.0, 15, FAINT, bold=True)
    y, wide = box.y + HEAD, box.width - 64.0
    for finding in diagnosis.findings:
        if y + 2 * LINE > box.bottom - LINE:
            break
        colour = MARKS[finding.mark.value]
        canvas.text(finding.mark.value, box.x + 20.0, y, 16, colour, bold=True)
        words = canvas.fitted(f"{finding.what}: {finding.found}", wide, 15)
        canvas.text(words, box.x + 44.0, y, 15, WHITE)
        y += LINE
        if finding.remedy:
            words = canvas.fitted(f"→ {finding.remedy}", wide, 15)
            canvas.text(words, box.x + 44.0, y, 15, SOFT)
            y += LINE
    words = "'racer doctor' tells more" if diagnosis.done else "looking …"
    canvas.text(words, box.x + 20.0, box.bottom - LINE - 6.0, 14, FAINT)
