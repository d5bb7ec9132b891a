"""The example site's settings, on a database of the tests' own.

SQLite, or PostgreSQL with DATABASE=postgresql.
"""

import os
import sys
import tempfile
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_root), str(_root / "example_site")]
_var = Path(os.environ.setdefault("NEWSROOM_VAR", tempfile.mkdtemp(prefix="newsroom-tests-")))

from example_site.settings import *  # noqa: E402, F403

from . import postgres  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["*"]
SECRET_KEY = "only for tests"
INSTALLED_APPS += ["django_tasks_db", "wagtail.contrib.frontend_cache"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = _var / "media"
SILENCED_SYSTEM_CHECKS = ["cpsnews.W050"]  # tests have jobs done at once
# A block of the host's own that holds ours.
WAGTAIL_CPSNEWS = {**WAGTAIL_CPSNEWS, "BLOCKS": {"section": "tests.blocks.SectionBlock"}}  # noqa: F405

if os.environ.get("DATABASE") == "postgresql":
    DATABASES = {"default": postgres.settings()}
    # For the search index of Wagtail; Django 6.1 checks it.
    INSTALLED_APPS.append("django.contrib.postgres")
else:
    # A file, so that threads and live servers see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "test.sqlite3")}
