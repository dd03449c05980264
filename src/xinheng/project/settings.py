"""Settings, from the environment only; a missing secret stops the server.

Every variable may also be given as `NAME_FILE`, the path of a file that holds the
value. The reference page `docs/reference/settings.md` lists them all and is tested
against this module.
"""

from __future__ import annotations

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from xinheng.project import logs, openid
from xinheng.project.environment import Environment

env = Environment(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent

# Where things live -------------------------------------------------------------------
DATA_DIR = Path(
    env.text(
        "XINHENG_DIR", "var", "Directory of the database, the archive and the keys."
    )
).resolve()
ASSETS_DIR = Path(
    env.text(
        "XINHENG_ASSETS",
        str(PACKAGE / "web" / "assets"),
        "Directory of the built style sheets and scripts.",
        shown="inside the package",
    )
)
STAGING_DIR = DATA_DIR / "staging"
ARCHIVE_DIR = DATA_DIR / "archive"
KEYS_DIR = DATA_DIR / "keys"

# What the server must be told --------------------------------------------------------
DEMO = env.flag(
    "XINHENG_DEMO", "The demo city: every page and export is marked as an example."
)
DEBUG = False
SECRET_KEY = env.text(
    "XINHENG_SECRET_KEY",
    "",
    "At least 50 random characters that sign sessions and forms. Without it nothing is"
    " served. Changing it signs everyone out.",
    shown="none",
)
ALLOWED_HOSTS = env.words(
    "XINHENG_HOSTS",
    ["localhost", "127.0.0.1", "[::1]"],
    "Host names that the site answers to, separated by commas.",
)
CSRF_TRUSTED_ORIGINS = env.words(
    "XINHENG_ORIGINS",
    [],
    "Origins (https://...) that may send forms, where they differ from the host names.",
)
INSECURE_HTTP = env.flag(
    "XINHENG_INSECURE_HTTP",
    "Serve over plain HTTP: no redirect to HTTPS, cookies without the secure flag.",
)
BEHIND_PROXY = env.flag(
    "XINHENG_BEHIND_PROXY",
    "A proxy of ours ends TLS and sets X-Forwarded-Proto and X-Forwarded-For. Without"
    " such a proxy anyone could set them: leave it off.",
)
MAX_UPLOAD_BYTES = env.number(
    "XINHENG_MAX_UPLOAD_BYTES", 2 * 1024**3, "Largest file that may be handed in."
)
MAX_EVIDENCE_BYTES = env.number(
    "XINHENG_MAX_EVIDENCE_BYTES",
    10 * 1024**2,
    "Largest file (PDF, JPEG, PNG) that may be kept as evidence.",
)
UPLOAD_HOURS = env.number(
    "XINHENG_UPLOAD_HOURS",
    24,
    "How long an upload in pieces may take; then what came of it is wiped.",
)
LOOK_UPS_PER_SECOND = env.number(
    "XINHENG_LOOK_UPS_PER_SECOND",
    50,
    "How many organizations a key may look up each second, in every server process. A"
    " batch counts a hundredth of its codes.",
)
WEBHOOK_NETWORKS = env.words(
    "XINHENG_WEBHOOK_NETWORKS",
    [],
    "Inner networks (10.20.0.0/16, ...) that webhooks may lead into, also over plain"
    " HTTP. Without any, only public addresses over HTTPS are taken.",
)
SOURCES = env.text(
    "XINHENG_SOURCES",
    "",
    "File (TOML) that names the watched folders and databases which the worker drains.",
    shown="none",
)
TARGETS = env.text(
    "XINHENG_TARGETS",
    "",
    "File (TOML) that names the platforms which records are sent to.",
    shown="none",
)
EXCHANGE_NETWORKS = env.words(
    "XINHENG_EXCHANGE_NETWORKS",
    [],
    "Inner networks (127.0.0.0/8 for the simulator, ...) that targets of exchange may"
    " lie in, also over plain HTTP.",
)
FONTS = env.words(
    "XINHENG_FONTS",
    ["Noto Serif CJK SC"],
    "Fonts that documents are set with, the first one that has a character is taken."
    " Add one for rare characters; a document that none can show is not issued.",
)
DATA_LICENSE = env.text(
    "XINHENG_DATA_LICENSE",
    "CC-BY-4.0",
    "License of the open data, as an SPDX name or an address; the city decides it.",
)
LEDGER_ORIGIN = env.text(
    "XINHENG_LEDGER_ORIGIN",
    "xinheng.local/ledger",
    "Name of this ledger in its signed checkpoints, such as"
    " credit.example.gov.cn/ledger. Never change it once the ledger has entries.",
)
SIGNING_KEY = env.text(
    "XINHENG_SIGNING_KEY",
    "",
    "Private key (Ed25519 or SM2, PKCS #8 PEM) that signs the ledger.",
    shown="`keys/ledger.key` in `XINHENG_DIR`, made at the first entry",
)
WITNESS_HOURS = env.number(
    "XINHENG_WITNESS_HOURS",
    24,
    "How long an entry of the ledger may wait for a witness before that is a warning.",
)

# Watching it -------------------------------------------------------------------------
CERTIFICATE = env.text(
    "XINHENG_CERTIFICATE",
    "",
    "The site's TLS certificate (PEM) as the proxy reads it, to be warned before it"
    " ends. Only the certificate is read, never its key.",
    shown="none",
)
METRICS_TOKEN = env.text(
    "XINHENG_METRICS_TOKEN",
    "",
    "What a reader of /metrics has to show (Authorization: Bearer ...). Without it only"
    " this machine may read them, and behind a proxy nobody.",
    shown="none",
)
TRACES = env.text(
    "XINHENG_TRACES",
    "",
    "File to which spans of requests and jobs are added, one JSON object a line, for a"
    " collector to pick up. Without it nothing is traced.",
    shown="none",
)

OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ORGANIZATION_CLAIM = (
    openid.declare(env)
)

# Electronic mail: reminders of duties, nothing else --------------------------------
SITE_URL = env.text(
    "XINHENG_SITE_URL",
    "",
    "Address of the site as units reach it (https://...), for links in reminders.",
    shown="no link",
).rstrip("/")
EMAIL_URL = env.text(
    "XINHENG_EMAIL_URL",
    "",
    "Mail server for reminders of duties, as smtp+tls://user:password@host:587 or"
    " smtp+ssl://...:465. Without it reminders are shown at the desk only.",
    shown="none",
)
DEFAULT_FROM_EMAIL = env.text(
    "XINHENG_EMAIL_FROM",
    "xinheng@localhost",
    "Sender of the reminders.",
)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if EMAIL_URL:
    try:
        globals().update(environ.Env.email_url_config(EMAIL_URL))
    except KeyError:
        raise ImproperlyConfigured("XINHENG_EMAIL_URL is no mail server.") from None
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hang the worker

DATABASES = {
    "default": environ.Env.db_url_config(
        env.text(
            "DATABASE_URL",
            f"sqlite:///{DATA_DIR / 'xinheng.sqlite3'}",
            "Database, as postgres://user:password@host:5432/name.",
            shown="SQLite in `XINHENG_DIR`",
        )
    )
}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL is not the address of a database.")
SQLITE_WAIT_SECONDS = env.number(
    "XINHENG_SQLITE_WAIT_SECONDS",
    60,
    "With SQLite, how long a writer waits for another one, such as a file that lands,"
    " before it is refused.",
)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue up instead of failing when they both began as readers.
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_WAIT_SECONDS,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        ),
    }
# Under ASGI every request runs in a thread of its own, so a connection that is kept for
# the next one would only be left behind.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "ninja",
    "xinheng.project.apps.ProjectConfig",
    "xinheng.apps.ledger",
    "xinheng.apps.outbox",
    "xinheng.apps.law",
    "xinheng.apps.evidence",
    "xinheng.apps.units",
    "xinheng.apps.accounts",
    "xinheng.apps.catalog",
    "xinheng.apps.organizations",
    "xinheng.apps.agents",
    "xinheng.apps.cases",
    "xinheng.apps.disclosures",
    "xinheng.apps.records",
    "xinheng.apps.measures",
    "xinheng.apps.listings",
    "xinheng.apps.commitments",
    "xinheng.apps.standing",
    "xinheng.apps.reports",
    "xinheng.apps.repairs",
    "xinheng.apps.objections",
    "xinheng.apps.campaigns",
    "xinheng.apps.intake",
    "xinheng.apps.duties",
    "xinheng.apps.exchange",
    "xinheng.apps.assessments",
    "xinheng.apps.indicators",
    "xinheng.apps.statistics",
    "xinheng.apps.custody",
    "xinheng.web",
]

MIDDLEWARE = [
    "xinheng.web.watching.Watching",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinheng.api.problems.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "xinheng.web.closed.LedgerClosed",
]

ROOT_URLCONF = "xinheng.project.urls"
ASGI_APPLICATION = "xinheng.project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "xinheng.web.context.site",
            ],
        },
    }
]

# Signing in --------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "desk:sign-in"
LOGIN_REDIRECT_URL = "desk:home"
OTP_TOTP_ISSUER = "Xinheng"
OTP_TOTP_THROTTLE_FACTOR = 1  # seconds after the first wrong code, then doubled
AXES_HANDLER = "xinheng.apps.accounts.lockout.LockoutHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "xinheng.apps.accounts.lockout.client_address"
AXES_USERNAME_CALLABLE = "xinheng.apps.accounts.lockout.attempted_name"
AXES_RESET_ON_SUCCESS = True
# Half an hour is half an hour: trying meanwhile does not make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "desk/locked.html"
AXES_VERBOSE = False
# Neither who signed in nor who failed to is kept for longer than the lockout needs.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# The wire ----------------------------------------------------------------------------
# Such a cookie is taken only over HTTPS and from this very host.
_COOKIE_PREFIX = "" if INSECURE_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 31_536_000
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# HSTS for other hosts of the city's domain is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(STAGING_DIR / "uploads")
FILE_UPLOAD_PERMISSIONS = 0o600

# Language, time, files ---------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ASSETS_DIR] if ASSETS_DIR.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LOGGING_CONFIG = None
logs.configure(
    level=env.choice(
        "XINHENG_LOG_LEVEL",
        ["info", "debug", "warning", "error"],
        "Least serious events that are logged.",
    )
)
