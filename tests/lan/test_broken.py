"""Networks as people have them, where two do not meet: both are told why, and the remedy works.

`make lan` runs the most telling, `make networks` all of the table.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.lan.broken.network import Broken, undergo
from tests.lan.broken.table import BROKEN
from tests.lan.lab import Lan, needs_lan

pytestmark = needs_lan

TELLING: Final = ("a firewall drops what goes out",)
ROWS: Final = [row for row in BROKEN if row.name in TELLING or os.environ.get("NETWORKS") == "all"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
def test_on_a_broken_network_both_are_told_why_and_the_doctors_remedy_has_them_meet(
    row: Broken, make_lan: Callable[..., Lan], tmp_path: Path
) -> None:
    undergo(row, make_lan(row.boxes, ipv6=row.ipv6), tmp_path)
