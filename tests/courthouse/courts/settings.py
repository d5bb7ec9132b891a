"""The host project, which declares its taxonomy in its settings.

It keeps the terms in its own app.
"""

import os

from tests.settings_host import *  # noqa: F403

ROOT_URLCONF = "courts.urls"
INSTALLED_APPS = ["courts", "wagtail_cpsnews.pages", *INSTALLED_APPS]  # noqa: F405
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [("en", "English"), ("cy", "Welsh")]
WAGTAIL_I18N_ENABLED = True
MEDIA_ROOT = os.environ.get("COURTS_MEDIA", "media")
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
    """Tables are made from the models, without Wagtail's history.

    A matter of seconds.
    """

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


if os.environ.get("COURTS_WITHOUT_MIGRATIONS"):
    MIGRATION_MODULES = NoMigrations()
