"""The settings, and one more app: for the processes that tests of faults start."""

from server.settings import *  # noqa: F403
from server.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.faults_app.apps.FaultsConfig"]
