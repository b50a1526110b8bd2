"""The app on a user's phone that makes one-time passwords."""

from dataclasses import dataclass

import pyotp

from apps.accounts.models import MfaDevice, User
from kernel import clock

STEP = 30


@dataclass(frozen=True)
class Authenticator:
    """What such an app does, once it was told a secret."""

    secret: str

    def code(self, *, steps: int = 0) -> str:
        """The code that it shows, or showed or will show some steps from now."""
        return pyotp.TOTP(self.secret).at(int(clock.now().timestamp()) + steps * STEP)

    def wrong_code(self) -> str:
        """A code that it shows at no time near."""
        near = {self.code(steps=steps) for steps in range(-3, 4)}
        return next(code for n in range(10) if (code := f"{n}" * 6) not in near)


def with_second_factor(user: User) -> Authenticator:
    """Have a user sign in with a second factor; their app."""
    app = Authenticator(pyotp.random_base32())
    MfaDevice.objects.create(user=user, name="Phone", secret=app.secret, confirmed_at=clock.now())
    return app
