"""Panels and routing that all story types share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import AdminPageChooser
from wagtail.url_routing import RouteResult

from ..catalogue.adapters import story_models
from ..catalogue.snapshots import current
from ..catalogue.visibility import DELETED, Answer, answer_instead
from ..compat import get_page_model
from ..conf import get_settings
from ..http.csp import allow_share_script, protect
from ..http.tags import LISTS, add_tags
from .context import clean_lines, in_language, public_context_of
from .filing import recall_locale
from .forms import StoryForm
from .headless import redirect_to_front_end
from .history import HistoryMixin
from .locks import StopLockMixin
from .missing_pages import missing_response
from .redirects import redirect_response
from .sealed import SealedMixin
from .status import StatusMixin


class TermPanel(FieldPanel):
    """A field of terms, labelled by the setting.

    Hidden when its taxonomy is off; retired terms are not offered.
    """

    def __init__(self, *args: Any, taxonomy: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taxonomy = taxonomy

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "taxonomy": self.taxonomy}

    def on_model_bound(self) -> None:
        super().on_model_bound()
        settings = get_settings()
        if settings.is_on(self.taxonomy) and settings.TAXONOMIES.get(self.taxonomy):
            many = self.db_field is not None and self.db_field.many_to_many
            label = settings.label(self.taxonomy, 2 if many else 1)
            self.heading = label[:1].upper() + label[1:]

    class BoundPanel(FieldPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            if self.bound_field is not None:
                _offer_current_terms(self.bound_field.field, self.instance, self.panel.field_name)

        def is_shown(self) -> bool:
            return get_settings().is_on(self.panel.taxonomy) and bool(super().is_shown())


def _offer_current_terms(field: Any, instance: Any, name: str) -> None:
    """Offer no retired or replaced terms; those that the story has stay."""
    value = getattr(instance, name, None)
    if value is None:
        kept = []
    elif hasattr(value, "all"):
        kept = [term.pk for term in value.all()]
    else:
        kept = [value.pk]
    locale = getattr(instance, "locale", None)
    model = field.queryset.model
    current = models.Q(retired=False, successor=None)
    if locale is not None and model._default_manager.filter(locale=locale).exists():
        current &= models.Q(locale=locale)
    field.queryset = model._default_manager.filter(current | models.Q(pk__in=kept))


class StoryChooserPanel(FieldPanel):
    """A field that leads to a page: editors are offered stories alone."""

    def on_model_bound(self) -> None:
        super().on_model_bound()
        self.widget = AdminPageChooser(target_models=list(story_models()) or [get_page_model()])


def term_panel(name: str, taxonomy: str, **kwargs: Any) -> TermPanel:
    """Return the panel of a field of terms."""
    return TermPanel(name, taxonomy=taxonomy, **kwargs)


class PublicRoutingMixin(SealedMixin, StatusMixin, StopLockMixin, HistoryMixin):
    """A page that stops answering as soon as it is not public.

    It answers 410 if it once was.
    """

    base_form_class = StoryForm

    #: Whether its template has buttons for sharing, whose script the page's policy must let in.
    has_share_buttons: ClassVar[bool] = False

    class Meta(HistoryMixin.Meta):
        abstract = True

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        if path_components or (instead := answer_instead(self)) is None:
            return super().route(request, path_components)  # type: ignore[misc]
        if instead.status == 410:
            return RouteResult(self, kwargs={"gone": instead})
        raise Http404

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        return public_context_of(self, request, context)

    def serve(
        self, request: HttpRequest, *args: Any, gone: Answer | None = None, **kwargs: Any
    ) -> HttpResponse:
        if gone:
            return gone_response(request, gone)
        if (there := redirect_to_front_end(request, self.url_path)) is not None:  # type: ignore[attr-defined]
            return there
        recall_locale(self, current())
        language = self.locale.language_code  # type: ignore[attr-defined]
        clean_lines(self)
        response = in_language(language, super().serve(request, *args, **kwargs))  # type: ignore[misc]
        return protect(allow_share_script(response) if self.has_share_buttons else response)


def gone_response(request: HttpRequest, gone: Answer = DELETED) -> HttpResponse:
    """Return the 410 response, or the redirect of an editor for the address.

    The 410 says "This story is no longer available", or what the desk has written instead. Nothing leads on from what
    the desk has taken down.
    """
    if not gone.is_stopped and (answer := redirect_response(request)) is not None:
        return answer
    response = missing_response(request, gone.templates, 410, gone.wording)
    response["Cache-Control"] = f"max-age={(response.context_data or {}).get('max_age', 0)}"
    response["X-Robots-Tag"] = "noindex"
    add_tags(response, (LISTS,))  # without the story’s id: the address may come to show it again
    return response
