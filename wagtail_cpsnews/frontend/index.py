"""``NewsIndexMixin``: the news centre, or a list of part of it.

An index is a preset ``Query``.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.url_routing import RouteResult

from ..catalogue.adapters import adapter_for
from ..catalogue.lookups import Reference
from ..catalogue.models import Entry
from ..catalogue.parameters import label_language
from ..catalogue.public_links import PublicLinks
from ..catalogue.query import Query
from ..catalogue.rows import hash_path
from ..catalogue.sites import root_of, site_ids
from ..catalogue.snapshots import Snapshot, current
from ..catalogue.visibility import DELETED
from ..compat import page_model_name
from ..conf import get_settings
from ..http.caching import limit_lifetime, next_day_or_answering
from ..http.csp import protect
from ..registry import BUILT_IN, OWN
from ..stories.blocks.index import ThemeBlock, WayOnBlock
from ..stories.context import (
    clean_lines,
    expiry_of,
    in_language,
    public_context,
    public_context_of,
)
from ..stories.fields import StoryStreamField
from ..stories.forms import StoryForm, publishing_error
from ..stories.headless import redirect_to_front_end
from ..stories.history import HistoryMixin
from ..stories.index import NewsIndex
from ..stories.panels import StoryChooserPanel, gone_response, term_panel
from ..stories.protocol import MediaProtocolMixin
from ..stories.status import StatusMixin
from ..stories.term_fields import with_term_fields
from ..widgets import TermCheckboxes
from .index_context import find_lead, front_matter, linked_page_ids, linked_pages, public_data
from .lists import answer
from .press_panel import desk_of_index
from .translations import versions_of_index


def _mount() -> str:
    """Return the newsroom's own path on the site: "newsroom".

    A page there would never be seen.
    """
    try:
        return reverse("cpsnews:list").strip("/")
    except NoReverseMatch:
        return ""


@with_term_fields([taxonomy.plural for taxonomy in BUILT_IN])
class NewsIndexMixin(NewsIndex, StatusMixin, HistoryMixin):
    """An introduction, themes, the filtered list, and links.

    Put it before ``Page`` among the bases.
    """

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    lead_story = models.ForeignKey(
        page_model_name(),
        verbose_name=_("lead story"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "Shown first, in the language of this page where there is a version, for as long as it is public and this page "
            "lists it. Otherwise the newest story with a picture is first."
        ),
    )
    themes = StoryStreamField([("theme", ThemeBlock())], verbose_name=_("themes"), blank=True)
    ways_on = StoryStreamField([("way", WayOnBlock())], verbose_name=_("more links"), blank=True)
    media_text = models.TextField(
        _("a few words"),
        max_length=400,
        blank=True,
        help_text=_("Who journalists should contact, and about what."),
    )
    protocol_page = models.ForeignKey(
        page_model_name(),
        verbose_name=_("media protocol"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown with its present status, in the language of this page where there is a version."),
    )
    press_office_page = models.ForeignKey(
        page_model_name(),
        verbose_name=_("press office"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    kinds = ParentalManyToManyField(
        "cpsnews.Kind", verbose_name=_("news types"), blank=True, related_name="+"
    )
    crime_types = ParentalManyToManyField(
        "cpsnews.CrimeType", verbose_name=_("crime types"), blank=True, related_name="+"
    )
    areas = ParentalManyToManyField("cpsnews.Area", verbose_name=_("areas"), blank=True, related_name="+")
    topics = ParentalManyToManyField("cpsnews.Topic", verbose_name=_("topics"), blank=True, related_name="+")

    #: Readers get the lead story from the catalogue, which knows whether it is public.
    shown_by_catalogue: ClassVar[tuple[str, ...]] = ("lead_story",)

    #: The terms above as keys by taxonomy, kept by ``save()``: a list must not cost a query for each of them.
    preset = models.JSONField(default=dict, editable=False)

    base_form_class = StoryForm

    index_panels: ClassVar[list[Any]] = [
        FieldPanel("introduction"),
        StoryChooserPanel("lead_story"),
        FieldPanel("themes"),
        FieldPanel("ways_on"),
        MultiFieldPanel(
            [FieldPanel("media_text"), FieldPanel("protocol_page"), FieldPanel("press_office_page")],
            heading=_("Working with the media"),
            help_text=_("A page that is not public is not shown."),
        ),
        MultiFieldPanel(
            [term_panel(taxonomy.plural, taxonomy.name, widget=TermCheckboxes) for taxonomy in BUILT_IN],
            heading=_("Only stories with"),
            help_text=_("Leave all empty for a list of everything."),
        ),
    ]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("update_fields") is None:
            self.preset = self.get_preset()
        return super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        mount = _mount()
        if self.slug and self.slug == mount:  # type: ignore[attr-defined]
            message = _(
                "“%(slug)s” is where this site's news API is. Choose another address, such as “news”."
            )
            raise ValidationError({"slug": publishing_error(message % {"slug": mount})})
        protocol = self.protocol_page
        if protocol is not None and not issubclass(
            protocol.specific_class or type(protocol), MediaProtocolMixin
        ):
            message = _("This page is not a media protocol. Choose a page of that type.")
            raise ValidationError({"protocol_page": publishing_error(message)})

        lead = self.lead_story
        chosen_class: Any = lead and (lead.specific_class or type(lead))
        if lead is not None and adapter_for(chosen_class) is None:
            message = _("This page is not a story. Choose a story.")
            raise ValidationError({"lead_story": publishing_error(message)})

    def get_preset(self) -> dict[str, list[str]]:
        """Return the keys of the terms that the list is fixed to, by taxonomy.

        A taxonomy of the host's own has no field here: its keys stay as ``preset`` has them.
        """
        keys = {
            taxonomy.name: [str(term.translation_key) for term in getattr(self, taxonomy.plural).all()]
            for taxonomy in BUILT_IN
        }
        keys |= {taxonomy.name: self.preset.get(taxonomy.name) or [] for taxonomy in OWN}
        return {name: values for name, values in keys.items() if values}

    def get_query(self) -> Query:
        """Return the query that the list is fixed to.

        Override this to fix it to something else. Readers cannot change what it sets.
        """
        reference = self._snapshot.reference
        root = root_of(reference.roots, self.url_path)  # type: ignore[attr-defined]
        language = root.language if root else reference.default_language
        return Query(
            language=language,
            lang=label_language(language, reference),
            sites=tuple(site_ids(reference.roots, root.site_id)) if root else None,
            **self._preset_slugs(reference),
        )

    @cached_property
    def _snapshot(self) -> Snapshot:
        """The catalogue as it was when this page began to be served."""
        return current()

    def _preset_slugs(self, reference: Reference) -> dict[str, Any]:
        slugs = {}
        for name, keys in self.preset.items():
            if get_settings().is_on(name):
                terms = [reference.taxonomies[name].follow(key) for key in keys]
                slugs[name] = tuple(dict.fromkeys(term.slug for term in terms if term))
        return slugs

    def get_public_links(self) -> PublicLinks:
        """Return which links everybody may follow.

        This covers links in the texts, and links to chosen pages.
        """
        return PublicLinks(self, current().reference, also=linked_page_ids(self))

    def get_public_data(
        self, lang: str, request: HttpRequest, links: PublicLinks | None = None
    ) -> dict[str, Any]:
        """Return what the page shows around its list, and where the list is.

        Plain JSON values with labels in ``lang``. ``request`` says where the newsroom is mounted. The caller
        has checked that the page is public.
        """
        links = links or self.get_public_links()
        return public_data(self, self.get_query(), lang, links, request.build_absolute_uri)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        reference, language = self._snapshot.reference, self.get_query().language
        return public_context_of(self, request, context, reference, language) | public_context()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (gone := kwargs.pop("gone", None)) is not None:
            return gone_response(request, gone)
        if (there := redirect_to_front_end(request, self.url_path)) is not None:  # type: ignore[attr-defined]
            return there
        clean_lines(self)
        # The panel for the media shows who answers now, and the protocol's status, which depends on the date.
        serve = partial(self._serve_list, request, *args, **kwargs)
        return limit_lifetime(request, serve, next_day_or_answering, partial(expiry_of, self))

    def _serve_list(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_preview = getattr(request, "is_preview", False)  # type: ignore[attr-defined]
        self._snapshot = current()
        default = self.get_query()
        locked = [name for name in get_settings().taxonomies if default.selected(name)]
        found = answer(
            request, default, locked=locked, ignore=self.ignored_parameters, snapshot=self._snapshot
        )
        if found.redirect is not None:
            return found.redirect
        context = self.get_context(request, *args, **kwargs)
        context["listing"] = found.listing
        context["lang"] = default.language
        context["list_title"] = self.title  # type: ignore[attr-defined]
        if found.listing is not None:
            reference = self._snapshot.reference
            is_front = found.listing.query == default and not found.listing.problems
            results = found.listing.results if is_front else None
            is_front = results is not None
            pages = linked_pages(self, reference, front=is_front, versions=True)
            context["versions"] = versions_of_index(self, found.listing, pages)
            context["desk"] = desk_of_index(self, reference, default.lang)
            context["is_front"] = is_front
            if results is not None:
                found.listing.lead = find_lead(self, results.selection, pages, results.keys)
                context |= front_matter(self, request.path, default.lang, reference, pages)
        template = self.get_template(request, *args, **kwargs)  # type: ignore[attr-defined]
        return protect(
            in_language(default.lang, TemplateResponse(request, template, context, status=found.status))
        )

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Return the preview shows the list as the draft fixes it."""
        self.preset = self.get_preset()
        return super().serve_preview(request, mode_name)  # type: ignore[misc]

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Answer 410 for stories that were here and have been deleted."""
        try:
            return super().route(request, path_components)  # type: ignore[misc]
        except Http404:
            current()  # a deletion that is just committed counts
            path = f"{self.url_path}{'/'.join(path_components)}/"  # type: ignore[attr-defined]
            if path_components and Entry.objects.filter(public=False, path_hash=hash_path(path)).exists():
                return RouteResult(self, kwargs={"gone": DELETED})
            raise
