"""Django's settings of both projects.

They differ in the apps and addresses that are named, in nothing else.
"""

import os
from pathlib import Path

#: "ours", "sqlite" (ours on SQLite), "peers", or "both" (the tables of both).
SITE = os.environ["BENCHMARK_SITE"]
SCRATCH = Path(os.environ["BENCHMARK_SCRATCH"])

SECRET_KEY = "only for benchmarks"
DEBUG = False
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = f"benchmarks.newsroom.site.urls_{SITE}".replace("_sqlite", "_ours")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en"

OURS = [
    "wagtail_cpsnews",
    "wagtail_cpsnews.pages",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail_modeladmin",
    "wagtail.locales",
]
PEERS = [
    "benchmarks.newsroom.peers",
    "grapple",
    "graphene_django",
    "django_filters",
    "wagtail_headless_preview",
]

INSTALLED_APPS = [
    *(OURS if SITE != "peers" else []),
    *(PEERS if SITE in ("peers", "both") else []),
    "wagtail.api.v2",
    "wagtail.api.v3",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

#: What ``wagtail start`` gives a new project.
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent / "templates"],
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
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["BENCHMARK_DATABASE"],
        "USER": "postgres",
        "HOST": os.environ["BENCHMARK_POSTGRESQL"],
        "CONN_MAX_AGE": 600,
    }
}
if sqlite := os.environ.get("BENCHMARK_SQLITE"):
    DATABASES["sqlite"] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": sqlite,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL",
        },
        "CONN_MAX_AGE": 600,
    }
if SITE == "sqlite":
    DATABASES = {"default": DATABASES["sqlite"]}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

STATIC_URL, STATIC_ROOT = "/static/", SCRATCH / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", SCRATCH / "media"

WAGTAIL_SITE_NAME = "Benchmark"
WAGTAILADMIN_BASE_URL = WAGTAILAPI_BASE_URL = "http://localhost"
WAGTAILAPI_LIMIT_MAX = 50
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
GRAPHENE = {"SCHEMA": "grapple.schema.schema"}
GRAPPLE = {"APPS": ["peers"], "PAGE_SIZE": 10, "MAX_PAGE_SIZE": 50}
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"handlers": []}}
