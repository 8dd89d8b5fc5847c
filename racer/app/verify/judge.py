"""All checks, over what nodes printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from racer.app.verify.coordinators import check_coordinators, check_leases
from racer.app.verify.decrees import check_decrees
from racer.app.verify.grants import check_grants
from racer.app.verify.laps import check_laps
from racer.app.verify.lives import lives_of
from racer.app.verify.order import check_order
from racer.app.verify.restarts import check_restarts
from racer.app.verify.results import check_results
from racer.app.verify.seats import check_seats
from racer.app.verify.verdict import Check, Verdict

if TYPE_CHECKING:
    from racer.app.log_reading import LogRecord

CHECKS: Final[dict[str, Check]] = {
    "order": check_order,
    "decrees": check_decrees,
    "grants": check_grants,
    "seats": check_seats,
    "leases": check_leases,
    "laps": check_laps,
    "results": check_results,
    "coordinators": check_coordinators,
    "restarts": check_restarts,
}


def judge(logs: Iterable[Sequence[LogRecord]]) -> dict[str, Verdict]:
    """Return what each check finds in the logs of some nodes, a log each.

    Raises:
        LogError: a line lacks what it should say.
    """
    lives = lives_of(logs)
    return {name: check(lives) for name, check in CHECKS.items()}
