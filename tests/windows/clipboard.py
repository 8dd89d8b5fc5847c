"""Another program that something was copied in: it offers the text until it is ended.

Usage: python -m tests.windows.clipboard TEXT
"""

from __future__ import annotations

import json
import sys

import pygame

from tests.waiting import every

LOOKS_S = 0.02


def main() -> None:
    """Offer the text of the command line for good."""
    pygame.display.init()
    pygame.display.set_mode((1, 1), pygame.HIDDEN)
    pygame.scrap.put_text(sys.argv[1])
    print(json.dumps({"event": "copied"}), flush=True)
    for _ in every(LOOKS_S):
        pygame.event.get()


if __name__ == "__main__":
    main()
