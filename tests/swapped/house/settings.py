"""A project whose base page model is its own (Wagtail 8).

With the newsroom's mixins and without its page types.
"""

import os

from tests.settings_host import *  # noqa: F403

ROOT_URLCONF = "house.urls"
WAGTAIL_PAGE_MODEL = "basepage.BasePage"  # Wagtail's own test app has one, with the migrations that it takes
INSTALLED_APPS = ["wagtail.test.basepage", "house", *INSTALLED_APPS]  # noqa: F405
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SWAPPED_DB", "db.sqlite3"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }
}
WAGTAIL_SITE_NAME = "Swapped"
WAGTAILADMIN_BASE_URL = "https://swapped.example"
