"""The rounds of a proof: who asks, when, and for how long.

Nobody waits for it. A durable job asks where the project has a task backend that stores jobs; ``newsroom_clock`` asks what
no job has asked in time. Every answer is stored as it comes, so the next process begins where another one has ended.
"""

from __future__ import annotations

import datetime
import logging
import time
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ...catalogue.db import using
from ...catalogue.jobs import enqueue_in, enqueue_with_change, runs_at_once, task
from ...catalogue.models import PublicationStop
from ...catalogue.routing import reading_from
from ...catalogue.snapshots import current
from ...conf import get_settings
from ...outputs import outputs
from ..signals import do_with, stop_began, stop_ended
from .fetching import Answer, ask, host_of
from .models import Proof, ProofAnswer
from .questions import MOST_QUESTIONS, Filler, questions_about
from .traces import Traces, traces_of
from .versions import versions_of

logger = logging.getLogger("wagtail_cpsnews")

Sort = ProofAnswer.Sort

#: The pause after each round, in seconds; the last one is repeated.
PAUSES = (5, 10, 20, 30, 60, 120, 300, 600)

#: After how long a proof ends that has not come to an end, in seconds.
LIMIT = 3600

#: What is added to the lifetime of answers before everything is asked once more: clocks, slow answers.
MARGIN = 5

#: For how long one job asks before another one goes on, and for how long a claim holds, in seconds.
JOB_SECONDS = 120
CLAIM_SECONDS = 120

#: How long the clock leaves a round to the worker of the project, in seconds.
LEFT_TO_JOBS = 15

#: Questions whose address should not answer at all.
_SHOULD_BE_GONE = (Sort.PAGE, Sort.STORY, Sort.REDIRECT, Sort.FILE)


def begin(stop: PublicationStop, user: Any = None) -> Proof | None:
    """Begin to prove that the story of a stop is absent.

    Called in the stop's transaction.

    Of a story on embargo there is nothing to prove: it has never been public.
    """
    if stop.kind == PublicationStop.Kind.EMBARGO:
        return None
    alias = using()
    finish_all(stop)
    proof = Proof.objects.using(alias).create(stop=stop, began_by=user)
    if not runs_at_once(ask_outputs):  # it would keep the editor's request waiting, and may wait for itself
        enqueue_with_change(alias, ask_outputs, lambda: ask_outputs.enqueue(proof.pk))
    return proof


def finish_all(stop: PublicationStop) -> None:
    """End the proofs of a stop as they are: the story may be public again."""
    unfinished = Proof.objects.using(using()).filter(stop=stop, finished_at=None)
    unfinished.update(finished_at=timezone.now(), next_at=None)


@task()
def ask_outputs(proof_pk: int) -> None:
    """Ask what is due of a proof, and enqueue what follows.

    Args:
        proof_pk: The key of the proof; what is asked is read from there.
    """
    proof = work(proof_pk, JOB_SECONDS)
    if proof is not None and proof.next_at is not None:
        pause = (proof.next_at - timezone.now()).total_seconds()
        enqueue_in(ask_outputs, max(pause, 0), proof_pk)


def work_on_due(seconds: float) -> bool:
    """Ask what is due of any proof and no job has asked.

    Returns whether there was something.

    For ``newsroom_clock``.

    Args:
        seconds: For how long to go on; one answer more at the most.
    """
    end = time.monotonic() + seconds
    now = timezone.now()
    if not runs_at_once(ask_outputs):
        now -= datetime.timedelta(seconds=LEFT_TO_JOBS)
    due = Proof.objects.using(using()).filter(next_at__lte=now).order_by("next_at")
    found = list(due.values_list("pk", flat=True)[:10])
    for pk in found:
        if (left := end - time.monotonic()) > 0:
            work(pk, left)
    return bool(found)


def work(proof_pk: int, seconds: float) -> Proof | None:
    """Ask what is due of a proof for at most ``seconds``.

    Returns:
        The proof as it is then; ``None`` where nothing is due, or another process works on it.
    """
    proof = _claim(proof_pk)
    if proof is None:
        return None
    try:
        with reading_from(using()):
            if _ask_all(proof, time.monotonic() + seconds):
                _conclude(proof)
    finally:
        Proof.objects.using(using()).filter(pk=proof.pk).update(claimed_until=None)
    proof.refresh_from_db(using=using())
    return proof


def _claim(proof_pk: int) -> Proof | None:
    now = timezone.now()
    proofs = Proof.objects.using(using()).filter(pk=proof_pk)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    until = now + datetime.timedelta(seconds=CLAIM_SECONDS)
    claimed = proofs.filter(free, next_at__lte=now).update(claimed_until=until)
    return proofs.select_related("stop").get() if claimed else None


def _ask_all(proof: Proof, end: float) -> bool:
    """Ask what is left of the round, or of a new one.

    Returns whether the round is complete.
    """
    reference = current().reference
    versions = versions_of(proof.stop, reference)
    filler = Filler({version.page_pk: version for version in versions}, reference)
    waiting = _waiting(proof)
    if not waiting:
        _plan(proof, [] if proof.round else questions_about(versions, reference))
        waiting = _waiting(proof)
    traces, hosts = traces_of(versions), filler.hosts()
    for number, answer in enumerate(waiting):
        if number and time.monotonic() > end:
            return False
        _ask(answer, filler, traces, hosts)
        until = timezone.now() + datetime.timedelta(seconds=CLAIM_SECONDS)
        going_on = Proof.objects.using(using()).filter(pk=proof.pk, finished_at=None)
        if not going_on.update(claimed_until=until):  # the story is back
            return False
    return True


def _waiting(proof: Proof) -> list[ProofAnswer]:
    answers = ProofAnswer.objects.using(using()).filter(proof=proof, round=proof.round, asked_at=None)
    return list(answers.order_by("pk"))


def _plan(proof: Proof, questions: list[Any]) -> None:
    """Store the questions of the next round.

    The first and the last round ask everything, the others what is open.
    """
    alias = using()
    asked = [
        ProofAnswer(
            output=one.output,
            sort=one.sort,
            template=one.template,
            page_pk=one.page_pk,
            object_pk=one.object_pk,
        )
        for one in questions[:MOST_QUESTIONS]
    ]
    if proof.round:
        is_final = not proof.is_final and timezone.now() >= _settled_at(proof)
        asked = [answer for answer in latest_answers(proof) if is_final or answer.is_open]
        proof.is_final = proof.is_final or is_final
    else:
        proof.left_out = max(0, len(questions) - MOST_QUESTIONS)
    proof.round += 1
    with transaction.atomic(using=alias):
        ProofAnswer.objects.using(alias).bulk_create(
            [
                ProofAnswer(
                    proof=proof,
                    round=proof.round,
                    output=one.output,
                    sort=one.sort,
                    template=one.template,
                    page_pk=one.page_pk,
                    object_pk=one.object_pk,
                )
                for one in asked
            ]
        )
        proof.save(using=alias, update_fields=["round", "is_final", "left_out"])


def latest_answers(proof: Proof) -> list[ProofAnswer]:
    """Return the last answer to each question that has been asked.

    In the order of the questions.
    """
    answers = ProofAnswer.objects.using(using()).filter(proof=proof).exclude(asked_at=None)
    return list({answer.question: answer for answer in answers.order_by("round", "pk")}.values())


def _settled_at(proof: Proof) -> datetime.datetime:
    """Return when no cache should have an old answer any more."""
    settings = get_settings()
    lifetime = settings.MAX_AGE + settings.LOOK_SECONDS + MARGIN
    return proof.began_at + datetime.timedelta(seconds=lifetime)


def _conclude(proof: Proof) -> None:
    """Decide when the next round is, or that there is none."""
    now = timezone.now()
    failing = sum(answer.is_open for answer in latest_answers(proof))
    is_over = proof.is_final and (not failing or now >= proof.began_at + datetime.timedelta(seconds=LIMIT))
    pause = datetime.timedelta(seconds=PAUSES[min(proof.round, len(PAUSES)) - 1])
    next_at = now + pause
    if not proof.is_final:
        settled = _settled_at(proof)
        next_at = settled if not failing or next_at > settled else next_at
    Proof.objects.using(using()).filter(pk=proof.pk, finished_at=None).update(
        failing=failing, next_at=None if is_over else max(next_at, now), finished_at=now if is_over else None
    )


def _ask(answer: ProofAnswer, filler: Filler, traces: Traces, hosts: set[str]) -> None:
    """Ask one question, and store what came of it."""
    address = filler.address(answer)
    if not address:
        answer.problem = "" if answer.sort in (Sort.REDIRECT, Sort.FILE) else "nothing"
        answered = Answer()
    else:
        # Files may be on a host of their own: it is the project's storage that names it.
        answered = ask(address, hosts | {host_of(address)} if answer.sort == Sort.FILE else hosts)
        answer.found, answer.problem = judge(answer, address, answered, traces, filler.about(answer))
    answer.status, answer.digest, answer.asked_at = answered.status, answered.digest, timezone.now()
    answer.save(using=using(), update_fields=["status", "digest", "found", "problem", "asked_at"])


def judge(answer: ProofAnswer, address: str, answered: Answer, traces: Traces, about: str) -> tuple[str, str]:
    """Return by what the story was recognised, and why an answer does not tell.

    Args:
        address: What was asked.
        about: The address that the question was about.
    """
    should_be_gone = answer.sort in _SHOULD_BE_GONE
    names_gone = answer.output in {output.name for output in outputs() if output.names_gone}
    found = traces.find(
        answered.body,
        asked=about,
        ids=not (names_gone or should_be_gone),
        titles=answer.sort != Sort.SEARCH,
    )
    status = answered.status
    if (
        should_be_gone
        and status is not None
        and 200 <= status < 300
        and _same_path(address, answered.address)
    ):
        found.append("answers")
    if found:
        return " ".join(found), ""
    if answered.problem:
        return "", answered.problem
    is_gone = status in (404, 410)
    return "", "" if is_gone or (status == 200) else "status"


def _same_path(address: str, other: str) -> bool:
    return urlsplit(address).path.rstrip("/") == urlsplit(other).path.rstrip("/")


def connect() -> None:
    """Begin a proof with each hold and withdrawal.

    Called once, when the app is ready.
    """
    do_with(stop_began, begin, "cpsnews.proof")
    do_with(stop_ended, finish_all, "cpsnews.proof")
