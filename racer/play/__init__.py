"""The race on the substrate: what it puts into operations, decrees and streams, and what one sees.

Pure: no I/O. It alone in racer knows `net`, and of that only the public names.
"""
