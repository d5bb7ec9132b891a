"""Durable jobs, enqueued in the transaction of the change where that is possible."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

try:
    from django.tasks import task
except ImportError:  # Django 5.2: as Wagtail does
    from django_tasks import task  # type: ignore[no-redef,unused-ignore]

__all__ = ["enqueue_in", "enqueue_with_change", "is_stored_with_catalogue", "runs_at_once", "task"]


def is_stored_with_catalogue(backend: Any) -> bool:
    """Return whether a task backend stores jobs in the database, with the change."""
    return any(base.__name__ == "DatabaseBackend" for base in type(backend).__mro__)


def runs_at_once(job: Any) -> bool:
    """Return whether a job runs while it is enqueued, or never.

    No worker takes it later.
    """
    names = {base.__name__ for base in type(job.get_backend()).__mro__}
    return bool(names & {"ImmediateBackend", "DummyBackend"})


def enqueue_with_change(alias: str, job: Any, enqueue: Callable[[], Any]) -> None:
    """Call ``enqueue`` within the change, or after it.

    After it where the task backend of ``job`` is no database.
    """
    if is_stored_with_catalogue(job.get_backend()):
        with transaction.atomic(using=alias):
            enqueue()
    else:
        transaction.on_commit(enqueue, using=alias, robust=True)


def enqueue_in(job: Any, seconds: float, *args: Any) -> bool:
    """Enqueue a job for later; return whether the backend can."""
    if not job.get_backend().supports_defer:
        return False
    later = timezone.now() + datetime.timedelta(seconds=seconds)
    job.using(run_after=later).enqueue(*args)
    return True
