#!/usr/bin/env python
"""Runs Django's commands with platform/ on the import path."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "server.settings")
    os.environ.setdefault("PROCESS_ROLE", "web" if "runserver" in sys.argv else "command")
    execute_from_command_line(sys.argv)
