"""The game as one sees it: scenes, camera, track, cars, HUD and keys, drawn with pygame-ce.

Drawing reads a `RaceView` and changes nothing; what a person asks for leaves as an `Intent`.
"""
