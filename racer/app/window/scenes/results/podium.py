"""The results: three on a podium, over the table of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.palette import ACCENT, FAINT, GOOD, INK, PANEL, PANEL_LIGHT, WHITE, mixed
from racer.app.window.scenes.results.result_table import METALS, draw_table

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scenes.results.celebration import Celebration
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import RaceView, ResultView

STEPS: Final = ((0, 0.0, 90.0), (1, -190.0, 74.0), (2, 190.0, 60.0))  # place, x, height
FLOOR: Final = 308.0  # on which the steps stand


def draw_podium(
    canvas: Canvas,
    view: RaceView,
    world: WorldPainter | None,
    joy: Celebration,
    now_ns: int,
    at: str = "",
) -> None:
    """Draw the results over whatever is there, and joy about them once they are settled.

    Args:
        at: the id of the row that has the ring, if one has it.
    """
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 128, 0)
    x = canvas.width / 2.0
    glad = len(view.results) > 1 and not view.qualifying
    age_s = joy.age_s(now_ns)
    if glad:
        joy.draw_behind(canvas, age_s, FLOOR)
    title = "QUALIFYING" if view.qualifying else "RESULTS"
    canvas.text(title, x, 22.0, 46, WHITE, bold=True, align=0.5, shadow=True)
    _draw_status(canvas, view, x)
    rows = view.results
    for place, shift, height in STEPS:
        if place < len(rows) and len(rows) > 1:
            row = rows[place]
            kind = next((car.car for car in view.cars if car.number == row.number), 0)
            _draw_step(canvas, row, place, (x + shift, height), world, kind)
            if glad:
                feet = (x + shift, FLOOR - height)
                joy.draw_laureate(canvas, place, canvas.paint(row.number), METALS[place], feet)
    if glad:
        joy.draw_before(canvas, age_s)
    draw_table(canvas, rows, view.disqualified, at)
    if view.qualifying:
        y = canvas.height - 70.0
        canvas.text("the race follows by itself", x, y, 14, FAINT, align=0.5)


def _draw_status(canvas: Canvas, view: RaceView, x: float) -> None:
    """Draw whether the results are settled."""
    words = f"official · {view.digest[:8]}" if view.official else "provisional"
    colour = GOOD if view.official else ACCENT
    width = canvas.text_width(words, 16, bold=True) + 28.0
    canvas.panel(x - width / 2.0, 78.0, width, 26.0, PANEL, 235, 13)
    canvas.text(words, x, 82.0, 16, colour, bold=True, align=0.5)


def _draw_step(
    canvas: Canvas,
    row: ResultView,
    place: int,
    at: tuple[float, float],
    world: WorldPainter | None,
    kind: int,
) -> None:
    x, height = at
    floor, metal = FLOOR, METALS[place]
    canvas.panel(x - 84.0, floor - height, 168.0, height, mixed(PANEL_LIGHT, metal, 0.10), 255, 6)
    canvas.bar(x - 84.0, floor - height, 168.0, 5.0, metal)
    for k in range(6):  # the front is darker towards its foot
        y = floor - height + 5.0 + (height - 5.0) * k / 6.0
        canvas.panel(x - 84.0, y, 168.0, (height - 5.0) / 6.0 + 0.5, INK, 12 * k, 0)
    canvas.text(str(place + 1), x - 56.0, floor - height + 8.0, 30, metal, bold=True, align=0.5)
    if world is not None:
        picture = world.garage.picture(row.number, 0.0, braking=False, ghost=False, kind=kind)
        left = canvas.px(x + 22.0) - picture.get_width() // 2
        top = canvas.px(floor - height + 23.0) - picture.get_height() // 2
        canvas.surface.blit(picture, (left, top))
    colour = ACCENT if row.mine else WHITE
    name = canvas.fitted(row.name, 152.0, 15, bold=True)
    canvas.text(name, x, floor - 21.0, 15, colour, bold=True, align=0.5, shadow=True)
