"""How a diagram looks: measures in pixels, colours, and the style sheet that names them."""

from __future__ import annotations

from typing import Final

PAGE_PX: Final = 1400.0
LEFT_PX: Final = 132.0  # names of nodes stand left of it
RIGHT_PX: Final = PAGE_PX - 24.0
ROW_PX: Final = 12.0  # of a row of labels
ROWS_MAX: Final = 6  # of labels above one line
BAND_PX: Final = 15.0
BAND_BELOW_PX: Final = 8.0  # from a node's line to its band
LANE_GAP_PX: Final = 16.0
MESSAGES_GAP_PX: Final = 64.0  # between lanes, where messages are to be told apart
TICK_PX: Final = 6.0  # half the height of a tick on a line

# Light enough for dark words; after ColorBrewer's "Paired" and "Set3" (Brewer, Harrower 2003).
REIGNS: Final = (
    "#a6cee3",
    "#fdbf6f",
    "#b2df8a",
    "#cab2d6",
    "#fb9a99",
    "#9fe0d6",
    "#f2e88b",
    "#e5c494",
    "#f4b6dc",
    "#c9d1d9",
)

STYLE: Final = """
text { font: 10px "DejaVu Sans", Verdana, Arial, sans-serif; fill: #222 }
.title { font-size: 15px; font-weight: bold }
.name { font-size: 12px; font-weight: bold }
.faint { fill: #777 }
.halo { fill: #fff; stroke: #fff; stroke-width: 3px; stroke-linejoin: round }
.grid { stroke: #e4e4e4; stroke-width: 1 }
.axis { stroke: #888; stroke-width: 1 }
.life { stroke: #333; stroke-width: 2 }
.away { stroke: #aaa; stroke-width: 1; stroke-dasharray: 2 4 }
.leader { stroke: #bbb; stroke-width: .6 }
.phase { fill: #f0f0f0; stroke: #ccc }
.band { stroke: #666; stroke-width: .5 }
.vacant { fill: #d62728; fill-opacity: .09 }
.paused { stroke: #999; stroke-width: 7; stroke-dasharray: 2 2 }
.message { stroke: #99a; stroke-width: .5; stroke-opacity: .7 }
.message.election { stroke: #8e44ad; stroke-width: 1.8; stroke-opacity: 1 }
.message.log { stroke: #1f77b4; stroke-width: 1; stroke-opacity: 1 }
.lost { stroke: #c66; stroke-width: .8; fill: #fff }
.suspect { stroke: #e08a00; fill: #e08a00 } text.suspect { stroke: none; fill: #a86400 }
.down { stroke: #d62728; fill: #d62728 } text.down { stroke: none; fill: #b01c1d }
.left { stroke: #777; fill: #777 } text.left { stroke: none; fill: #666 }
.alive { stroke: #2a9d3f; fill: #2a9d3f } text.alive { stroke: none; fill: #1f7a30 }
.crash { stroke: #d62728; stroke-width: 3; fill: none }
.farewell { stroke: #777; stroke-width: 2; fill: #fff }
.start { stroke: none; fill: #2a9d3f }
.join { stroke: #2a9d3f; fill: #fff }
.lineage { stroke: none; fill: #8e44ad }
.control { stroke: #fff; fill: #e67e22 }
.lap { stroke: #333; stroke-width: 1.5 }
.pickup { stroke: #fff; fill: #1f77b4 }
.finish { stroke: #000; fill: #000 }
.results { stroke: #000; fill: #ffd700 }
""".strip()
