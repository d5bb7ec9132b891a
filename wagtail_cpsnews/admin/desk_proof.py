"""The proof of absence, for staff.

What was asked and answered, which sites asked us, and what is left to do elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from ..catalogue.adapters import adapter_for
from ..catalogue.dates import short_display
from ..catalogue.db import using
from ..catalogue.lookups import Reference
from ..catalogue.models import PublicationStop
from ..catalogue.snapshots import current
from ..catalogue.stops import key_of
from ..compat import get_page_model
from ..conf import get_settings
from ..desk.holds import may_see
from ..desk.proof import rounds, steps
from ..desk.proof.fetching import PROBLEMS
from ..desk.proof.models import OVERDUE, OutsideStep, Proof, ProofAnswer
from ..desk.proof.questions import Filler
from ..desk.proof.rounds import latest_answers
from ..desk.proof.traces import NAMES
from ..desk.proof.versions import Version, versions_of
from ..usage.asking import PublicStory, SiteThatAsked, sites_that_asked
from .sanitizing import STYLESHEET

#: Who may ask again and tick the list: people who decide about stories.
PERMISSIONS = ("cpsnews.hold_story", "cpsnews.release_story", "cpsnews.withdraw_story")

#: Rows of one table.
MOST_ROWS = 500


def may_act(user: Any) -> bool:
    """Return whether somebody may ask again and tick the list."""
    return any(user.has_perm(name) for name in PERMISSIONS)


def proof_url(stop: PublicationStop) -> str:
    """Return the address of the screen about a stop."""
    return reverse("cpsnews_proof", args=[stop.reference])


class StepForm(forms.Form):
    """Something else to do, such as a post to delete."""

    sort = forms.ChoiceField(label=gettext_lazy("Where"), choices=OutsideStep.Sort.choices)
    label = forms.CharField(
        label=gettext_lazy("What is to be done"),
        max_length=300,
        help_text=gettext_lazy("For example the address of a post, or who was sent the story."),
    )


class ProofView(WagtailAdminTemplateMixin, TemplateView):
    """The screen about one stop. POST asks again, ticks a step or adds one."""

    template_name = "wagtail_cpsnews/admin/proof.html"
    header_icon = "view"
    page_title = gettext_lazy("Proof of absence")

    def dispatch(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not may_see(request.user):
            raise PermissionDenied
        self.stop = get_object_or_404(PublicationStop.objects.using(using()), reference=reference)
        return super().dispatch(request)  # type: ignore[return-value]

    def get_page_subtitle(self) -> str:
        return self.stop.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_header_title()}]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_act(request.user):
            raise PermissionDenied
        act = {"again": self._ask_again, "tick": self._tick, "add": self._add}.get(
            request.POST.get("act", "")
        )
        return (act(request) if act else None) or redirect(proof_url(self.stop))

    def _ask_again(self, request: HttpRequest) -> None:
        with transaction.atomic(using=using()):
            rounds.begin(self.stop, request.user)
            page = get_page_model()._base_manager.using(using()).filter(pk=self.stop.page_pk).first()
            if page is not None:
                data = {"reference": self.stop.reference}
                log(instance=page.specific, action="cpsnews.proof", user=request.user, data=data)
        messages.success(request, _("All outputs are asked again."))

    def _tick(self, request: HttpRequest) -> None:
        pk = request.POST.get("step", "")
        mine = OutsideStep.objects.using(using()).filter(stop=self.stop)
        step = mine.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
        if step is None:
            messages.error(request, _("This step is not on the list any more."))
            return
        steps.tick(step, request.user, is_done=step.done_at is None)

    def _add(self, request: HttpRequest) -> HttpResponse | None:
        form = StepForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        steps.add(self.stop, form.cleaned_data["sort"], form.cleaned_data["label"], request.user)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = current().reference
        versions = versions_of(self.stop, reference)
        pages = get_page_model()._base_manager.using(using()).filter(pk=self.stop.page_pk)
        proof = self.stop.proofs.order_by("-pk").first()
        return {
            "form": StepForm(),
            **super().get_context_data(**kwargs),
            "stop": self.stop,
            "since": short_display(self.stop.began_at),
            "page": pages.first(),
            "proof": proof and describe(proof, versions, reference),
            "lifetime": get_settings().MAX_AGE,
            "steps": [
                (step, steps.words_of(step), short_display(step.done_at))
                for step in self.stop.outside_steps.order_by("pk")
            ],
            "sites": asked_us(self.stop, versions, reference),
            "records_use": bool(get_settings().USAGE_DAYS),
            "may_act": may_act(self.request.user),
            "media": forms.Media(css={"all": [STYLESHEET]}, js=["wagtail_cpsnews/proof.js"]),
        }


def describe(proof: Proof, versions: list[Version], reference: Reference) -> dict[str, Any]:
    """Return what the screen says about a proof."""
    filler = Filler({version.page_pk: version for version in versions}, reference)
    latest = latest_answers(proof)
    of_round = ProofAnswer.objects.using(using()).filter(proof=proof, round=proof.round)
    rows = [_row(answer, filler) for answer in latest[: MOST_ROWS * 2]]
    asked, total = of_round.exclude(asked_at=None).count(), of_round.count()
    shows = [row for row in rows if row["found"]]
    unknown = [row for row in rows if row["problem"]]
    absent = [row for row in rows if not row["found"] and not row["problem"]]
    return {
        "is_running": proof.finished_at is None,
        "round": proof.round,
        "asked": asked,
        "total": total,
        "left_out": proof.left_out,
        "shows": shows[:MOST_ROWS],
        "unknown": unknown[:MOST_ROWS],
        "absent": absent[:MOST_ROWS],
        "state": state_of(proof, asked, total),
        "result": result_of(len(shows), len(unknown), len(absent)),
    }


def _row(answer: ProofAnswer, filler: Filler) -> dict[str, Any]:
    return {
        "sort": ProofAnswer.Sort(answer.sort).label,
        "output": answer.output,
        "address": filler.address(answer),
        "asked_at": short_display(answer.asked_at),
        "status": answer.status or "",
        "digest": answer.digest[:12],
        "found": ", ".join(str(NAMES[name]) for name in answer.found.split() if name in NAMES),
        "problem": PROBLEMS.get(answer.problem, ""),
    }


def state_of(proof: Proof, asked: int, total: int) -> str:
    """Return how far a proof has come, in words."""
    if proof.finished_at is not None:
        return _("Finished on %(time)s.") % {"time": short_display(proof.finished_at)}
    if proof.is_overdue:
        return _(
            "Waiting since %(time)s for a worker that runs jobs, or for “newsroom_clock”. Tell the people who run the site."
        ) % {"time": short_display(proof.next_at)}
    if asked < total:
        return _("Round %(round)d: %(asked)d of %(total)d addresses asked.") % {
            "round": proof.round,
            "asked": asked,
            "total": total,
        }
    if not proof.round:
        return _("Nothing has been asked yet. It begins within seconds.")
    return _("Round %(round)d is complete. The next one begins on %(time)s.") % {
        "round": proof.round,
        "time": short_display(proof.next_at),
    }


def result_of(shows: int, unknown: int, absent: int) -> str:
    """Return what the last answers say, in one sentence."""
    if not shows + unknown + absent:
        return ""
    parts = [
        ngettext(
            "%(count)d address still shows the story",
            "%(count)d addresses still show the story",
            shows,
        )
        % {"count": shows},
        ngettext("%(count)d does not show it", "%(count)d do not show it", absent) % {"count": absent},
    ]
    if unknown:
        parts.insert(
            1,
            ngettext("%(count)d could not be read", "%(count)d could not be read", unknown)
            % {"count": unknown},
        )
    return ", ".join(parts) + "."


def asked_us(
    stop: PublicationStop, versions: list[Version], reference: Reference
) -> list[tuple[SiteThatAsked, str, str]]:
    """Return the sites that asked us for the story while it was public.

    With times in words.
    """
    pages = get_page_model()._base_manager.using(using()).filter(pk__in=[v.page_pk for v in versions])
    since = dict(pages.values_list("pk", "first_published_at"))
    stories = [
        PublicStory(
            entry_pk=version.entry_pk,
            language=reference.match_language(version.language) or version.language,
            day=version.day,
            terms=frozenset(version.terms),
            since=since.get(version.page_pk) or stop.began_at,
            until=stop.began_at,
        )
        for version in versions
        if version.entry_pk is not None
    ]
    sites = sites_that_asked(stories, reference, using())
    return [
        (site, short_display(site.first_seen), short_display(site.last_seen)) for site in sites[:MOST_ROWS]
    ]


class ProofPanel(Component):
    """Proofs that fail, or that nothing goes on with: at the head of the admin home."""

    name = "newsroom_proof"
    template_name = "wagtail_cpsnews/admin/proof_panel.html"
    order = 40

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        return {"proofs": [(proof.stop, proof_url(proof.stop), words) for proof, words in troubled()]}


def troubled() -> list[tuple[Proof, str]]:
    """Return the newest proof of each stop in force that fails or waits.

    With what is wrong, in words.
    """
    proofs = Proof.objects.using(using()).filter(stop__ended_at=None).select_related("stop")
    proofs = proofs.filter(Q(failing__gt=0) | Q(next_at__lt=timezone.now() - OVERDUE)).order_by("-pk")
    newest = dict(
        Proof.objects.using(using())
        .filter(stop__in=[proof.stop_id for proof in proofs])
        .order_by("pk")
        .values_list("stop_id", "pk")
    )
    found = []
    for proof in proofs:
        if newest[proof.stop_id] != proof.pk:
            continue
        if proof.failing:
            words = ngettext(
                "%(count)d address still shows the story, or could not be read.",
                "%(count)d addresses still show the story, or could not be read.",
                proof.failing,
            ) % {"count": proof.failing}
        else:
            words = _("Nobody asks: no worker runs jobs, and “newsroom_clock” does not run.")
        found.append((proof, words))
    return found


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Put the panel on the admin home of those who may see proofs."""
    if may_see(request.user):
        panels.append(ProofPanel())


def button_for(page: Any, user: Any) -> Button | None:
    """Return the button that leads from a story to its newest proof."""
    if not page.pk or adapter_for(page.specific_class) is None or not may_see(user):
        return None
    stops = PublicationStop.objects.using(using()).filter(translation_key=key_of(page))
    stop = stops.exclude(kind=PublicationStop.Kind.EMBARGO).order_by("-began_at", "-pk").first()
    return Button(_("Proof of absence"), proof_url(stop), icon_name="view", priority=95) if stop else None


def urls() -> list[Any]:
    """Return what the admin's addresses gain."""
    return [path("newsroom/proof/<slug:reference>/", ProofView.as_view(), name="cpsnews_proof")]
