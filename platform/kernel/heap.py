"""Garbage collection that leaves alone what lives as long as the process: modules, the schema.

To look through all of that for cycles stopped everything for a third of a second, again and again
where thousands of sockets are open.
"""

import gc


def keep_what_is_loaded() -> None:
    """Never look for cycles in what is there by now, and seldom in what comes."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
