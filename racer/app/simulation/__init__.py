"""Whole races in virtual time with faults, and what is checked of them."""
