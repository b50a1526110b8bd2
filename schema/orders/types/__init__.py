"""Orders, bids and what comes of them, as clients see them."""
