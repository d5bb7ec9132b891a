"""Settings of a second process that shares a test's database (``tests.worlds``)."""

import json
import os

os.environ.pop("DATABASE", None)

from .settings import *  # noqa: F403

DATABASES["default"] |= {  # noqa: F405
    "ENGINE": os.environ["WORLD_ENGINE"],
    "NAME": os.environ["WORLD_NAME"],
    "HOST": os.environ["WORLD_HOST"],
    "PORT": os.environ["WORLD_PORT"],
    "USER": os.environ["WORLD_USER"],
    "PASSWORD": os.environ["WORLD_PASSWORD"],
}
if os.environ["WORLD_ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"] = {}  # noqa: F405
    INSTALLED_APPS.append("django.contrib.postgres")  # noqa: F405
WAGTAIL_CPSNEWS = {**WAGTAIL_CPSNEWS, **json.loads(os.environ.get("WORLD_CPSNEWS", "{}"))}  # noqa: F405
