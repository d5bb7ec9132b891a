"""Mails to all who may release a story.

They have a reference number and a link, and nothing about the story.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.admin.utils import get_admin_base_url
from wagtail.users.models import UserProfile

from ..catalogue.db import using
from ..catalogue.jobs import enqueue_with_change, task
from ..catalogue.models import PublicationStop

logger = logging.getLogger("wagtail_cpsnews")

#: The address of a stop in the admin, by its reference.
STOP_URL_NAME = "cpsnews_holds:stop"


def releasers() -> Any:
    """Return all active users who may release a story.

    By a permission, a group or as superusers.
    """
    return ModelBackend().with_perm("cpsnews.release_story", is_active=True)


def mail_about(stop: PublicationStop) -> None:
    """Enqueue the mails about a hold; what fails here must not undo it."""
    try:
        enqueue_with_change(using(), mail_releasers, lambda: mail_releasers.enqueue(stop.pk))
    except Exception:
        logger.exception("No job tells those who may release about %s.", stop.reference)


@task()
def mail_releasers(stop_pk: int) -> None:
    """Tell all who may release a story that one is held.

    A mail that fails does not keep the others from being sent.

    Args:
        stop_pk: of the hold; the job's arguments name no story.
    """
    stop = PublicationStop.objects.using(using()).filter(pk=stop_pk).first()
    if stop is None:
        return
    address_field = get_user_model().get_email_field_name()
    for user in releasers():
        address = getattr(user, address_field, "")
        if not address:
            continue
        try:
            _send(stop, user, address)
        except Exception:
            logger.exception("User %s was not told of %s.", user.pk, stop.reference)


def _send(stop: PublicationStop, user: Any, address: str) -> None:
    with override(UserProfile.get_for_user(user).get_preferred_language()):
        values = {"reference": stop.reference, "link": stop_address(stop)}
        subject = _("A story is on hold: %(reference)s") % values
        text = _(
            "A story has been put on hold (%(reference)s).\n\n"
            "You can release it. To see which story it is, and what to do, open:\n%(link)s\n\n"
            "This mail does not name the story, because mail can be forwarded."
        )
        send_to_staff(subject, text % values, address)


def send_to_staff(subject: str, text: str, address: str) -> None:
    """Send a mail from the address of the admin's notifications.

    Wagtail's own function uses a call that Django 6.1 deprecates.
    """
    sender = getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", None)
    send_mail(subject, text, sender, [address])


def stop_address(stop: PublicationStop) -> str:
    """Return the absolute address of a stop in the admin."""
    base: str = get_admin_base_url() or ""
    return base.rstrip("/") + reverse(STOP_URL_NAME, args=[stop.reference])
