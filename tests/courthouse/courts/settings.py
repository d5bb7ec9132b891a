"""The host project: it declares its taxonomy in its settings, and keeps the terms in its own app."""

import os

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "courts.urls"
INSTALLED_APPS = [
    "courts",
    "wagtail_cpsnews.pages",
    "wagtail_cpsnews",
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
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
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
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
LANGUAGE_CODE = "en"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("en", "English"), ("cy", "Welsh")]
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "Europe/London"
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ.get("COURTS_MEDIA", "media")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WAGTAIL_SITE_NAME = "Courthouse"
WAGTAILADMIN_BASE_URL = "https://courthouse.example"
WAGTAIL_CPSNEWS = {
    "LOOK_SECONDS": 0,
    "TAXONOMIES": {
        "court": {
            "model": "courts.Court",
            "path": "courts",
            "en": ("court", "courts"),
            "cy": ("llys", "llysoedd"),
        }
    },
    "OUTPUTS": {
        "docket": {
            "url_name": "docket",
            "about_list": {},
            "method": "docket",
            "label": "Docket",
            "relation": "feed",
            "media_type": "text/plain",
            "title": "Docket",
            "code": "feeds",
        },
        "docket-entry": {"url_name": "docket-entry", "path": {"pk": "{id}"}, "about_story": {}},
    },
}


class NoMigrations(dict):
    """Tables are made from the models, without Wagtail's history: a matter of seconds."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


if os.environ.get("COURTS_WITHOUT_MIGRATIONS"):
    MIGRATION_MODULES = NoMigrations()
