"""An app for tests of faults: facts, and handlers that count what they do."""
