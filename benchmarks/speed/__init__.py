"""Time and memory, every system in its own process; see `tables.py` for what is measured."""
