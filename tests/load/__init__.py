"""The benchmark: our API beside raw ASGI and SQL (``make load``)."""
