"""Pictures of cars at any scale, in any direction and between pixels, turned as they are drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, final

import pygame

from racer.app.window.base.kept_pictures import MEGABYTE, KeptPictures
from racer.app.window.base.paints import Eyes
from racer.app.window.world.cars.bodies import FINE, body_picture, chassis_picture
from racer.app.window.world.cars.lean import UPRIGHT

if TYPE_CHECKING:
    from racer.app.window.world.cars.lean import Lean
    from racer.app.window.world.effects import Sprite

MODEL_PX: Final = (12.0, 7.0)  # pixels to the metre that cars are turned from, at scale 1
PICTURE_PX: Final = 10.0  # … and that they are shown at in lists
BORDER: Final = 3  # pixels about a model, to shift it by
STEPS: Final = 3  # of the front wheels to either side
ROLL_M: Final = 0.035  # that a body moves over its wheels, for each step it leans
SHADOW_M: Final = 0.34  # to the south-east
SHADOW_ALPHA: Final = 105
GHOST_ALPHA: Final = 105
MODELS_BYTES_MAX: Final = 16 * MEGABYTE  # 24 cars, as they steer and lean
SHADOWS_BYTES_MAX: Final = 2 * MEGABYTE  # they are kept by direction
SHADOW_DIRECTIONS: Final = 90
SHADOW_SCALES: Final = 24  # to the doubling of the scale


class Look(NamedTuple):
    """All that makes a car look as it does, but its direction."""

    number: int
    kind: int = 0  # index into `tuning.CARS`
    braking: bool = False
    steer: int = 0  # -STEPS..STEPS, + left
    lean: Lean = UPRIGHT


def steer_step(steer: float) -> int:
    """Return how the front wheels of a car are shown, for a steering of -1..1."""
    return round(max(-1.0, min(1.0, steer)) * STEPS)


@final
class Garage:
    """Cars by their look, for one scale of the canvas.

    Args:
        scale: of the picture of the world.
        listed: of the canvas, where pictures stand in lists; the same, if none is given.
    """

    def __init__(self, scale: float, listed: float = 0.0) -> None:
        self._listed = listed or scale
        self._fine = [min(FINE, px * scale) for px in MODEL_PX]
        self._models: KeptPictures[tuple[Look, int]] = KeptPictures(MODELS_BYTES_MAX)
        self._parts: dict[tuple[int, int, int, int], pygame.Surface] = {}
        self._shadows: KeptPictures[tuple[int, int, int]] = KeptPictures(SHADOWS_BYTES_MAX)
        self._eyes = Eyes.ANY
        self._to_warm: list[tuple[Look, int]] = []
        self._expected: list[tuple[int, int]] = []

    def paint_for(self, eyes: Eyes) -> None:
        """Have the paints that these eyes tell apart best, from the next picture on."""
        if eyes is self._eyes:
            return
        self._eyes = eyes
        self._models.clear()
        self._parts.clear()
        self._expected = []

    def sprite(
        self, look: Look, at: tuple[float, float], heading: float, px_per_m: float, *, ghost: bool
    ) -> Sprite:
        """Return a car and where to draw it.

        Args:
            look: which car, and how it drives.
            at: where its middle is, in pixels and parts of them.
            heading: rad; any is shown as it is.
            px_per_m: the scale.
            ghost: translucent.
        """
        fineness = self._fineness_for(px_per_m)
        model = self._model_of(look, fineness)
        ratio = px_per_m / self._fine[fineness]
        column, row = round(at[0]), round(at[1])
        # What is left of a pixel is given to the model, before it is turned.
        right, down = (at[0] - column) / ratio, (at[1] - row) / ratio
        c, s = math.cos(heading), math.sin(heading)
        part = _shifted_part(model, right * c - down * s, right * s + down * c)
        picture = pygame.transform.rotozoom(part, math.degrees(heading), ratio)
        if ghost:
            picture.set_alpha(GHOST_ALPHA)
        width, height = picture.get_size()
        return picture, (column - width // 2, row - height // 2)

    def picture(
        self, number: int, heading: float, *, braking: bool, ghost: bool, kind: int = 0
    ) -> pygame.Surface:
        """Return a picture of a car for a list or a podium, as large as cars are seen from near."""
        look = Look(number, kind, braking)
        return self.sprite(look, (0.0, 0.0), heading, PICTURE_PX * self._listed, ghost=ghost)[0]

    def shadow(self, kind: int, at: tuple[float, float], heading: float, px_per_m: float) -> Sprite:
        """Return the shadow of a car and where to draw it."""
        step = round(math.log2(px_per_m) * SHADOW_SCALES)
        direction = round(heading / math.tau * SHADOW_DIRECTIONS) % SHADOW_DIRECTIONS
        key = (kind, direction, step)
        picture = self._shadows.get(key)
        if picture is None:
            picture = self._shadows.keep(key, self._shadow_picture(key))
        width, height = picture.get_size()
        away = SHADOW_M * px_per_m
        return picture, (round(at[0] + away) - width // 2, round(at[1] + away) - height // 2)

    def expect(self, cars: list[tuple[int, int]]) -> None:
        """Prepare for cars of these numbers and kinds: `warm` paints them ahead of time."""
        if cars == self._expected:
            return
        self._expected = cars
        outlines = [(Look(0, kind), 1) for kind in {kind for _, kind in cars}]  # of shadows
        self._to_warm = outlines + [
            (Look(number, kind, braking), fineness)
            for fineness in range(len(self._fine))
            for braking in (True, False)
            for number, kind in sorted(cars, reverse=True)
        ]

    def warm(self) -> bool:
        """Paint one more expected picture; False once there are none."""
        while self._to_warm:
            key = self._to_warm.pop()
            if key not in self._models:
                self._model_of(*key)
                return True
        return False

    def _fineness_for(self, px_per_m: float) -> int:
        """Return the coarsest models that need not be magnified by much."""
        return 1 if px_per_m < 1.06 * self._fine[1] else 0

    def _shadow_picture(self, key: tuple[int, int, int]) -> pygame.Surface:
        kind, direction, step = key
        fine = self._fine[1]
        outline = pygame.mask.from_surface(self._model_of(Look(0, kind), 1), 100).to_surface(
            setcolor=(0, 0, 0, SHADOW_ALPHA), unsetcolor=(0, 0, 0, 0)
        )
        ratio = 2.0 ** (step / SHADOW_SCALES) / fine
        return pygame.transform.rotozoom(outline, direction * 360.0 / SHADOW_DIRECTIONS, ratio)

    def _model_of(self, look: Look, fineness: int) -> pygame.Surface:
        """Return a car heading right, with a border, a little larger than it is shown."""
        key = look, fineness
        return self._models.get(key) or self._models.keep(key, self._assembled_model(*key))

    def _assembled_model(self, look: Look, fineness: int) -> pygame.Surface:
        """Put a body onto its wheels: it leans over them."""
        chassis = self._part_of(-1, look.kind, look.steer, fineness)
        body = self._part_of(look.number, look.kind, int(look.braking), fineness)
        model = chassis.copy()
        step = ROLL_M * self._fine[fineness]
        model.blit(body, (round(look.lean.forward * step), round(-look.lean.left * step)))
        return model

    def _part_of(self, number: int, kind: int, how: int, fineness: int) -> pygame.Surface:
        """Return a body, or for the number -1 what is below it, at the scale of models."""
        key = (number, kind, how, fineness)
        part = self._parts.get(key)
        if part is None:
            large = (
                chassis_picture(kind, how / STEPS)
                if number < 0
                else body_picture(number, kind, braking=bool(how), eyes=self._eyes)
            )
            part = self._parts[key] = _with_border(large, self._fine[fineness] / FINE)
        return part


def _with_border(large: pygame.Surface, ratio: float) -> pygame.Surface:
    """Return a picture at another scale, with nothing around it."""
    size = (round(large.get_width() * ratio), round(large.get_height() * ratio))
    result = pygame.Surface((size[0] + 2 * BORDER, size[1] + 2 * BORDER), pygame.SRCALPHA)
    result.blit(pygame.transform.smoothscale(large, size), (BORDER, BORDER))
    return result


def _shifted_part(model: pygame.Surface, forward: float, right: float) -> pygame.Surface:
    """Return a part of a model, whose middle is so far behind the model's own, by half pixels.

    Turned about its middle it puts the car so many pixels forward and to its right.
    """
    x, wide = _cut_side(model.get_width(), forward)
    y, tall = _cut_side(model.get_height(), right)
    return model.subsurface((x, y, wide, tall))


def _cut_side(length: int, shift: float) -> tuple[int, int]:
    """Return where to begin, and how much to take, so that the middle moves back by `shift`."""
    halves = max(-2 * BORDER, min(2 * BORDER, round(2.0 * shift)))
    return (0, length - halves) if halves >= 0 else (-halves, length + halves)
