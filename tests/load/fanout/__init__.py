"""How messages fan out to thousands of sockets, beside a Node server that does the same."""
