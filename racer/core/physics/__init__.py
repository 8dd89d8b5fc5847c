"""The motion of a car within one fixed tick: forces, contact, slipstream."""
