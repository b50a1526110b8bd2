"""The outside world as real servers on loopback, which can be slow, fail, repeat and reorder."""
