from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "wagtail_cpsnews.pages"
    label = "cpsnews_pages"
    verbose_name = _("newsroom pages")
    default_auto_field = "django.db.models.BigAutoField"
