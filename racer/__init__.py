"""`racer`: a peer-to-peer 2D car race for the machines of one LAN."""

from pathlib import Path
from typing import Final

FILES: Final = Path(__file__).parent
"""Where the package's own files lie, circuits and assets too.

A package is installed as files always; `importlib.resources`, which reads one from an archive too,
would be a twentieth of a node's first word.
"""
