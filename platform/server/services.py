"""PostgreSQL and Valkey as children of ours, for machines that have none configured."""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import psycopg
from psycopg import sql

from server.children import Account, Server, ServiceFailed, account_for, make_folder, spawn, until

ROLE = DATABASE = "fundi"
LONGEST_SOCKET_PATH = 100

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Fast, and lost when the machine loses power: for tests."""


class Postgres(Server):
    """A PostgreSQL that can be reached over a Unix socket only, with our role and database in it."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open connections are closed, data is written

    def __init__(self, folder: Path, *, throwaway: bool = False) -> None:
        super().__init__(folder)
        self._settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        self._socket_folder = self.folder

    @property
    def url(self) -> str:
        """DATABASE_URL for the application's role, which is no superuser."""
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self._socket_folder))}"
