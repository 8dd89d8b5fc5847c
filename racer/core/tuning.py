"""Every number of the game, with its unit and its reason.

They are choices, not measurements: a light, grippy sports car, quick enough for a 1 km circuit to
take half a minute, and tame enough for the arrow keys.
"""

from dataclasses import dataclass, field
from typing import Final

PHYSICS_VERSION: Final = 2
"""Raise it whenever a tick gives another result than before, however small: recordings of another
version cannot be driven again. `tests/core/test_physics_version.py` notices."""

# --- Time ---------------------------------------------------------------------------------------

TICK_HZ: Final = 60
"""Ticks a second. One frame of a common screen; pure Python steps 16 cars in a small part of it."""

TICK_S: Final = 1.0 / TICK_HZ

SUBSTEPS: Final = 2
"""Integration steps a tick: at 120 Hz the stiff tyres of a slow car stay far from ringing."""


def tick_start_ns(tick: int) -> int:
    """Return the race time [ns] at which a tick begins; exact, so that hours do not drift."""
    return tick * 1_000_000_000 // TICK_HZ


def tick_ms(tick: int, fraction: float = 0.0) -> int:
    """Return the race time [ms] of a tick and a fraction 0..1 of the next, rounded to nearest."""
    return round((tick + fraction) * 1000.0 / TICK_HZ)


# --- Field --------------------------------------------------------------------------------------

GRID_MAX: Final = 24
"""Cars in one race: what a circuit's straight can line up, a HUD can list, an eye can tell apart,
and one decree can give the results of."""

LAPS_MAX: Final = 99
"""Laps in one race; two digits on the HUD, one byte in a car frame with room for the lap 0."""

GATES_MAX: Final = 255
"""Checkpoints of a circuit; the next one rides in a byte of a car frame."""

GATE_SPACING_M: Final = 80.0
"""Between checkpoints: shorter than any cut across the infield that the barriers leave open."""

GATES_MIN: Final = 8
"""So that a short circuit still cannot be driven in a small circle over the line."""

GRID_PITCH_M: Final = 5.5
"""Between grid slots, which stand left and right in turn: 11 m from nose to nose in a column. On
laps below 260 m it is less."""

GRID_LINE_GAP_M: Final = 4.0
"""Centre of the first grid slot behind the line: its nose stands 1.9 m short of it."""


# --- Car ----------------------------------------------------------------------------------------

GRAVITY: Final = 9.81  # m/s²


@dataclass(frozen=True, slots=True, kw_only=True)
class CarTunables:
    """What makes one kind of car: a row of the table `CARS`.

    The last fields follow from the others. They are worked out once, since a step needs them all.
    """

    key: str  # [a-z]{1,16}; names the kind in files and options
    title: str  # as shown
    length_m: float = 4.2  # of the body that collides; drawn at the same size
    width_m: float = 1.9
    mass_kg: float = 1000.0
    front_axle_m: float = 1.25  # from the centre of mass
    rear_axle_m: float = 1.25  # equal: half the weight on each axle at rest
    centre_height_m: float = 0.32  # sets how much load moves between axles; low, so never a wheelie
    friction_front: float = 1.75  # peak side force over load: racing slicks
    friction_rear: float = 1.92  # above the front: at the limit the nose runs wide, no spin
    tyre_stiffness: float = 18.0  # 1/rad: at 0.055 rad of slip a tyre gives 70 % of its grip
    power_w: float = 330_000.0
    drive_grip: float = 0.80  # share of rear grip the drive may use: the rest holds the tail
    drag_kg_m: float = 1.68  # force over speed²; with the power it sets the top speed, 57 m/s
    rolling_n: float = 220.0  # resistance of free wheels
    brake_grip_front: float = 0.93  # share of front grip a full brake uses: as good as an ABS
    brake_grip_rear: float = 0.32  # less behind: the tail stays behind while braking into a turn
    handbrake_grip: float = 0.75  # share of rear grip that locked wheels have, along their slide
    slide_loss: float = 0.16  # share of rear side grip that a full slide loses: it can be held
    engine_brake_n: float = 1600.0  # with the throttle closed
    steer_angle_max: float = 0.50  # rad, at a crawl: a turning circle of 9 m
    steer_slip: float = 0.155  # rad beyond the geometric angle: enough to reach the grip limit
    steer_rate: float = 5.5  # full locks a second, turning in: a key is eased, a pad still quick
    steer_return_rate: float = 9.0  # full locks a second, back to the middle
    caster: float = 0.55  # share of the slide angle by which the wheels turn into it by themselves
    caster_max: float = 0.35  # rad; beyond that a slide is the driver's to catch
    yaw_damping: float = 0.8  # 1/s; calms the swing of the tail after a jerk at the wheel
    spin_damping: float = 2.8  # 1/s, of turning faster than the path does: slides build up slowly
    reverse_speed_max: float = 7.0  # m/s
    reverse_power_n: float = 4500.0
    boost_power: float = 1.55  # power factor while boost is on
    boost_grip: float = 0.90  # what `drive_grip` becomes while boost is on

    wheelbase_m: float = field(init=False, repr=False, compare=False)
    inertia_kg_m2: float = field(init=False, repr=False, compare=False)
    front_load_n: float = field(init=False, repr=False, compare=False)  # on the axle, at rest
    rear_load_n: float = field(init=False, repr=False, compare=False)
    load_shift: float = field(init=False, repr=False, compare=False)  # to the rear, of a thrust

    def __post_init__(self) -> None:
        wheelbase = self.front_axle_m + self.rear_axle_m
        weight = self.mass_kg * GRAVITY
        derived = {
            "wheelbase_m": wheelbase,
            # m·a·b: each axle then swings as a mass of its own, without cross-talk.
            "inertia_kg_m2": self.mass_kg * self.front_axle_m * self.rear_axle_m,
            "front_load_n": weight * self.rear_axle_m / wheelbase,
            "rear_load_n": weight * self.front_axle_m / wheelbase,
            "load_shift": self.centre_height_m / wheelbase,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)


CARS: Final = (
    CarTunables(key="marten", title="Marten"),
    CarTunables(
        key="kestrel",
        title="Kestrel",
        mass_kg=930.0,
        friction_front=1.78,
        friction_rear=1.96,
        power_w=300_000.0,
        steer_rate=6.5,
        spin_damping=2.6,  # nimble: it comes round sooner, and goes back sooner
    ),
    CarTunables(
        key="bison",
        title="Bison",
        mass_kg=1120.0,
        front_axle_m=1.18,
        rear_axle_m=1.32,
        friction_front=1.725,
        friction_rear=1.905,
        power_w=372_000.0,
        steer_rate=5.0,
        slide_loss=0.18,  # its slides are long
    ),
)
"""The kinds of car: a balanced one; a light one with grip; a strong one with a heavy nose. All have
the same body, so that who passes where does not depend on the kind."""

CAR: Final = CARS[0]
"""The kind that is driven where nobody chose."""

DRAFT_SHARE: Final = 0.25
"""Of the drag that the wake of a car right ahead takes away: 5 m/s more at the very end."""

CREEP_SPEED: Final = 4.0
"""m/s below which a tyre's slip angle is taken at this speed: its force then fades out with the
sideways speed, and no force ever overshoots within a substep. So a standing car does not ring."""

LOCK_SPEED: Final = 1.5
"""m/s over the ground below which the friction of locked wheels fades out: a stop, no shiver."""

SLIDE_FROM: Final = 0.22  # tangent of the tail's slip angle: beyond the peak of a tyre
SLIDE_WIDTH: Final = 0.30
"""From where, and over how much more, the tail loses `slide_loss` of its side grip."""

HALF_TREAD_M: Final = 0.8
"""Of the wheels to the middle of the car, in every kind: which wheel is on the grass."""

LATERAL_GRIP_MIN: Final = 0.35
"""Share of side grip that braking or drive always leave: one can steer at full brakes."""

SPEED_MAX: Final = 80.0
"""m/s; a hard limit above boost downhill of any shove, so that a velocity fits its 16 bits."""

YAW_RATE_MAX: Final = 7.0
"""rad/s; a spin after a hit may not be faster: above it nothing can be read on the screen."""

REST_SPEED: Final = 0.08
"""m/s below which a car without drive stands still: under the quantum a screen can show."""

TURNING_SPEED: Final = 0.5
"""m/s below which the gear may change between forward and reverse."""

REVERSE_HOLD_TICKS: Final = 24
"""0.4 s at rest with the brake held before it reverses: a stop is not yet a wish to go back."""

BOOST_TICKS_MAX: Final = 240
"""4 s of boost in a full tank; one byte in a car frame."""

BOOST_TICKS_CANISTER: Final = 120
"""2 s of boost in one canister."""

SLIDE_SPEED: Final = 3.0
"""m/s of the tail, sideways or on locked wheels, from which a slide is seen and heard."""

# --- What a car frame carries ---------------------------------------------------------------------

QUANTA_M: Final = 1000.0  # 1 mm, 32 bits
QUANTA_SPEED: Final = 400.0  # 2.5 mm/s, 16 bits: below what rolling resistance takes in a tick
QUANTA_HEADING: Final = 65536.0  # to the turn: 0.1 mrad, 16 bits
QUANTA_YAW: Final = 4096.0  # to the rad/s, 16 bits
QUANTA_STEER: Final = 127.0  # 8 bits
QUANTA_PEDAL: Final = 255.0  # 8 bits
QUANTA_WAY: Final = 4.0  # quarters of a metre along the lap, 16 bits

# --- Surfaces, by the number of `track.Surface` ---------------------------------------------------

SURFACE_GRIP: Final = (1.0, 0.94, 0.62, 0.55, 0.74, 0.68, 0.66)
"""Asphalt; kerb, felt yet worth using; grass, where a mistake costs time, not the race; gravel;
wet asphalt; the rolled dirt of a rallycross road; a wet kerb, whose paint is slippery: not worth
using."""

SURFACE_DRAG: Final = (0.0, 0.0, 0.12, 0.30, 0.01, 0.04, 0.01)
"""Resistance as a share of weight. Below the drive's grip there, so that every car gets out."""

# --- Contact --------------------------------------------------------------------------------------

WALL_RESTITUTION: Final = 0.20  # tyre stacks give little back
WALL_FRICTION: Final = 0.28  # a scrape slows, it does not stop
CAR_RESTITUTION: Final = 0.15
CAR_FRICTION: Final = 0.15

CONTACT_SPIN: Final = 0.55
"""Share of a hit's torque that turns the car: the full one makes every touch a spin."""

CONTACT_SLOP_M: Final = 0.01
"""Overlap of two cars that is left alone, so that cars side by side do not tremble."""

HIT_TOLD_TICKS: Final = 15
"""A hit rides along with the states of so many ticks: a quarter second outlives any loss that does
not make the car stale, and then it touches nobody."""

HIT_LEAST: Final = 0.3
"""m/s below which a touch is not told: leaning on each other is seen by both, tick by tick."""

HIT_SPEED_MAX: Final = 60.0
"""m/s that a hit gives at most: what a full frontal one does; more is no hit."""

HIT_SAME_TICKS: Final = 20
"""Two touches of the same cars within a third of a second are one."""

# --- Cars of other owners -------------------------------------------------------------------------

NEAR_M: Final = 20.0
"""A car further off is out of reach for a while: it is foreseen on an arc, and has hit nobody."""

AHEAD_TICKS_MAX: Final = 15
"""A state, or a hit, from further in the future is a lie or a broken clock."""

# --- Start --------------------------------------------------------------------------------------

JUMP_TICKS: Final = TICK_HZ // 2
"""The throttle within so long before the green light is a jump start; earlier, one may play."""

JUMP_THROTTLE: Final = 0.1
"""Less is a trigger that does not quite come back."""

JUMP_HELD_TICKS: Final = TICK_HZ
"""Who jumps the start is held for 1 s after it: the field has passed, the race is not lost."""

# --- Rescue -------------------------------------------------------------------------------------

STUCK_TICKS: Final = 5 * TICK_HZ
"""No progress for so long while racing: the car is put back on the track."""

STUCK_PROGRESS_M: Final = 3.0
"""Progress that counts as being under way within `STUCK_TICKS`."""

RESCUE_TICKS: Final = 72
"""1.2 s standing after a rescue: dearer than driving on, cheaper than turning round."""

RESCUE_GHOST_TICKS: Final = 2 * TICK_HZ
"""After the rescue the car touches nobody, so that it can leave from under others."""

# --- Pick-ups -----------------------------------------------------------------------------------

PICKUP_RADIUS_M: Final = 2.2
"""From the car's centre path: half a car, and the can itself."""

PICKUP_RESPAWN_TICKS: Final = 10 * TICK_HZ
"""A taken canister is back after 10 s: each pass of a field finds some, not all."""
