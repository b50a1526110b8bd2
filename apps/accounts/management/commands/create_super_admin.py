"""Makes a user who may do everything, and signs in with a second factor."""

import getpass
import os
import secrets
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from io import StringIO
from typing import Any

import segno
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import User
from apps.accounts.services.mfa import Enrollment, set_up_mfa
from apps.accounts.services.second_factors import device_of
from apps.accounts.services.staff import create_super_admin
from kernel.viewer import SYSTEM, acting_as

PASSWORD = "SUPER_ADMIN_PASSWORD"


class Command(BaseCommand):
    """Make the user, or only the second factor where that is missing; else change nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --email, --password and --no-with-second-factor."""
        parser.add_argument("--email", default=os.environ.get("SUPER_ADMIN_EMAIL"))
        parser.add_argument(
            "--password",
            default=os.environ.get(PASSWORD),
            help=f"else {PASSWORD}, else asked for, else made and shown once",
        )
        parser.add_argument("--with-second-factor", action=BooleanOptionalAction, default=True)

    def handle(self, **options: Any) -> None:
        """Make what is missing; CommandError for an address that somebody else has."""
        email = (options["email"] or "").strip().lower()
        if not email:
            raise CommandError("Say whom to make: --email ADDRESS.")
        with acting_as(SYSTEM):
            user = self._existing(email) or self._make(email, options["password"])
            if options["with_second_factor"] and device_of(user.pk) is None:
                self._show(*set_up_mfa(user=user, name="Super admin"))

    def _existing(self, email: str) -> User | None:
        user: User | None = User.objects.filter(email=email).first()
        if user is not None and not user.is_superuser:
            raise CommandError(f"{email} has an account already, which is none of a super admin.")
        if user is not None:
            self.stdout.write(f"{email} is a super admin already.")
        return user

    def _make(self, email: str, password: str | None) -> User:
        password, is_made_up = password or _asked(), False
        if not password:
            password, is_made_up = secrets.token_urlsafe(18), True
        try:
            user = create_super_admin(email=email, password=password)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        self.stdout.write(f"{email} is a super admin now.")
        if is_made_up:
            self.stdout.write(f"Password, shown this once: {password}")
        return user

    def _show(self, enrollment: Enrollment, codes: list[str]) -> None:
        self.stdout.write("Second factor, shown this once. Scan this with an authenticator app:")
        picture = StringIO()
        segno.make(enrollment.uri, micro=False).terminal(out=picture, compact=True)
        self.stdout.write(picture.getvalue())
        self.stdout.write(enrollment.uri)
        self.stdout.write("Recovery codes, each good for one sign-in:")
        for code in codes:
            self.stdout.write(f"  {code}")


def _asked() -> str:
    """The password typed at the terminal, nothing where there is no terminal."""
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass("Password (empty to have one made): ")
