"""A task backend that stores our jobs in the database, for tests that run them later."""

from typing import Any

from django_tasks_db import DatabaseBackend as StoresAll


class DatabaseBackend(StoresAll):
    """Stores the package's jobs, and leaves Wagtail's own out.

    On Django 6 these are of another kind (``django_tasks``) than the backend stores (``django.tasks``).
    """

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        if task.module_path.startswith("wagtail_cpsnews."):
            return super().enqueue(task, args, kwargs)
        return None
