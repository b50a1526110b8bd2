"""Reading settings from the environment: what is wrong is told by the name of its variable."""

import base64
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):  # type: ignore[misc]
    """Reads variables, and says of which one it could not read."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """The value of a variable; raises ImproperlyConfigured."""
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError:
            # Without the value, of which a part may be secret.
            raise ImproperlyConfigured(
                f"{var} cannot be read: how it is written stands in README.md, Configuration."
            ) from None


def is_key(encoded: str) -> bool:
    """Whether a text is 32 bytes in base64, which look random."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    return len(key) == 32 and len(set(key)) >= 16


def is_strong(secret: str) -> bool:
    """Whether a text is long enough for a secret, and looks random."""
    return len(secret) >= 40 and len(set(secret)) >= 10


env = Env()


def database(variable: str, **pool: Any) -> dict[str, Any]:
    """A PostgreSQL that a variable names, with a pool of connections."""
    found: dict[str, Any] = env.db_url(variable)
    sizes = {
        "min_size": env.int("DATABASE_POOL_MIN", 0),
        "max_size": env.int("DATABASE_POOL_MAX", 20),
        "timeout": env.float("DATABASE_POOL_WAIT", 3.0),
    }
    return found | {
        "ENGINE": "server.database",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": found.get("OPTIONS", {}) | {"pool": sizes | pool},
    }


def s3(bucket: str, **options: Any) -> dict[str, Any]:
    """A bucket of S3, or of what speaks its protocol at S3_ENDPOINT_URL."""
    if not env.str(bucket, ""):
        raise ImproperlyConfigured(f"{bucket} must name the bucket for files on S3.")
    known = {
        "bucket_name": env.str(bucket),
        "endpoint_url": env.str("S3_ENDPOINT_URL", None),
        "region_name": env.str("S3_REGION", None),
        "access_key": env.str("S3_ACCESS_KEY", None),
        "secret_key": env.str("S3_SECRET_KEY", None),
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": known | options}
