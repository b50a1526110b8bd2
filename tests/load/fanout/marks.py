"""What messages say, so that they are known by a search for a byte."""

MARK, DIGITS = b"~", 8


def content(message: int) -> str:
    """The words of a message, by its number in the run."""
    return f"{MARK.decode()}{message:0{DIGITS}d} The tap drips again: does Tuesday suit you?"
