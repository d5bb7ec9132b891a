"""The scaled example, where an answer may be kept for three seconds."""

from example_site.settings_scaled import *  # noqa: F403

WAGTAIL_CPSNEWS = {**WAGTAIL_CPSNEWS, "MAX_AGE": 3}  # noqa: F405
