"""All settings, each read once from the environment (README.md, Configuration).

A wrong or missing variable stops the start with a sentence that names it.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from kernel.limits import DocumentLimits
from kernel.rates import Rate
from server.environment import database, env, is_key, is_strong, s3
from server.schedule import BEAT_SCHEDULE

# Django's generic classes can be written with their type arguments, as the type checker wants.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

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
if PRODUCTION and not is_strong(SECRET_KEY):
    raise ImproperlyConfigured("SECRET_KEY must be set to at least 40 random characters.")
SECRET_KEY = SECRET_KEY or "development-only"
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if PRODUCTION and not all(map(is_strong, SECRET_KEY_FALLBACKS)):
    raise ImproperlyConfigured("SECRET_KEY_FALLBACKS must each have at least 40 random characters.")

ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
if PRODUCTION and not ENCRYPTION_KEYS:
    raise ImproperlyConfigured(
        "ENCRYPTION_KEYS must hold at least one key, such as 2026:BASE64 with 32 random bytes."
    )
if not ENCRYPTION_KEYS:
    _derived = hashlib.sha256(f"columns {SECRET_KEY}".encode()).digest()
    ENCRYPTION_KEYS = [f"development:{base64.b64encode(_derived).decode()}"]
for _entry in ENCRYPTION_KEYS:
    _name, _, _encoded = _entry.partition(":")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", _name) or not is_key(_encoded):
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS must list keys as name:BASE64, each of 32 random bytes."
        )
if len({_entry.partition(":")[0] for _entry in ENCRYPTION_KEYS}) < len(ENCRYPTION_KEYS):
    raise ImproperlyConfigured("ENCRYPTION_KEYS must not list two keys of the same name.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts that the server answers for.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
# Pages of other origins have no business in the admin.
CORS_URLS_REGEX = r"^/(?!admin/)"
CORS_ALLOW_METHODS = ("GET", "POST", "OPTIONS")
CORS_ALLOW_HEADERS = (
    *("accept", "authorization", "content-type", "x-requested-with"),
    *("apollo-require-preflight", "x-apollo-operation-name", "graphql-preflight"),
    *("apollographql-client-name", "apollographql-client-version"),
)
CORS_EXPOSE_HEADERS = ("X-Request-Id", "Retry-After")

INSTALLED_APPS = [
    "server.apps.ServerConfig",
    "daphne",
    "server.apps.AdminConfig",
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
    "apps.credits.apps.CreditsConfig",
    "apps.orders.apps.OrdersConfig",
    "apps.leads.apps.LeadsConfig",
    "apps.reviews.apps.ReviewsConfig",
    "apps.chat.apps.ChatConfig",
]

MIDDLEWARE = [
    "server.request_ids.request_ids",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "server.headers.policies",
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

DATABASES: dict[str, Any] = {"default": database("DATABASE_URL")}
# Queries that may lag are read there, unless it lags for longer than so many seconds.
REPLICA_MAX_LAG = env.float("REPLICA_MAX_LAG", 5.0)
if REPLICA_MAX_LAG <= 0:
    raise ImproperlyConfigured("REPLICA_MAX_LAG must be more than 0 seconds.")
if env.str("DATABASE_REPLICA_URL", ""):
    # Nobody waits for it: the primary answers as well.
    DATABASES["replica"] = database("DATABASE_REPLICA_URL", timeout=0.5, reconnect_timeout=1)
    DATABASES["replica"]["OPTIONS"] |= {"connect_timeout": 2, "tcp_user_timeout": 2000}
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["kernel.databases.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What this process is; manage.py and server/celery.py say so of theirs.
ROLE = env.str("PROCESS_ROLE", "web")
if ROLE not in ("web", "worker", "command"):
    raise ImproperlyConfigured("PROCESS_ROLE must be web, worker or command.")
#: How long a statement may take: for a web process's somebody waits, a worker's may go through many
#: rows, and a command has the time that it takes.
_name, _usual = {
    "web": ("STATEMENT_TIMEOUT", "5s"),
    "worker": ("STATEMENT_TIMEOUT_WORKER", "1min"),
    "command": ("STATEMENT_TIMEOUT_COMMAND", "0"),
}[ROLE]
STATEMENT_TIMEOUT = env.str(_name, _usual)
if not re.fullmatch(r"0|[1-9]\d*(ms|s|min)", STATEMENT_TIMEOUT):
    raise ImproperlyConfigured(f"{_name} must be such as 500ms, 5s or 1min, or 0 for no limit.")

REDIS_URL = env.str("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis:// or rediss://.")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
# Keeps several installations on one Redis apart.
CHANNEL_PREFIX = env.str("CHANNEL_PREFIX", "fundi")
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
            "prefix": CHANNEL_PREFIX,
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
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

AUTH_USER_MODEL = "accounts.User"
TENANT_MODEL = "organizations.Organization"
# The email is unique among accounts that are not deleted, by a conditional constraint; and our
# backend for single rows builds on guardian's.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "guardian.W001"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "apps.organizations.backends.MembershipBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["kernel.hashing.BoundedArgon2PasswordHasher"]
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
# How long a shown password or second factor opens what needs a fresh one.
STEP_UP_SECONDS = env.int("STEP_UP_SECONDS", 600)
CODE_SECONDS = env.int("CODE_SECONDS", 600)
RESET_SECONDS = env.int("RESET_SECONDS", 3600)
INVITATION_DAYS = env.int("INVITATION_DAYS", 7)
ERASE_AFTER_DAYS = env.int("ERASE_AFTER_DAYS", 30)
# The admin, and GraphiQL in production, ask staff for a second factor.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", PRODUCTION)
SMS_PER_NUMBER_AND_DAY = env.int("SMS_PER_NUMBER_AND_DAY", 5)
SMS_PER_DAY = env.int("SMS_PER_DAY", 1000)
MAIL_CODES_PER_ADDRESS_AND_DAY = env.int("MAIL_CODES_PER_ADDRESS_AND_DAY", 10)
CODE_RESEND_SECONDS = env.int("CODE_RESEND_SECONDS", 60)
# How many take part in a group, how long words can be changed, and how long one counts as present.
CHAT_GROUP_SIZE = env.int("CHAT_GROUP_SIZE", 256)
CHAT_EDIT_HOURS = env.int("CHAT_EDIT_HOURS", 24)
PRESENCE_SECONDS = env.int("PRESENCE_SECONDS", 60)
# The phone numbers without a country's code are this country's.
PHONE_REGION = env.str("PHONE_REGION", "ZA")

# Who takes payments: nobody, or in development the console, where everything counts as paid.
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", "" if PRODUCTION else "console")
if PAYMENT_GATEWAY not in ("", "console"):
    raise ImproperlyConfigured("PAYMENT_GATEWAY must be console, or empty.")
if PAYMENT_GATEWAY == "console" and PRODUCTION:
    raise ImproperlyConfigured("PAYMENT_GATEWAY must not be console in production.")

FIREBASE_PROJECT_ID = env.str("FIREBASE_PROJECT_ID", "")
FIREBASE_KEYS_URL = env.str(
    "FIREBASE_KEYS_URL",
    "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
)

# Tries at once, and the seconds until as many again: for each account and for each address.
RATE_PREFIX = env.str("RATE_PREFIX", "rate")
RATES = {
    name: tuple(
        env.get_value(f"RATE_{name}_{whose}", cast=Rate.parse, default=Rate.parse(usual))
        for whose, usual in usuals
    )
    for name, usuals in {
        "SIGN_IN": (("ACCOUNT", "5/60"), ("ADDRESS", "30/60")),
        "SIGN_UP": (("ACCOUNT", "3/600"), ("ADDRESS", "20/600")),
        "RESET": (("ACCOUNT", "3/600"), ("ADDRESS", "20/600")),
        "CODE": (("ACCOUNT", "10/600"), ("ADDRESS", "60/600")),
        "REFRESH": (("ACCOUNT", "30/60"), ("ADDRESS", "120/60")),
        "INVITE": (("ACCOUNT", "50/3600"), ("ADDRESS", "100/3600")),
        "SEND_MESSAGE": (("ACCOUNT", "30/15"), ("ADDRESS", "600/15")),
        "CHAT_SIGNAL": (("ACCOUNT", "120/60"), ("ADDRESS", "2400/60")),
        "CHAT_CHANGE": (("ACCOUNT", "60/60"), ("ADDRESS", "1200/60")),
        "CREATE_LEAD": (("ACCOUNT", "10/3600"), ("ADDRESS", "30/3600")),
        "SEARCH": (("ACCOUNT", "60/60"), ("ADDRESS", "600/60")),
        "UPLOAD": (("ACCOUNT", "60/600"), ("ADDRESS", "600/600")),
        "EXPORT": (("ACCOUNT", "10/600"), ("ADDRESS", "100/600")),
    }.items()
}
# Points of cost that operations may take at once, and the seconds until as many again.
COST_RATES = {
    whose: env.get_value(f"RATE_COST_{whose}", cast=Rate.parse, default=Rate.parse(usual))
    for whose, usual in {
        "USER": "10000/100",
        "ORGANIZATION": "50000/100",
        "ADDRESS": "20000/200",
    }.items()
}
# Proxies of ours in front, each of which appends to X-Forwarded-For whom it heard.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES < 0:
    raise ImproperlyConfigured("TRUSTED_PROXIES must be how many proxies of ours stand in front.")
# Where clients reach this server, and the pages that mails link to: {token} stands in them.
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
RESET_URL = env.str("RESET_URL", f"{PUBLIC_URL}/reset?token={{token}}")
INVITATION_URL = env.str("INVITATION_URL", f"{PUBLIC_URL}/invitation?token={{token}}")

SMS_GATEWAY = env.str("SMS_GATEWAY", "console")
if SMS_GATEWAY not in ("console", "panacea"):
    raise ImproperlyConfigured("SMS_GATEWAY must be console or panacea.")
SMS_TIMEOUT = env.float("SMS_TIMEOUT", 10.0)
PANACEA_URL = env.str("PANACEA_URL", "https://api.panaceamobile.com")
PANACEA_USERNAME = env.str("PANACEA_USERNAME", "")
PANACEA_PASSWORD = env.str("PANACEA_PASSWORD", "")
PANACEA_FROM = env.str("PANACEA_FROM", "")
if SMS_GATEWAY == "panacea" and not (PANACEA_USERNAME and PANACEA_PASSWORD):
    raise ImproperlyConfigured("PANACEA_USERNAME and PANACEA_PASSWORD are needed to send SMS.")

# What each provider of mail has to be told, as ANYMAIL_ and the name.
MAIL_PROVIDERS = {
    "amazon_ses": ["AMAZON_SES_REGION"],
    "brevo": ["BREVO_API_KEY"],
    "mailersend": ["MAILERSEND_API_TOKEN"],
    "mailgun": ["MAILGUN_API_KEY"],
    "mailjet": ["MAILJET_API_KEY", "MAILJET_SECRET_KEY"],
    "mailtrap": ["MAILTRAP_API_TOKEN"],
    "mandrill": ["MANDRILL_API_KEY"],
    "postal": ["POSTAL_API_KEY", "POSTAL_API_URL"],
    "postmark": ["POSTMARK_SERVER_TOKEN"],
    "resend": ["RESEND_API_KEY"],
    "scaleway": ["SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"],
    "sendgrid": ["SENDGRID_API_KEY"],
    "sparkpost": ["SPARKPOST_API_KEY"],
}
EMAIL_GATEWAY = env.str("EMAIL_GATEWAY", "console")
if EMAIL_GATEWAY not in ("console", "smtp", *MAIL_PROVIDERS):
    raise ImproperlyConfigured(
        f"EMAIL_GATEWAY must be console, smtp, {' or '.join(MAIL_PROVIDERS)}."
    )
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}.get(EMAIL_GATEWAY, f"anymail.backends.{EMAIL_GATEWAY}.EmailBackend")
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", 10.0)
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.str("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_PASSWORD", "")
# TLS from the first byte, as on port 465, or else after a greeting in the clear.
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", not EMAIL_USE_SSL)
if EMAIL_GATEWAY == "smtp" and not EMAIL_HOST:
    raise ImproperlyConfigured("EMAIL_HOST must name the server that takes mails.")
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other.")
if EMAIL_HOST_USER and not (EMAIL_USE_TLS or EMAIL_USE_SSL):
    raise ImproperlyConfigured("EMAIL_PASSWORD would travel in the clear: use TLS or SSL.")
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", "Fundi <fundi@localhost>" if EMAIL_GATEWAY == "console" else ""
)
if not re.fullmatch(r"([^<>@\n]+ <)?[^<>@\s]+@[^<>@\s]+(?(1)>)", DEFAULT_FROM_EMAIL):
    raise ImproperlyConfigured(
        "DEFAULT_FROM_EMAIL must be who mails come from, such as Fundi <hello@example.org>."
    )
ANYMAIL: dict[str, Any] = {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
for _name in MAIL_PROVIDERS.get(EMAIL_GATEWAY, []):
    ANYMAIL[_name] = env.str(f"ANYMAIL_{_name}", "")
    if not ANYMAIL[_name]:
        raise ImproperlyConfigured(f"ANYMAIL_{_name} is needed to send mail by {EMAIL_GATEWAY}.")
# Where else a provider has its API, as in Europe, and the domain that Mailgun sends for.
for _name in (f"{EMAIL_GATEWAY.upper()}_API_URL", "MAILGUN_SENDER_DOMAIN"):
    if env.str(f"ANYMAIL_{_name}", ""):
        ANYMAIL[_name] = env.str(f"ANYMAIL_{_name}")
if EMAIL_GATEWAY == "amazon_ses":
    ANYMAIL["AMAZON_SES_CLIENT_PARAMS"] = {
        "region_name": ANYMAIL["AMAZON_SES_REGION"],
        "config": {"connect_timeout": EMAIL_TIMEOUT, "read_timeout": EMAIL_TIMEOUT},
    }

EVENT_LOG = "apps.core.services.event_log.append"
PLATFORM_CURRENCY = env.str("PLATFORM_CURRENCY", "USD")

UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 10 * 1024 * 1024)
BODY_MAX_BYTES = env.int("BODY_MAX_BYTES", 256 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES + BODY_MAX_BYTES
PAGE_SIZE_MAX = env.int("PAGE_SIZE_MAX", 100)
PAGE_SIZE_DEFAULT = 20
DOCUMENT_LIMITS = DocumentLimits(
    **{
        name: env.int(f"MAX_{name.upper()}", usual)
        for name, usual in {
            "length": 50_000,
            "tokens": 2000,
            "depth": 10,
            "introspection_depth": 15,
            "nesting": 40,
            "aliases": 15,
            "directives": 20,
            "operations": 10,
            "mutations": 4,
            "repeats": 100,
            "list_items": 100,
            "input_depth": 12,
            "input_values": 1000,
            "nodes": 10_000,
            "cost": 1000,
        }.items()
    }
)
if any(rate.capacity < DOCUMENT_LIMITS.cost for rate in COST_RATES.values()):
    raise ImproperlyConfigured("RATE_COST_* must each hold at least the cost of MAX_COST.")
# Documents that clients sent before and may name by their hash; where only trusted ones run, by
# what was registered at deployment.
PERSISTED_PREFIX = env.str("PERSISTED_PREFIX", "persisted")
PERSISTED_QUERIES_MAX = env.int("PERSISTED_QUERIES_MAX", 5000)
TRUSTED_DOCUMENTS_ONLY = env.bool("TRUSTED_DOCUMENTS_ONLY", False)
# Seconds after which an operation is ended.
OPERATION_SECONDS = env.float("OPERATION_SECONDS", 10.0)
SOCKET_INIT_SECONDS = env.float("SOCKET_INIT_SECONDS", 10.0)
#: Seconds after which a connection that takes no more answers is closed.
SOCKET_STALL_SECONDS = env.float("SOCKET_STALL_SECONDS", 10.0)
#: Of one user in a process; the oldest gives way.
SOCKETS_PER_USER = env.int("SOCKETS_PER_USER", 10)
SUBSCRIPTIONS_PER_SOCKET = env.int("SUBSCRIPTIONS_PER_SOCKET", 20)
# Strangers learn the schema's shape from introspection and suggestions; development wants both.
OPEN_INTROSPECTION = env.bool("OPEN_INTROSPECTION", not PRODUCTION)
# Answers from the catalog, remembered by each web process until something in it changes.
PUBLIC_ANSWERS = env.bool("PUBLIC_ANSWERS", ENVIRONMENT != "test")

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
# What only some may open lies apart, and is reached by addresses that expire.
PRIVATE_MEDIA_ROOT = env.str("PRIVATE_MEDIA_ROOT", str(BASE_DIR / ".data/private"))
MEDIA_STORAGE = env.str("MEDIA_STORAGE", "local")
PRIVATE_STORAGE = env.str("PRIVATE_STORAGE", "s3" if MEDIA_STORAGE == "s3" else "local")
if MEDIA_STORAGE not in ("local", "s3", "cloudinary") or PRIVATE_STORAGE not in ("local", "s3"):
    raise ImproperlyConfigured(
        "MEDIA_STORAGE must be local, s3 or cloudinary, and PRIVATE_STORAGE local or s3."
    )

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "kernel.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if MEDIA_STORAGE == "s3":
    STORAGES["default"] = s3("S3_BUCKET", querystring_auth=False)
if MEDIA_STORAGE == "cloudinary":
    STORAGES["default"] = {
        "BACKEND": "server.cloudinary_storage.CloudinaryStorage",
        "OPTIONS": {"url": env.str("CLOUDINARY_URL")},
    }
if PRIVATE_STORAGE == "s3":
    STORAGES["private"] = s3("S3_PRIVATE_BUCKET", querystring_expire=600)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if PRODUCTION else 0)
# Whoever serves something without TLS below the name of this server turns this off.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_SUBDOMAINS", True)
# That of the admin, for a working day.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION

# Operations that take longer are logged as warnings, with the SHA-256 of their documents.
SLOW_OPERATION_SECONDS = env.float("SLOW_OPERATION_SECONDS", 1.0)
# What Prometheus has to show; without it, production tells no figures.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
if PRODUCTION and METRICS_TOKEN and not is_strong(METRICS_TOKEN):
    raise ImproperlyConfigured("METRICS_TOKEN must have at least 40 random characters.")
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING_CONFIG = "server.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "json": PRODUCTION}
