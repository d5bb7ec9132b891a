"""An example: a Wagtail site that uses the newsroom package.

As any other site would. Not for production.
"""

import os
from pathlib import Path

import django

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("NEWSROOM_VAR", BASE_DIR.parent / "var"))
VAR.mkdir(parents=True, exist_ok=True)

_port = os.environ.get("PORT") or "8000"
if not (_port.isdecimal() and 0 < int(_port) < 65535):  # the second site is on the next one
    raise SystemExit(f"PORT={_port} is not a port: choose a number up to 65534, such as PORT=8080 make demo.")
PORT = int(_port)

SECRET_KEY = "only for the example site"
DEBUG = os.environ.get("DEBUG", "1") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "demo",
    "wagtail_cpsnews",
    "wagtail_cpsnews.pages",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail_modeladmin",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail_cpsnews.middleware.OldAddressMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "demo.middleware.StrictPolicy",
    "wagtail_cpsnews.middleware.DatabaseUnavailableMiddleware",
    "wagtail_cpsnews.admin.middleware.PublishingRefusedMiddleware",
]

ROOT_URLCONF = "example_site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR / "db.sqlite3",
        # With SQLite's defaults, two people who publish at once fail each other's publishes.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"

WAGTAIL_SITE_NAME = "Newsroom example"
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no requests to others, in the admin neither
WAGTAILADMIN_BASE_URL = f"http://localhost:{PORT}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
# Mail is printed. Django 6.1 has another name for the setting and warns of the old one.
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

WAGTAIL_CPSNEWS = {
    "BASE_TEMPLATE": "demo/base.html",
    "MISTAKES_ADDRESS": "newsdesk@example.org",
    "FORMATS_ADDRESS": "formats@example.org",
    "LICENCE": {
        "en": {
            "name": "Open Government Licence v3.0",
            "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        },
        "cy": {
            "name": "Trwydded Llywodraeth Agored v3.0",
            "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence-cymraeg/version/3/",
        },
    },
}
