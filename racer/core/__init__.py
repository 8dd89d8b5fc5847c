"""The race itself, pure and headless: cars, circuits, contact, rules, bots.

Everything here is a function of its arguments, at a fixed tick: no clock, no file, no randomness
but a `random.Random` that is handed in. Units are SI (metres, seconds, radians) unless a name says
otherwise; axes are x right, y up, headings count from x, positive to the left.
"""
