"""How is this deployment set up? Every value that differs between places comes from the environment.

`STEPWELL_MODE` is `production` unless said otherwise; `development` and `test` are for one machine. A value that
production cannot do without stops the process with a sentence that says what to set.
"""

import sys
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from clinic.kit.local_postgres import default_data_dir, embedded_urls
from clinic.kit.sealing import readable_keys

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

MODE = env.str("STEPWELL_MODE", "production")
if MODE not in {"production", "development", "test"}:
    message = f"STEPWELL_MODE is {MODE!r}; it must be production, development or test."
    raise ImproperlyConfigured(message)
IS_LOCAL = MODE != "production"


def needed(name: str, local_value: str) -> str:
    """A value of the environment; only on one's own machine may it be missing."""
    value = env.str(name, local_value if IS_LOCAL else "")
    if not value:
        message = f"{name} is not set. Set it in the environment; .env.example says how."
        raise ImproperlyConfigured(message)
    return value


def time_of_day(name: str, value: str) -> timedelta:
    """How long after midnight, from hours and minutes."""
    try:
        moment = time.fromisoformat(value)
    except ValueError:
        message = f"{name} is {value!r}; write a time of day in UTC as in 08:00."
        raise ImproperlyConfigured(message) from None
    return timedelta(hours=moment.hour, minutes=moment.minute)


DEBUG = False
SECRET_KEY = needed("SECRET_KEY", "local-only-" + "0123456789abcdef" * 4)
# After a rotation the old keys stand here until nobody is signed in by them any more: at most 12 hours.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# Seals secrets in the database; the newest key first, older ones behind it for as long as anything is sealed with them.
FIELD_KEYS = readable_keys(needed("FIELD_KEYS", "bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="))
ALLOWED_HOSTS = needed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").replace(" ", "").split(",")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
DATA_DIR = default_data_dir()

# ---------------------------------------------------------------- database
EMBEDDED_URLS = embedded_urls(DATA_DIR) if IS_LOCAL else ("", "")
APP_DATABASE_URL = needed("DATABASE_URL", EMBEDDED_URLS[0])
OWNER_DATABASE_URL = env.str("DATABASE_OWNER_URL", "" if env.str("DATABASE_URL", "") else EMBEDDED_URLS[1])
DB_ROLE = env.str("STEPWELL_DB_ROLE", "app")
# Backups only read: a role with pg_read_all_data is enough, and the owner will do.
BACKUP_DATABASE_URL = env.str("DATABASE_BACKUP_URL", OWNER_DATABASE_URL)
if DB_ROLE == "owner" and not OWNER_DATABASE_URL:
    message = "DATABASE_OWNER_URL is not set. Migrations run as the owner of the schema; set it in the environment."
    raise ImproperlyConfigured(message)
# Whoever the application connects as is who gets its rights after a migration.
APP_ROLE = unquote(urlsplit(APP_DATABASE_URL).username or "")
DATABASES = {
    "default": {
        **Env().dj_db_url(
            "STEPWELL_NO_SUCH_VARIABLE",
            default=OWNER_DATABASE_URL if DB_ROLE == "owner" else APP_DATABASE_URL,
            conn_max_age=60,
            conn_health_checks=True,
        ),
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
# A server that vanished without a word is noticed within seconds, not when the kernel gives up after minutes.
DATABASES["default"]["OPTIONS"].update(
    connect_timeout=5, keepalives_idle=30, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=15_000
)
DATABASES["default"]["OPTIONS"]["options"] = (
    # Rows that follow one from the other by key are joined best as written; planning a dozen takes longer than reading.
    # A page is read by one process: starting a second one takes longer than most pages do, and so does making room to
    # remember a million rows of which a list looks up fifty.
    "-c timezone=UTC -c jit=off -c join_collapse_limit=4 -c max_parallel_workers_per_gather=0 -c enable_memoize=off "
    "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    if DB_ROLE == "app"
    else "-c timezone=UTC"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "clinic_cache"}}

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "clinic",
    "patients",
    "sessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "phonenumber_field",
    "csp",
]
MIDDLEWARE = [
    "clinic.operations.middleware.probe_middleware",
    "clinic.kit.proxies.client_address_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "clinic.kit.clock.clock_middleware",
    "clinic.kit.wire.readable_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.staff.middleware.zone_middleware",
    "clinic.audit.middleware.AccessLogMiddleware",
    "clinic.lock.middleware.LockMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.second_factor.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.shell.private_answers_middleware",
    "patients.progress.middleware.SubjectMiddleware",
]
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "clinic.shell.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["clinic.templatetags.page_owner"],
            "libraries": {},
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")  # its widget templates, for the renderer above
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = not IS_LOCAL
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = ["clinic.staff.adapter.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "clinic:home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "clinic.staff.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,10/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "clinic.second_factor.adapter.StaffSecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Stepwell"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ---------------------------------------------------------------- history of rows
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()  # in the event row itself, which nobody may change later
PGHISTORY_APPEND_ONLY = True
# Old rows are looked for by the row that they are of, not by what it points to: an index is written with every reading.
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# ---------------------------------------------------------------- the wire
IS_TLS = not IS_LOCAL
# How many proxies of the clinic's own stand in front; each adds whom it saw to X-Forwarded-For.
PROXIES = env.int("PROXIES", 1 if IS_TLS else 0)
SECURE_SSL_REDIRECT = IS_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_TLS
SECURE_HSTS_PRELOAD = IS_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = IS_TLS
CSRF_COOKIE_SECURE = IS_TLS
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-stepwell" if IS_TLS else "stepwell"
CSRF_COOKIE_NAME = "__Host-stepwell-csrf" if IS_TLS else "stepwell-csrf"
CSRF_FAILURE_VIEW = "clinic.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS: list[str] = []

# ---------------------------------------------------------------- language, time, files
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE == "test"

# ---------------------------------------------------------------- backup and health
BACKUP_KEY = env.str("BACKUP_KEY", "")
# Where a worker puts its nightly backups; without it none are taken.
BACKUP_DIR = env.str("BACKUP_DIR", "")
BACKUP_AT = time_of_day("BACKUP_AT", env.str("BACKUP_AT", "08:00"))
BACKUPS_DAILY = env.int("BACKUPS_DAILY", 14, validate=validate.Range(min=1))
BACKUPS_WEEKLY = env.int("BACKUPS_WEEKLY", 8, validate=validate.Range(min=0))
# Whether /readyz is to be red when no worker is heard of: not on one's own machine, where none is started.
WORKER_EXPECTED = env.bool("WORKER_EXPECTED", default=False)
# Folders whose disk must not run full, as far as they can be seen from here; the private PostgreSQL's can.
WATCHED_FOLDERS: list[str] = env.list("WATCHED_FOLDERS", [] if env.str("DATABASE_URL", "") else [str(DATA_DIR)])
LEAST_FREE_PERCENT = env.int("LEAST_FREE_PERCENT", 10)

# ---------------------------------------------------------------- logs: ids, never names, scores or notes
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "clinic.kit.logs.Discreet",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
