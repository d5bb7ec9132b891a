"""What publishing costs an editor's request.

With the catalogue and without: processor time and statements.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import signals
from wagtail.models import Page

from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.taxonomy.models import MODELS

from .servers import processor_ms

SIGNALS = (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete, signals.m2m_changed)


def measure(rounds: int, output: str) -> None:
    """Write what each step costs, the least of all rounds, as JSON.

    Args:
        rounds: How often each step is done with and without the catalogue, in turn; one more round warms up.
    """
    connection.ensure_connection()
    rows: dict[tuple[str, bool], dict[str, float]] = {}
    for number in range(2 * (rounds + 1)):
        has_catalogue = number % 2 == 0
        with without_catalogue() if not has_catalogue else _nothing():
            for step, cost in _publish_and_unpublish(number):
                known = rows.get((step, has_catalogue))
                is_better = known is None or cost["ms"] < known["ms"]
                if number > 1 and is_better:
                    rows[step, has_catalogue] = cost
    found = [{"step": step, "catalogue": has, **cost} for (step, has), cost in rows.items()]
    Path(output).write_text(json.dumps(found))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def without_catalogue() -> Iterator[None]:
    """Take off what the package listens to, for as long as the block runs."""
    before = [(signal, signal.receivers) for signal in SIGNALS]
    for signal, receivers in before:
        signal.receivers = [one for one in receivers if not str(one[0][0]).startswith("cpsnews.")]
        signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        for signal, receivers in before:
            signal.receivers = receivers
            signal.sender_receivers_cache.clear()


def _publish_and_unpublish(number: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what it costs to publish, change, draft and unpublish a story.

    To publish it, to publish a change of it, to save a draft, and to unpublish it.
    """
    parent = Page.objects.get(pk=NewsIndexPage.objects.get().pk).specific
    block = {"type": "text", "value": f"<p>{'what happened in court ' * 30}</p>", "id": str(uuid.uuid4())}
    page = NewsItemPage(
        title=f"A new story {number} {uuid.uuid4().hex[:6]}",
        summary="What happened, in one sentence.",
        kind=MODELS["kind"].objects.first(),
        body=json.dumps([block]),
        live=False,
    )
    page.areas = [MODELS["area"].objects.first()]
    page.crime_types = list(MODELS["crime_type"].objects.all()[:2])
    parent.add_child(instance=page)
    yield "publish", _cost(lambda: page.save_revision().publish())
    page = NewsItemPage.objects.get(pk=page.pk)
    page.title += ", changed"
    yield "save a draft", _cost(page.save_revision)
    yield "publish a change", _cost(lambda: page.save_revision().publish())
    page = NewsItemPage.objects.get(pk=page.pk)
    yield "unpublish", _cost(page.unpublish)


def _cost(step: Callable[[], Any]) -> dict[str, float]:
    """Return milliseconds of processor time and the number of statements.

    The database's time is among them.
    """
    backend = connection.connection.info.backend_pid
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    own, database = time.process_time(), processor_ms(backend)
    with connection.execute_wrapper(count):
        step()
    spent = processor_ms(backend) - database
    total = (time.process_time() - own) * 1000 + spent
    return {"ms": round(total, 2), "database_ms": round(spent, 2), "statements": statements}
