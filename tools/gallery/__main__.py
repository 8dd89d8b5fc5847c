"""Draw the gallery, or those pictures that are named: `python -m tools.gallery`."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from racer.app.terminal import ProgressLine, complain
from tools.gallery.catalogue import SITTINGS, page
from tools.gallery.drawing import draw_sitting

FOLDER: Final = Path(__file__).parents[2] / "docs" / "gallery"
BYTES_MAX: Final = 6_000_000  # of all pictures: each clone of the repository carries them


def main() -> int:
    """Draw, and write a page with a line for each picture."""
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder (default: docs/gallery)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a picture (default: all)")
    asked = parser.parse_args()
    known = {shot.name for sitting in SITTINGS for shot in sitting.shots}
    for name in asked.names:
        if name not in known:
            parser.error(f"no picture {name!r}; there are {', '.join(sorted(known))}")
    wanted = frozenset(asked.names) or known
    asked.out.mkdir(parents=True, exist_ok=True)
    _draw_all(asked.out, wanted, asked.jobs)
    (asked.out / "README.md").write_text(page(), encoding="utf-8")
    size = sum(path.stat().st_size for path in asked.out.iterdir())
    print(f"{len(wanted)} pictures, {size / 1e6:.1f} MB in {asked.out}")
    if size > BYTES_MAX:
        complain(f"the gallery has {size} bytes; {BYTES_MAX} are allowed")
        return 1
    return 0


def _draw_all(out: Path, wanted: frozenset[str] | set[str], jobs: int) -> None:
    """Draw sitting by sitting, the longest first, in processes beside each other."""
    asked = [
        number
        for number, sitting in enumerate(SITTINGS)
        if any(shot.name in wanted for shot in sitting.shots)
    ]
    progress = ProgressLine()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        drawn = [pool.submit(draw_sitting, number, out) for number in asked]
        for done, each in enumerate(drawn):
            progress.stage(f"sitting {done + 1} of {len(drawn)}")
            each.result()
    progress.clear()


if __name__ == "__main__":
    sys.exit(main())
