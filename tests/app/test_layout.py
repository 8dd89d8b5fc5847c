"""Panels never overlap: each gets a rectangle of its own, whatever the window and the words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.hud import board
from racer.app.window.hud.columns import INSET, Columns, HudSide, columns_of, draw_columns
from racer.app.window.hud.labels.labels import Labels
from racer.app.window.hud.layout import GAP, MARGIN, Anchor, Layout, Way
from racer.app.window.hud.notices import NOTICES_MAX
from racer.app.window.hud.reckoning.news_sides import NewsSides
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.app.window.world.painter import WorldPainter
from racer.core.tuning import GRID_MAX, LAPS_MAX
from racer.play import limits
from racer.play.view import ChatView, Notice, Phase, RaceView
from tests.app.fakes import GREEN_TICKS, MINE, FakeSeat
from tests.app.keys import key_down

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

DUST: Final = 1e-6
SECOND: Final = 1_000_000_000


def apart(one: Box, other: Box) -> bool:
    """Whether there is a gap between two boxes."""
    across = other.x - one.right, one.x - other.right
    down = other.y - one.bottom, one.y - other.bottom
    return max(*across, *down) >= GAP - DUST


def is_inside(box: Box, area: Box, margin: float = MARGIN) -> bool:
    return (
        box.x >= area.x + margin - DUST
        and box.y >= area.y + margin - DUST
        and box.right <= area.right - margin + DUST
        and box.bottom <= area.bottom - margin + DUST
    )


def is_in_a_part(box: Box, columns: Columns) -> bool:
    """Whether a panel stands on the board, or over the world: never over both."""
    return is_inside(box, columns.world) or any(
        is_inside(box, column, INSET) for column in (columns.first, columns.second)
    )


# --- laws -------------------------------------------------------------------------------------

LENGTHS: Final = st.floats(1.0, 900.0)
ASKED: Final = st.tuples(st.sampled_from(Anchor), LENGTHS, LENGTHS, st.none() | st.floats(0.0, 1.0))


def asked_size(place: Anchor, box: Box) -> tuple[float, float]:
    return (box.width, box.height) if place.way is Way.LEFT else (box.height, box.width)


@given(
    area=st.builds(Box, st.just(0.0), st.just(0.0), st.floats(200, 3000), st.floats(100, 2000)),
    asked=st.lists(ASKED, max_size=25),
)
def test_whatever_panels_ask_for_no_two_overlap_and_all_lie_inside(
    area: Box, asked: list[tuple[Anchor, float, float, float | None]]
) -> None:
    layout = Layout(area)
    for place, width, height, share in asked:
        along = width if place.way is Way.LEFT else height
        least = None if share is None else share * along
        box = layout.take(place, width, height, least=least)
        if box is None:
            continue
        got, across = asked_size(place, box)
        assert across == pytest.approx(height if place.way is Way.LEFT else width)
        assert (along if least is None else least) - DUST <= got <= along + DUST
    assert all(is_inside(box, area) for box in layout.boxes)
    assert all(apart(one, other) for one, other in combinations(layout.boxes, 2))


@given(place=st.sampled_from(Anchor), lengths=st.lists(st.floats(1.0, 80.0), max_size=6))
def test_panels_that_fit_into_an_empty_place_all_get_what_they_ask_for_in_order(
    place: Anchor, lengths: list[float]
) -> None:
    """On the smallest canvas, six of 80 and their gaps are less than what is left of it."""
    layout = Layout(Box(0.0, 0.0, 1280.0, 720.0))
    boxes = [
        layout.take(place, *((length, 50.0) if place.way is Way.LEFT else (50.0, length)))
        for length in lengths
    ]
    assert [box and asked_size(place, box)[0] for box in boxes] == pytest.approx(lengths)
    reach = {Way.DOWN: lambda b: b.y, Way.UP: lambda b: -b.bottom, Way.LEFT: lambda b: -b.right}
    order = [reach[place.way](box) for box in boxes]
    assert order == sorted(order)


def test_a_panel_steps_over_what_another_place_has_taken() -> None:
    layout = Layout(Box(0.0, 0.0, 1280.0, 720.0))
    clock = layout.take(Anchor.TOP, 430.0, 62.0)
    assert clock == Box(425.0, 16.0, 430.0, 62.0)
    assert layout.take(Anchor.TOP_LEFT, 300.0, 30.0) == Box(16.0, 16.0, 300.0, 30.0)
    assert layout.take(Anchor.TOP_LEFT, 500.0, 30.0) == Box(16.0, 86.0, 500.0, 30.0)


def test_a_later_panel_of_a_place_never_slips_in_before_an_earlier_one() -> None:
    layout = Layout(Box(0.0, 0.0, 1280.0, 720.0))
    layout.take(Anchor.TOP, 430.0, 62.0)
    assert layout.take(Anchor.TOP_LEFT, 500.0, 30.0) == Box(16.0, 86.0, 500.0, 30.0)
    assert layout.take(Anchor.TOP_LEFT, 300.0, 30.0) == Box(16.0, 124.0, 300.0, 30.0)


def test_a_panel_that_can_do_with_less_gets_what_is_left_and_one_that_cannot_gets_nothing() -> None:
    layout = Layout(Box(0.0, 0.0, 1280.0, 720.0))
    layout.take(Anchor.BOTTOM_RIGHT, 200.0, 300.0)
    assert layout.take(Anchor.TOP_RIGHT, 200.0, 400.0) is None
    assert layout.take(Anchor.TOP_RIGHT, 200.0, 400.0, least=381.0) is None
    box = layout.take(Anchor.TOP_RIGHT, 200.0, 400.0, least=300.0)
    assert box == Box(1064.0, 16.0, 200.0, 380.0)


def test_a_panel_wider_than_the_screen_has_no_place() -> None:
    layout = Layout(Box(0.0, 0.0, 640.0, 360.0))
    assert layout.take(Anchor.TOP, 700.0, 10.0) is None
    assert layout.take(Anchor.LOWER_EDGE, 10.0, 400.0) is None
    assert layout.boxes == []


def test_news_go_to_the_other_side_when_the_road_comes_and_stay_there_until_it_does_again() -> None:
    world, news = Box(0.0, 0.0, 1044.0, 720.0), NewsSides()
    news.on_road([(500.0, 300.0)], world)
    assert news.moved == {}
    news.on_road([(100.0, 700.0)], world)
    assert news.moved == {Anchor.BOTTOM_LEFT: Anchor.BOTTOM_RIGHT}
    news.on_road([(522.0, 360.0)], world)
    assert news.moved == {Anchor.BOTTOM_LEFT: Anchor.BOTTOM_RIGHT}
    news.on_road([(1000.0, 700.0), (40.0, 20.0)], world)
    assert news.moved == {Anchor.TOP_LEFT: Anchor.TOP_RIGHT}
    layout = Layout(world, moved=news.moved)
    box = layout.take(Anchor.TOP_LEFT, 300.0, 30.0)
    assert box is not None
    assert box.right == 1044.0 - MARGIN


# --- the race's own panels --------------------------------------------------------------------

GROUND: Final = (255, 0, 255)
NAME: Final = "W" * 20
LINE: Final = ("a line as long as a line may be, and " * 8)[: limits.CHAT_CHARS_MAX]
SIZES: Final = [(1280, 720), (640, 360), (960, 540), (900, 900), (1600, 700), (700, 1200)]


class Picture:
    """All that is drawn over the world, on a ground of one colour instead of the world."""

    def __init__(self, screen: Screen, circuits: CircuitSource, patch: pytest.MonkeyPatch) -> None:
        handle = FakeSeat(circuits, cars=GRID_MAX, laps=LAPS_MAX)
        handle.start()
        handle.step(GREEN_TICKS + 5)
        view = handle.view()
        assert view is not None
        self.view = rich(view)
        self._handle = handle
        self._screen = screen
        self.canvas = Canvas(screen.surface())
        self._worlds = WorldCache(circuits)
        self.side = HudSide.RIGHT
        track = circuits.track(view.setup.track)
        assert track is not None
        world = self._worlds.world(track, self.canvas, 0.0)
        # The world would hide what a panel draws beside its box; names go where the cars go.
        patch.setattr(WorldCache, "world", lambda *_: world)
        patch.setattr(WorldPainter, "draw", lambda *_, **__: screen.surface().fill(GROUND))
        patch.setattr(Labels, "draw", lambda *_: None)
        patch.setattr(board, "draw_columns", lambda *_: None)
        patch.setattr(board, "GROUND", GROUND)
        self.begin(view.phase)

    def begin(self, phase: Phase) -> None:
        """Come into a race in which all hints are due that are told from many ticks."""
        self._worlds.hud_side = self.side
        self.scene = RaceScene(self._handle, self._worlds)
        self.draw(replace(self.view, phase=phase), frames=1)
        hud = self.scene._driving._hud
        hud._stuck_hint.words = "stuck?  R puts you back at once, by itself in 3 s"
        hud._slipstream.depth = 1.0

    def draw(self, view: RaceView, frames: int = 2) -> list[Box]:
        self.canvas.fit(self._screen.surface())
        self._handle.view = lambda: view  # type: ignore[method-assign]
        for k in range(frames):
            self.scene.draw(self.canvas, Frame(1 / 60, (k + 1) * SECOND))
        assert self.scene._layout is not None
        return self.scene._layout.boxes

    def type(self, text: str) -> None:
        self.scene.on_event(key_down(pygame.K_t))
        for char in text:
            self.scene.on_event(pygame.Event(pygame.TEXTINPUT, text=char))

    def drawn_beside(self, boxes: list[Box]) -> pygame.Rect:
        """Return what holds all pixels that were drawn in no box."""
        surface = self._screen.surface().copy()
        for box in boxes:
            # Edges are rounded to pixels, and half a pixel of a round corner is smoothed.
            surface.fill(GROUND, self.canvas.rect(*box).inflate(2, 2))
        mask = pygame.mask.from_threshold(surface, GROUND, (1, 1, 1, 255))
        mask.invert()
        beside = mask.get_bounding_rects()
        return beside[0].unionall(beside[1:]) if beside else pygame.Rect(0, 0, 0, 0)


@pytest.fixture(scope="module")
def picture(screen: Screen, all_circuits: CircuitSource) -> Iterator[Picture]:
    with pytest.MonkeyPatch.context() as patch:
        yield Picture(screen, all_circuits, patch)
    screen._window.size = (1280, 720)


def rich(view: RaceView) -> RaceView:
    """Return a view in which all is to be told at once, with the longest words."""
    numbers = sorted(car.number for car in view.cars if car.number != MINE)
    numbers.insert(9, MINE)  # one before us and one behind, and a place of two digits
    cars = tuple(
        replace(
            car,
            name=NAME,
            lap=LAPS_MAX,
            way_m=30.0,  # where the others passed: so gaps are known
            place=1 + numbers.index(car.number),
            last_ms=599_999,
            best_ms=599_999,
            finished_ms=599_990 if car.number % 3 == 0 else None,
            away=car.number % 3 == 1 and not car.mine,
        )
        for car in view.cars
    )
    now_ns = view.now_ns
    chat = tuple(
        ChatView(k, f"line {k}", bytes([k]) * 16, NAME, LINE, mine=False) for k in range(12)
    )
    return replace(
        view,
        cars=cars,
        chat=chat,
        notices=tuple(Notice(LINE[:90], now_ns) for _ in range(6)),
        closes_ns=now_ns + 99 * SECOND,
        wrong_way=True,
        qualifying=True,
        boost=1.0,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """When a race is looked at, and how many panels it has then but for passing news."""

    phase: Phase
    green_in_s: float
    panels: int
    held: bool = False
    finished: bool = False

    def of(self, view: RaceView) -> RaceView:
        ms = 599_990 if self.finished else None
        return replace(
            view,
            phase=self.phase,
            green_ns=view.now_ns + round(self.green_in_s * SECOND),
            held=self.held,
            cars=tuple(replace(car, finished_ms=ms) if car.mine else car for car in view.cars),
        )


MOMENTS: Final = {
    "waiting": Moment(Phase.COUNTDOWN, 8.0, 12),
    "counted": Moment(Phase.COUNTDOWN, 3.0, 12),
    "jumped": Moment(Phase.COUNTDOWN, 1.0, 12, held=True),
    "green": Moment(Phase.RACING, -0.1, 12),
    "racing": Moment(Phase.RACING, -60.0, 11),  # the keys too: our car has not moved
    "finished": Moment(Phase.RACING, -60.0, 10, finished=True),
}


# Each size with each moment, and each of both with each side: all three with all would take half
# a minute, and no panel's place rests on all three at once.
SIGHTS: Final = [
    pytest.param(size, moment, list(HudSide)[(row + column) % len(HudSide)], id=f"{size}-{name}")
    for row, size in enumerate(SIZES)
    for column, (name, moment) in enumerate(MOMENTS.items())
]


@pytest.mark.parametrize(("size", "moment", "side"), SIGHTS)
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_no_two_panels_of_a_race_overlap_and_nothing_is_drawn_beside_them(
    picture: Picture,
    screen: Screen,
    size: tuple[int, int],
    moment: Moment,
    side: HudSide,
    busy: bool,
) -> None:
    """`busy`: all standings are shown, and the longest line is being typed."""
    screen._window.size = size
    picture.side = side
    picture.begin(moment.phase)
    if busy:
        picture.scene.on_event(key_down(pygame.K_TAB))
        picture.type("W" * 30 + LINE)
    boxes = picture.draw(moment.of(picture.view))
    columns = columns_of(picture.canvas.width, picture.canvas.height, side)
    assert all(is_in_a_part(box, columns) for box in boxes)
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    assert picture.drawn_beside(boxes) == pygame.Rect(0, 0, 0, 0)
    no_map, no_times = busy and columns.first == columns.second, busy
    assert len(boxes) >= moment.panels - no_map - no_times, (
        "who has no room is not drawn, and overlaps nobody"
    )


def test_the_board_and_the_world_share_the_picture_and_never_meet(screen: Screen) -> None:
    canvas = Canvas(screen.surface())
    for side in HudSide:
        columns = columns_of(canvas.width, canvas.height, side)
        parts = {columns.first, columns.second, columns.world}
        assert sum(part.width for part in parts) == pytest.approx(canvas.width)
        canvas.surface.fill(GROUND)
        draw_columns(canvas, columns)
        assert canvas.surface.get_at(canvas.rect(*columns.world).center)[:3] == GROUND
        for column in (columns.first, columns.second):
            assert canvas.surface.get_at(canvas.rect(*column).center)[:3] != GROUND


def test_all_news_has_room_where_a_race_is_as_rich_as_it_can_be(
    picture: Picture, screen: Screen
) -> None:
    screen._window.size = (1280, 720)
    picture.begin(Phase.RACING)
    moment = MOMENTS["racing"]
    assert len(picture.draw(moment.of(picture.view))) == moment.panels + NOTICES_MAX
