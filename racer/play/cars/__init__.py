"""The cars of one race as this node runs it: its own, leased ones, and those of others."""
