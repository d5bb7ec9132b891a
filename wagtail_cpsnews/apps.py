from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "wagtail_cpsnews"
    label = "cpsnews"
    verbose_name = _("newsroom")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks
        from .catalogue import protection, signals
        from .stories import adapters  # noqa: F401  registers our own story types

        signals.connect()
        protection.connect()
