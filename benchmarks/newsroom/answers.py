"""Whether everybody's answers are right.

Counts, stories and facets of random questions, against the stories alone.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from .cases import drf_url, grapple_url, html_url, ours_url, sql_url, v2_url
from .servers import Worker
from .stories import FIRST_PAGE, OFFSETS
from .truth import TERMS, Answer, Question, Truth, random_questions


def _number(story: dict[str, Any]) -> int:
    """Return the number of a story: the last word of its title."""
    return int(story["title"].rpartition(" ")[2])


def _answer(count: int, stories: list[dict[str, Any]]) -> Answer:
    return Answer(count, tuple(map(_number, stories)))


def ours(worker: Worker, question: Question) -> tuple[Answer, dict[str, dict[str, int]]]:
    """Return what our API answers, with its facets."""
    found = json.loads(worker.get(ours_url(question)).body)
    facets = {
        name: {term["slug"]: term["count"] for term in found["facets"].get(name, []) if term["count"]}
        for name in TERMS
    }
    return _answer(found["count"], found["results"]), facets


def v2(worker: Worker, question: Question, version: int = 2) -> Answer:
    """Return what Wagtail's API answers."""
    found = json.loads(worker.get(v2_url(question, version)).body)
    total = found["meta"]["total_count"] if "meta" in found else found["count"]
    return _answer(total, found["items"])


def v3(worker: Worker, question: Question) -> Answer:
    """Return what Wagtail's API v3 answers."""
    return v2(worker, question, 3)


def grapple(worker: Worker, question: Question) -> Answer:
    """Return what GraphQL answers."""
    found = json.loads(worker.get(grapple_url(question)).body)["data"]
    return _answer(found["storyCount"], found["storyList"])


def drf(worker: Worker, question: Question) -> Answer:
    """Return what Django REST framework answers.

    It has 404 for a page after the last.
    """
    response = worker.get(drf_url(question))
    if response.status == 404:
        return Answer(-1, ())
    found = json.loads(response.body)
    return _answer(found["count"], found["results"])


def html(worker: Worker, question: Question) -> Answer:
    """Return what the ordinary index page shows."""
    body = worker.get(html_url(question)).body.decode()
    count = re.search(r"<p>(\d+) stories</p>", body)
    numbers = re.findall(r'<a href="[^"]*-(\d+)/">', body)
    return Answer(int(count[1]) if count else -1, tuple(map(int, numbers)))


def sql(worker: Worker, question: Question) -> tuple[Answer, dict[str, dict[str, int]]]:
    """Return what plain SQL answers, with its facets."""
    found = json.loads(worker.get(sql_url(question)).body)
    facets: dict[str, dict[str, int]] = {name: {} for name in TERMS}
    for term, count in found["facets"].items():
        name = next(name for name, offset in OFFSETS.items() if offset // 100 == int(term) // 100)
        facets[name][TERMS[name][int(term) % 100]] = count
    numbers = tuple(story["id"] - FIRST_PAGE for story in found["items"])
    return Answer(found["count"], numbers), facets


PEERS: dict[str, Callable[[Worker, Question], Any]] = {
    "API v2": v2,
    "API v3": v3,
    "grapple": grapple,
    "DRF with django-filter": drf,
    "one SQL statement": sql,
    "ordinary index page": html,
}


def check(worker: Worker, truth: Truth, questions: int) -> list[str]:
    """Return every answer of a worker that is wrong, in words.

    A page after the last is not asked for.
    """
    asked = random_questions(random.Random(7), questions)
    asked = [one for one in asked if truth.count(one) > (one.page - 1) * 10 or one.page == 1]
    readers = {"ours": ours} if worker.site != "peers" else PEERS
    wrong = []
    for name, read in readers.items():
        for question in asked:
            if question.word is not None and name != "ours":
                continue
            found, right = read(worker, question), truth.answer(question)
            answer, facets = found if isinstance(found, tuple) else (found, None)
            if answer != right:
                wrong.append(f"{name}, {worker.size} stories, {question}: {answer}, should be {right}")
            if facets is not None and facets != truth.facets(question):
                wrong.append(f"{name}, {worker.size} stories, {question}: facets {facets}")
    return wrong
