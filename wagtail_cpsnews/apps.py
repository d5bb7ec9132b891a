from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "wagtail_cpsnews"
    label = "cpsnews"
    verbose_name = _("newsroom")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks
        from .catalogue import checks as database_checks  # noqa: F401
        from .catalogue import deletion, former_uses, guards, signals, snapshots
        from .catalogue.text import checks as search_checks  # noqa: F401
        from .catalogue.text import feeding
        from .contacts.signals import connect as keep_contacts_in_step
        from .desk import advance_copies, embargoes
        from .desk import checks as desk_checks  # noqa: F401
        from .desk.proof import rounds, steps
        from .frontend import (
            media_line,
            story_lists,  # noqa: F401  registers how blocks of other stories are looked up
        )
        from .http import checks as cache_checks  # noqa: F401
        from .http import (
            file_checks,  # noqa: F401
            purging,
        )
        from .images.storing import connect as strip_renditions
        from .stories import adapters, history  # noqa: F401  adapters registers our own story types
        from .taxonomy import checks as taxonomy_checks  # noqa: F401
        from .usage import recording

        keep_contacts_in_step()
        strip_renditions()
        signals.connect()
        snapshots.connect()
        deletion.connect()
        guards.connect()
        former_uses.connect()
        embargoes.connect()
        advance_copies.connect()
        recording.connect()
        purging.connect()
        feeding.connect()
        history.connect()
        media_line.connect()
        rounds.connect()
        steps.connect()
        post_migrate.connect(begin_catalogue, sender=self)


def begin_catalogue(using: str, **kwargs: Any) -> None:
    """Create the state row after ``migrate`` and after a flush.

    It counts as built where there are no stories to build it from.
    """
    from .catalogue.db import using as catalogue_database
    from .catalogue.models import State
    from .catalogue.state import begin
    from .contacts.models import PressContact

    if using != catalogue_database():
        return
    tables = {State._meta.db_table, PressContact._meta.db_table}
    if not tables <= set(connections[using].introspection.table_names()):
        return  # a partial migrate, or one that takes the package out
    if not State.objects.using(using).exists():
        begin(using)
