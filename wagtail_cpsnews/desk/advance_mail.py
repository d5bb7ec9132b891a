"""Mails to the recipients of an advance copy whose story was held or withdrawn.

They name the reference alone: no title, no address, no reason.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..catalogue.db import using
from ..catalogue.jobs import enqueue_in, task
from ..catalogue.models import PublicationStop
from ..compat import get_page_model
from .models import AdvanceCopy

logger = logging.getLogger("wagtail_cpsnews")

#: When a mail that failed is tried again, in seconds.
RETRIES = (30, 300, 3600)


@task()
def tell_recipients(stop_pk: int, attempt: int = 0) -> None:
    """Tell each recipient once that a story's advance copies have ended.

    Args:
        stop_pk: the hold or withdrawal that ended them.
        attempt: how often it has failed.
    """
    stop = PublicationStop.objects.using(using()).filter(pk=stop_pk).first()
    if stop is None:
        return
    copies = AdvanceCopy.objects.using(using()).filter(
        stop__translation_key=stop.translation_key, revoked_at=None, told_at=None
    )
    failed = [
        error for copy in copies.exclude(ended_at=None).select_related("stop") if (error := _tell(copy))
    ]
    if not failed:
        return
    if attempt < len(RETRIES) and enqueue_in(tell_recipients, RETRIES[attempt], stop_pk, attempt + 1):
        logger.warning(
            "%d recipients of advance copies were not told; tried again: %s", len(failed), failed[0]
        )
    else:
        logger.error("%d recipients of advance copies were not told: %s", len(failed), failed[0])


def _tell(copy: AdvanceCopy) -> Exception | None:
    """Send one mail; return what went wrong."""
    page: Any = get_page_model()._base_manager.filter(pk=copy.stop.page_pk).select_related("locale").first()
    with translation.override(page.locale.language_code if page is not None else None):
        names = {"reference": copy.stop.reference}
        subject = _("Advance copy %(reference)s has ended") % names
        text = _(
            "The advance copy with the reference %(reference)s can no longer be read. Please do not use, quote or pass "
            "on what was in it.\n\nIf you have questions, contact the press office that sent it to you, and give the "
            "reference."
        )
        try:
            send_mail(subject, text % names, None, [copy.email])
        except Exception as error:  # whatever a mail backend raises
            return error
    AdvanceCopy.objects.using(using()).filter(pk=copy.pk).update(told_at=timezone.now())
    return None
