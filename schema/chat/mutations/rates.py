"""How often one may call what is done in rooms, besides saying something there."""

from schema.base.limits import Limit

#: Signs of life and receipts, which apps send by themselves.
SIGNALS = Limit("CHAT_SIGNAL")
#: What changes a room, who takes part, or what was said.
CHANGES = Limit("CHAT_CHANGE")
