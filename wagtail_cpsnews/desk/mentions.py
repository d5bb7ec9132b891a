"""Pages that mention a story: what staff look at when it is withdrawn."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ReferenceIndex

from ..catalogue.db import using
from ..catalogue.models import EntryUse
from ..catalogue.stops import pages_of
from ..catalogue.uses import page_subject
from ..compat import get_page_model

#: How many are named.
MOST = 200


def pages_mentioning(key: uuid.UUID) -> list[Any]:
    """Return the pages that link to a story or show something of it, drafts too.

    Public ones come first. A page that only names it in its words is not found.

    Args:
        key: The story’s translation key.
    """
    alias = using()
    own = list(pages_of(key).values_list("pk", flat=True))
    pages = ContentType.objects.db_manager(alias).get_for_model(get_page_model())
    references = ReferenceIndex.objects.using(alias).filter(
        to_content_type=pages, to_object_id__in=[str(pk) for pk in own], base_content_type=pages
    )
    found = {int(pk) for pk in references.values_list("object_id", flat=True)}
    uses = EntryUse.objects.using(alias).filter(subject__in=[page_subject(pk) for pk in own])
    found |= set(uses.values_list("entry__page_pk", flat=True))
    mentioning = get_page_model()._base_manager.using(alias).filter(pk__in=found - set(own))
    return list(mentioning.order_by("-live", "-last_published_at", "pk")[:MOST])
