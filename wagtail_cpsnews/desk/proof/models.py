"""The tables of the proof of absence.

What was asked, what was answered, and what people have to do elsewhere.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ...catalogue.models import PublicationStop

#: After how long nobody seems to go on with a proof.
OVERDUE = datetime.timedelta(minutes=2)


class Proof(models.Model):
    """One proof that a story is absent.

    It asks in rounds, until caches have let go of the story or time is over.

    next_at: when the next round is due; ``None`` once it has finished.
    is_final: whether every question has been asked again after all caches should have let go.
    failing: how many questions are open: their last answer showed the story, or nothing came that tells.
    """

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="proofs")
    began_at = models.DateTimeField(default=timezone.now)
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    round = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=timezone.now, db_index=True)
    #: Until when one process works on it; another one may go on after that.
    claimed_until = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)
    failing = models.PositiveIntegerField(default=0)
    #: Questions that there was no room for.
    left_out = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("proof of absence")
        verbose_name_plural = _("proofs of absence")
        default_permissions = ()

    def __str__(self) -> str:
        return f"proof {self.pk} of {self.stop_id}"

    @property
    def is_overdue(self) -> bool:
        """Whether it has waited long for a process that asks."""
        return self.next_at is not None and self.next_at < timezone.now() - OVERDUE


class ProofAnswer(models.Model):
    """One question to one address in one round, and what was answered.

    No text of the story is kept: the template of the address has gaps for title, slug and file name, which are read from
    the page when the question is asked.

    output: the name of an ``Output``; "" for a page or a redirect.
    template: the address, see ``questions.fill()``. page_pk: the page that its gaps are filled from; object_pk: the
        redirect, rendition or document.
    digest: SHA-256 of the answer. found: by what the story was recognised, names with spaces between.
    problem: why the answer tells nothing, a key of ``PROBLEMS``.
    """

    class Sort(models.TextChoices):
        PAGE = "page", _("page of the story")
        STORY = "story", _("answer about the story")
        REDIRECT = "redirect", _("redirect to the story")
        FILE = "file", _("picture or document")
        LIST = "list", _("list")
        SEARCH = "search", _("search for the title")
        INDEX = "index", _("page with a list")

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    output = models.CharField(max_length=60, blank=True)
    sort = models.CharField(max_length=10, choices=Sort.choices)
    template = models.TextField()
    page_pk = models.BigIntegerField(null=True)
    object_pk = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    found = models.CharField(max_length=80, blank=True)
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("answer in a proof of absence")
        verbose_name_plural = _("answers in proofs of absence")
        default_permissions = ()
        indexes = [models.Index(fields=["proof", "round"], name="cpsnews_proof_round")]

    def __str__(self) -> str:
        return f"{self.output or self.sort}: {self.found or self.problem or self.status}"

    @property
    def question(self) -> tuple[Any, ...]:
        """What was asked: the same in every round."""
        return self.output, self.sort, self.template, self.page_pk, self.object_pk

    @property
    def is_open(self) -> bool:
        """Whether the story was there, or the answer does not tell."""
        return bool(self.found or self.problem)


class OutsideStep(models.Model):
    """A step on the tick list of a stop: what people do elsewhere.

    label: what is to be done, typed in; "" for the steps that each list begins with, whose words follow from ``sort``.
    """

    class Sort(models.TextChoices):
        SEARCH_ENGINES = "search", _("search engines")
        WEB_ARCHIVES = "archives", _("web archives")
        OWN_POSTS = "posts", _("own posts on social media")
        MAILED = "mailed", _("people who were sent the story")
        OTHER = "other", _("other")

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="outside_steps")
    sort = models.CharField(_("where"), max_length=10, choices=Sort.choices, default=Sort.OTHER)
    label = models.CharField(_("what is to be done"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    #: The name of the person, as it was: the account may go.
    done_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = _("step outside the newsroom")
        verbose_name_plural = _("steps outside the newsroom")
        default_permissions = ()

    def __str__(self) -> str:
        return self.label or self.get_sort_display()
