"""The example site with a front end of its own elsewhere."""

import os

from example_site.settings import *  # noqa: F403

SECRET_KEY = "only for tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["NAME"] = os.environ["CLIENT_DB"]  # noqa: F405
INSTALLED_APPS = ["client", "wagtail_headless_preview", "wagtail.api.v2", *INSTALLED_APPS]  # noqa: F405
MIGRATION_MODULES = {"client": "client_migrations"}  # made by the test: they follow the mixins' fields
ROOT_URLCONF = "client.urls"
WAGTAIL_HEADLESS_PREVIEW = {"CLIENT_URLS": {"default": "https://www.client.example/preview"}}
WAGTAIL_CPSNEWS = {"FRONTEND": False, "STORY_BASE_URL": "https://www.client.example"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
