"""The figures by which facts and rulings are judged stand in the document as the code has them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

DOCUMENT: Final = (Path(__file__).parents[2] / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
SECTIONS: Final = DOCUMENT[DOCUMENT.index("### 10.4 ") :]
ROWS: Final = re.findall(
    r"^\| `([A-Z0-9_]+)` \| ([\d.]+) ?(\S*) \| `(\S+)\.py` \|$", SECTIONS, re.MULTILINE
)
PER_SECOND: Final = {"_NS": 10**9, "_MS": 10**3}


@pytest.mark.parametrize(("name", "value", "unit", "module"), ROWS)
def test_a_figure_is_what_the_code_keeps(name: str, value: str, unit: str, module: str) -> None:
    kept = getattr(import_module(module.replace("/", ".")), name)
    scale = PER_SECOND[name[-3:]] if unit == "s" else 1
    assert float(value) * scale == pytest.approx(kept)


def test_each_figure_that_the_sections_name_is_listed() -> None:
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", SECTIONS))
    assert named == {name for name, _, _, _ in ROWS}
