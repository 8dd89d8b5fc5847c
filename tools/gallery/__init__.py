"""The gallery: every scene of the window, drawn from a seed where nobody sees it."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
