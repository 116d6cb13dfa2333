"""Settings of the whole project: one file, read from the environment, safe by default.

`PORTAL_MODE` is `production` unless said otherwise. What a setting must be in production, and how
to mend it, is said here; what only the database knows is asked by `portal.tenancy.checks` when the
web server, a worker or the dispatcher starts.
"""

from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from portal.env import BASE_DIR, database, encryption_keys, env, is_private, mode, required
from portal.logs import mask_tokens, where_it_failed

MODE = mode()
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
TESTING = MODE == "test"

DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG is on in production. Unset DEBUG.")

SECRET_KEY = required(
    "SECRET_KEY", "Set it to 50 random characters and keep it out of version control."
)
PORTAL_HOME = Path(env.str("PORTAL_HOME", default=str(BASE_DIR / ".portal")))
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default="" if PRODUCTION else f"http://localhost:{PORT}")
if not PUBLIC_URL:
    raise ImproperlyConfigured(
        "PUBLIC_URL is not set. Set it to the address people type, like https://portal.example.org."
    )
PUBLIC_URL = PUBLIC_URL.rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[PUBLIC_URL.split("//", 1)[-1].split(":", 1)[0].split("/", 1)[0]]
    + ([] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]),
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Apps, in the order in which data flows -----------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
    "phonenumber_field",
    "rest_framework",
    "drf_spectacular",
    "template_partials",
    "portal.tenancy",
    "portal.ui",
    "portal.clock",
    "portal.audit",
    "portal.encryption",
    "portal.access",
    "portal.practices",
    "portal.backups",
    "portal.people",
    "portal.work",
    "portal.appointments",
    "intake",
    "messaging",
    "goals",
    "reminders",
    "metrics",
    "portal.home",
    "portal.api",
    "portal.dev",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.ui.middleware.SecurityHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.practices.prefix.PracticePrefixMiddleware",
    "portal.people.signin.cookies.KeepNewerCookieMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.people.signin.lifetimes.SessionLifetimeMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.people.signin.kept.KeptFormMiddleware",
    "portal.practices.middleware.PracticeMiddleware",
    "portal.home.keys.KeyErrorsMiddleware",
]

ROOT_URLCONF = "portal.urls"
PRACTICE_URLCONF = "portal.practice_urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.context.page_frame",
            ],
            "string_if_invalid": "",
        },
    }
]

# --- Databases: three roles (docs/decisions) ----------------------------------

DATABASE_URL = required("DATABASE_URL", "Point it at PostgreSQL as the role portal_app.")
DATABASES: dict[str, Any] = {"default": {**database(DATABASE_URL), "ATOMIC_REQUESTS": True}}
for _alias, _name in (("owner", "DATABASE_OWNER_URL"), ("dispatch", "DATABASE_DISPATCH_URL")):
    if _url := env.str(_name, default=""):
        DATABASES[_alias] = database(_url)
_STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=15_000)
for _alias in ("default", "dispatch"):
    if _alias in DATABASES:
        DATABASES[_alias].setdefault("OPTIONS", {})["options"] = (
            f"-c statement_timeout={_STATEMENT_TIMEOUT_MS}"
            " -c idle_in_transaction_session_timeout=60000"
        )
        DATABASES[_alias]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
        DATABASES[_alias]["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS = ["portal.tenancy.router.OneDatabaseThreeRoles"]
DATABASE_PRIVATE_NETWORK = env.bool("DATABASE_PRIVATE_NETWORK", default=False)
_WITHOUT_TLS = "sslmode=verify-" not in DATABASE_URL and "sslmode=require" not in DATABASE_URL
if PRODUCTION and _WITHOUT_TLS and not (is_private(DATABASE_URL) or DATABASE_PRIVATE_NETWORK):
    raise ImproperlyConfigured(
        "DATABASE_URL leaves this machine without TLS. Add ?sslmode=verify-full, or set "
        "DATABASE_PRIVATE_NETWORK=1 if the network between them is yours alone."
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Keys: what people write is encrypted under them (docs/operations.md) -----

# ENCRYPTION_KEYS or ENCRYPTION_KEY_FILE; the first wraps, all of them unwrap.
ENCRYPTION_KEYS = encryption_keys(
    env.list("ENCRYPTION_KEYS", default=[]),
    env.str("ENCRYPTION_KEY_FILE", default=""),
    stand_in=None if PRODUCTION else PORTAL_HOME / "encryption.key",
)
KEY_KEEPER = env.str("KEY_KEEPER", default="portal.encryption.kek.LocalKeys")

# --- Redis: broker, cache, limits ---------------------------------------------

REDIS_URL = required(
    "REDIS_URL", "Point it at Redis or Valkey, like redis://:password@host:6379/0."
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", default="portal"),
        "VERSION": 2,  # the first was written in another way
        "OPTIONS": {"serializer": "portal.cached.JsonSerializer"},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="portal")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "wake-the-dispatcher": {"task": "reminders.ring", "schedule": 15.0},
    "seal-the-audit": {"task": "practices.seal_audit", "schedule": 60.0},
    "letters": {"task": "people.send_waiting_letters", "schedule": 60.0},
    "invitations": {"task": "people.mail_waiting_invitations", "schedule": 60.0},
    "old-accounts": {"task": "reminders.forget_old_accounts", "schedule": 24 * 3600.0},
    "imports": {"task": "appointments.work_waiting_imports", "schedule": 60.0},
    "end-old-forms": {"task": "intake.end_old_forms", "schedule": 24 * 3600.0},
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it believes any X-Forwarded-For

# --- People and sign-in -------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["portal.people.signin.backend.OneHashBackend"]
PASSWORD_HASHERS = [
    "portal.people.signin.hashing.SmallArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:  # a fast hash, so that the suite measures the portal and not the hash
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.people.signin.passwords.LongEnough"},
    {"NAME": "portal.people.signin.passwords.NotCommon"},
    {"NAME": "portal.people.signin.passwords.NotTheName"},
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

_SECURE = PUBLIC_URL.startswith("https://")
if PRODUCTION and not _SECURE:
    raise ImproperlyConfigured("PUBLIC_URL must begin with https:// in production.")
_COOKIE = "__Host-{}" if _SECURE else f"{{}}-{PORT}"  # two demos on one host keep apart
SESSION_COOKIE_NAME = _COOKIE.format("session")
CSRF_COOKIE_NAME = _COOKIE.format("csrf")
LANGUAGE_COOKIE_NAME = _COOKIE.format("language")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
KNOWN_DEVICE_COOKIE_NAME = _COOKIE.format("device")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# The row outlives the sign-in, so that a form sent too late still finds whose it was.
SESSION_COOKIE_AGE = 3 * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)

# django-allauth, as portal/people/signin wants it
ACCOUNT_ADAPTER = "portal.people.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email", "username*", "password1*"]
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Of one account: five wrong guesses in a quarter of an hour, and ten an hour from browsers
    # that have never signed in to it.
    "login_failed": "20/m/ip,5/15m/key",
    "login_failed_elsewhere": "10/h/key",
    "reset_password": "20/m/ip,5/15m/key",
}
_FORMS = "portal.people.signin.forms."
ACCOUNT_FORMS = {
    "login": _FORMS + "SignInForm",
    "reauthenticate": _FORMS + "ConfirmPasswordForm",
    "change_password": _FORMS + "ChangePasswordForm",
    "set_password": _FORMS + "SetPasswordForm",
    "reset_password": _FORMS + "ForgotPasswordForm",
    "reset_password_from_key": _FORMS + "NewPasswordForm",
    "add_email": _FORMS + "NewAddressForm",
}
MFA_ADAPTER = "portal.people.signin.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": _FORMS + "CodeForm",
    "reauthenticate": _FORMS + "ConfirmCodeForm",
    "activate_totp": _FORMS + "ActivateAppForm",
    "login_webauthn": _FORMS + "PasskeySignInForm",
    "authenticate_webauthn": _FORMS + "PasskeyStepForm",
    "reauthenticate_webauthn": _FORMS + "ConfirmPasskeyForm",
    "add_webauthn": _FORMS + "AddPasskeyForm",
    "edit_webauthn": _FORMS + "RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # sign-up is closed, so nobody can claim another's address
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost in the demo and in tests
# How many proxies of ours stand in front; with 0 the header X-Forwarded-For is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Headers ------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
    }
}
# Not "no-referrer": with it browsers send `Origin: null` and every form would be refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
SECURE_SSL_REDIRECT = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
CSRF_FAILURE_VIEW = "portal.home.errors.csrf_failure"

# --- Words, time, files -------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = USE_TZ = True
# How long a process trusts the offset of the portal's clock: the demo moves it, tests forget it.
CLOCK_FRESH_SECONDS = {"production": 60.0, "demo": 1.0, "test": float("inf")}[MODE]
TIME_ZONE = "UTC"
PHONENUMBER_DEFAULT_REGION = "GB"
STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING

# --- Mail and texts -----------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "portal.dev.mailbox.MailboxBackend"  # read at /demo/mail/
    if PRODUCTION:
        raise ImproperlyConfigured(
            "EMAIL_URL is not set. Set it, like smtp+tls://user:password@mail.example.org:587."
        )
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Each practice brings an account of its own; where the provider is, only the installation says.
TWILIO_API_BASE = env.str("TWILIO_API_BASE", default="")

# --- API ----------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["portal.access.api.DeclaredPermission"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Third Session",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- Logs: one JSON line each, ids and never content --------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                where_it_failed,
                mask_tokens,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own request log repeats the path and, on errors, the local variables.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.UnicodeDecoder(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
PRACTICE_GATES = [
    "portal.people.signin.gates.second_factor",
    "portal.people.signin.gates.privacy_notice",
]
PRIVACY_VERSION = "2026-11"  # a new one asks everybody again
