"""Signals of the desk: a hold, an embargo or a withdrawal has begun or ended.

They are sent in the transaction of the act, after its pages have been changed, so a durable job that a receiver enqueues
is stored with it, or not at all. Connect with ``do_with``: a receiver that fails must not keep a story public.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from ..catalogue.db import using
from ..catalogue.models import PublicationStop

#: Sent with ``stop``.
stop_began = Signal()

#: Sent with ``stop``, whose ``ending`` says how it ended.
stop_ended = Signal()


def do_with(signal: Signal, work: Callable[[PublicationStop], Any], uid: str) -> None:
    """Have ``work(stop)`` done in the transaction of each such act.

    If it fails, what it has written is rolled back, the error is logged, and the act goes on.

    Args:
        uid: What tells it from other work, as Django's ``dispatch_uid``.
    """

    def receiver(stop: PublicationStop, **kwargs: Any) -> None:
        with transaction.atomic(using=using()):
            work(stop)

    signal.connect(receiver, weak=False, dispatch_uid=uid)


def announce(signal: Signal, stop: PublicationStop) -> None:
    """Send a signal of the desk."""
    signal.send_robust(sender=PublicationStop, stop=stop)  # it logs what a receiver raises
