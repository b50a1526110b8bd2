"""All settings, each read once from the environment (README.md, Configuration).

A wrong or missing variable stops the start with a sentence that names it.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

# Django's generic classes can be written with their type arguments, as the type checker wants.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

ENVIRONMENT = env.str("ENVIRONMENT", "production")
if ENVIRONMENT not in ("development", "test", "production"):
    raise ImproperlyConfigured("ENVIRONMENT must be development, test or production.")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG must not be on in production.")

SECRET_KEY = env.str("SECRET_KEY", "")
if PRODUCTION and (len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 10):
    raise ImproperlyConfigured("SECRET_KEY must be set to at least 40 random characters.")
SECRET_KEY = SECRET_KEY or "development-only"
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that the server answers for.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])

INSTALLED_APPS = [
    "server.apps.ServerConfig",
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "corsheaders",
    "guardian",
    "pgtrigger",
    "tree_queries",
    "strawberry_django",
    "apps.core.apps.CoreConfig",
    "apps.organizations.apps.OrganizationsConfig",
    "apps.catalog.apps.CatalogConfig",
    "apps.accounts.apps.AccountsConfig",
    "apps.providers.apps.ProvidersConfig",
    "apps.orders.apps.OrdersConfig",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "server.urls"
ASGI_APPLICATION = "server.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "platform/server/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

if not env.str("DATABASE_URL", ""):
    raise ImproperlyConfigured("DATABASE_URL must name the PostgreSQL database.")
if not env.str("REDIS_URL", ""):
    raise ImproperlyConfigured("REDIS_URL must name the Redis or Valkey server.")

DATABASES: dict[str, Any] = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        "pool": {
            "min_size": env.int("DATABASE_POOL_MIN", 0),
            "max_size": env.int("DATABASE_POOL_MAX", 20),
            "timeout": env.float("DATABASE_POOL_WAIT", 3.0),
        }
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATEMENT_TIMEOUT = env.str("STATEMENT_TIMEOUT", "5s")

REDIS_URL = env.str("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis:// or rediss://.")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
# redis-py 8 gives up after 5 s of silence by default, and a quiet channel is silent for longer.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": REDIS_URL,
                    "socket_timeout": 15,
                    "socket_connect_timeout": 3,
                    "health_check_interval": 30,
                }
            ],
            "prefix": env.str("CHANNEL_PREFIX", "fundi"),
        },
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # A killed worker's tasks come back after seconds instead of the default's minutes.
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 15,
    "socket_connect_timeout": 1,
    "health_check_interval": 30,
}
CELERY_BEAT_SCHEDULE = {
    "deliver": {"task": "apps.core.tasks.deliver", "schedule": 2.0, "options": {"expires": 10}},
    "forget-old-events": {"task": "apps.core.tasks.forget_old_events", "schedule": 600.0},
    "forget-old-keys": {"task": "apps.core.tasks.forget_old_keys", "schedule": 3600.0},
    "start-purge": {"task": "apps.core.tasks.start_purge", "schedule": 86400.0},
}

AUTH_USER_MODEL = "accounts.User"
# The email is unique among accounts that are not deleted, by a conditional constraint.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCESS_TOKEN_SECONDS = env.int("ACCESS_TOKEN_SECONDS", 900)
REFRESH_TOKEN_DAYS = env.int("REFRESH_TOKEN_DAYS", 30)

EVENT_LOG = "apps.core.services.event_log.append"
PLATFORM_CURRENCY = env.str("PLATFORM_CURRENCY", "USD")

UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 10 * 1024 * 1024)
BODY_MAX_BYTES = env.int("BODY_MAX_BYTES", 256 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES + BODY_MAX_BYTES
PAGE_SIZE_MAX = env.int("PAGE_SIZE_MAX", 100)
PAGE_SIZE_DEFAULT = 20
SOCKET_INIT_SECONDS = env.float("SOCKET_INIT_SECONDS", 10.0)
SUBSCRIPTIONS_PER_SOCKET = env.int("SUBSCRIPTIONS_PER_SOCKET", 20)
# Strangers learn the schema's shape from introspection and suggestions; development wants both.
OPEN_INTROSPECTION = env.bool("OPEN_INTROSPECTION", not PRODUCTION)

STRAWBERRY_DJANGO = {
    "FIELD_DESCRIPTION_FROM_HELP_TEXT": True,
    "TYPE_DESCRIPTION_FROM_MODEL_DOCSTRING": True,
    "GENERATE_ENUMS_FROM_CHOICES": False,
    "MAP_AUTO_ID_AS_GLOBAL_ID": True,
    "PAGINATION_DEFAULT_LIMIT": PAGE_SIZE_DEFAULT,
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "platform/server/static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
MEDIA_URL = env.str("MEDIA_URL", "/media/")
MEDIA_ROOT = env.str("MEDIA_ROOT", str(BASE_DIR / ".data/media"))

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "server.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "json": PRODUCTION}
