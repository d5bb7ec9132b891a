"""Everything that names taxonomies is derived from the registry.

A list without one of them fails here.
"""

import dataclasses
import re
from pathlib import Path

import pytest
from django.db import models
from django.test.utils import isolate_apps
from django.urls import get_resolver
from django.utils import translation

from wagtail_cpsnews.admin.filters import page_filterset
from wagtail_cpsnews.admin.models import PAGE_COLUMNS, PAGE_FILTERS, term_specs
from wagtail_cpsnews.api import schema
from wagtail_cpsnews.api import urls as api_urls
from wagtail_cpsnews.catalogue import parameters
from wagtail_cpsnews.catalogue.facts import PublicFacts
from wagtail_cpsnews.catalogue.query import NAMES, Query
from wagtail_cpsnews.catalogue.serializers import DETAIL_FIELDS, LIST_FIELDS
from wagtail_cpsnews.conf import get_settings
from wagtail_cpsnews.embed import appearance, block, builder, snippet
from wagtail_cpsnews.embed.words import widget_taxonomies
from wagtail_cpsnews.importers import jsonl
from wagtail_cpsnews.importers.story import Story
from wagtail_cpsnews.management.commands import load_newsroom_terms
from wagtail_cpsnews.registry import (
    BY_ORDER,
    MAX_NAME,
    RESERVED_NAMES,
    RESERVED_PATHS,
    RESERVED_PLURALS,
    TAXONOMIES,
    fingerprint,
    read_declarations,
    with_fields,
)
from wagtail_cpsnews.stories.blocks.lists import LiveListBlock
from wagtail_cpsnews.stories.news_item import NewsItemMixin
from wagtail_cpsnews.stories.term_fields import with_term_fields
from wagtail_cpsnews.taxonomy.models import MODELS, FormerSlug
from wagtail_cpsnews.usage import recording

SCRIPT, ATTRIBUTES_SCRIPT = (
    (Path(block.__file__).parent / "js" / name).read_text() for name in ("cps-news.js", "attributes.js")
)
ATTRIBUTES = (
    re.search(r"PARAMETERS =\s*`([^`]*)`", ATTRIBUTES_SCRIPT)[1]
    .replace("${TAXONOMIES}", widget_taxonomies())
    .split()
)

#: What names every taxonomy, by what it calls them.
BY_NAME = {
    "settings": lambda: get_settings().taxonomies,
    "summary": lambda: BY_ORDER,
    "models": lambda: MODELS,
    "parameters": lambda: parameters.names_in_use(),
    "addresses": lambda: NAMES,
    "query": lambda: [one.name for one in dataclasses.fields(Query)],
    "facets": schema.facet_properties,
    "builder": lambda: builder.PARAMETERS,
    "ledger": lambda: recording._LIST,
    "live list": lambda: LiveListBlock().child_blocks,
    "another site": lambda: block.NewsListBlock().child_blocks,
    "page lists": lambda: PAGE_FILTERS,
    "load_newsroom_terms": lambda: load_newsroom_terms.NAMES,
}
BY_FIELD = {
    "items": lambda: LIST_FIELDS,
    "item schema": schema.item_properties,
    "example": lambda: schema.example_item(),
    "facts": lambda: [one.name for one in dataclasses.fields(PublicFacts)],
    "import": lambda: jsonl.FIELDS,
    "story": lambda: [one.name for one in dataclasses.fields(Story)],
    "page": lambda: [one.name for one in NewsItemMixin._meta.get_fields()],
    "filing": lambda: [panel.field_name for panel in NewsItemMixin.filing_panels],
}


@pytest.fixture(params=TAXONOMIES.values(), ids=lambda taxonomy: taxonomy.name)
def taxonomy(request):
    return request.param


@pytest.mark.parametrize("names", BY_NAME.values(), ids=BY_NAME)
def test_every_taxonomy_is_in(names, taxonomy):
    assert taxonomy.name in names()


@pytest.mark.parametrize("names", BY_FIELD.values(), ids=BY_FIELD)
def test_every_field_is_in(names, taxonomy):
    assert taxonomy.field in names()


def test_a_list_of_one_taxonomy_is_never_a_list_of_everything(taxonomy):
    query = Query.under(taxonomy.name, "one", "two")
    assert query.params() == [(taxonomy.name, "one"), (taxonomy.name, "two")]
    assert query.as_json()[taxonomy.name] == ["one", "two"]
    assert query.is_filtered
    assert not query.cleared().is_filtered
    assert recording.list_key(query) == f"list:{taxonomy.name}=one&{taxonomy.name}=two"
    given = snippet._given(query)
    assert given == {taxonomy.attribute: "one two"}
    assert f"?{taxonomy.name}=one&{taxonomy.name}=two&" in snippet.list_address("https://a.example/", given)
    element = {"source": "https://a.example/newsroom/", taxonomy.name: "one two", "door": "element"}
    other = block.NewsListBlock(publishers=["https://a.example/newsroom/"])
    assert f'{taxonomy.attribute}="one two"' in str(other.render(other.to_python(element)))


def test_the_element_knows_it(taxonomy, newsroom, api):
    assert taxonomy.attribute in ATTRIBUTES
    for lang in ("en", "cy"):  # the heading of the reader's filter
        with translation.override(lang):
            label = get_settings().label(taxonomy.name)
        for answer in (api("items/", lang=lang), api("facets/", lang=lang)):
            assert answer["facet_labels"][taxonomy.name] == label
    assert api("items/", facets="none")["facet_labels"] == {}


def test_its_terms_have_an_address_and_a_list(taxonomy):
    views = {pattern.name: pattern.callback.view_initkwargs for pattern in api_urls.urlpatterns}
    assert views[taxonomy.path] == {"taxonomy": taxonomy.name}
    assert MODELS[taxonomy.name] in [spec.model for spec in term_specs()]
    assert MODELS[taxonomy.name]._meta.label == taxonomy.model
    assert len(taxonomy.name) <= MAX_NAME == FormerSlug._meta.get_field("taxonomy").max_length
    assert (taxonomy.field in [column.name for column in PAGE_COLUMNS]) is taxonomy.has_column


def test_the_admin_filters_by_it(taxonomy, admin_user, rf):
    request = rf.get("/")
    request.user = admin_user
    assert taxonomy.name in page_filterset(PAGE_FILTERS)({}, request=request).filters


def test_a_taxonomy_that_classes_do_not_name_gets_its_fields():
    """As ``Query``, ``PublicFacts``, ``Story`` and the mixins of pages get them."""
    more = with_fields(Query, [*TAXONOMIES, "court"], ())
    assert more().court == ()
    assert more.under("court", "leeds").selected("court") == ("leeds",)
    assert (more.__name__, more.__module__) == (Query.__name__, Query.__module__)
    assert with_fields(Query, TAXONOMIES, ()) is Query
    with isolate_apps("wagtail_cpsnews"):

        @with_term_fields(["areas", "topics"])
        class Mixin(models.Model):
            topics = models.TextField()

            class Meta:
                abstract = True
                app_label = "cpsnews"

    fields = {field.name: field for field in Mixin._meta.get_fields()}
    assert set(fields) == {"areas", "topics"}
    assert isinstance(fields["topics"], models.TextField)
    areas = fields["areas"]
    assert (areas.remote_field.model, str(areas.verbose_name), areas.blank) == ("cpsnews.Area", "areas", True)


def test_names_that_are_taken_are_reserved():
    attributes = re.search(r'\.\.\."([^"]*)"\.split', SCRIPT)[1].split()
    names = {*NAMES, *appearance.NAMES, *builder.SWITCHES, *(name.replace("-", "_") for name in attributes)}
    names |= {name for name in dir(Query()) if not name.startswith("_")}
    assert names - set(TAXONOMIES) <= RESERVED_NAMES
    fields = {*LIST_FIELDS, *DETAIL_FIELDS, *jsonl.FIELDS}
    fields |= {one.name for one in dataclasses.fields(PublicFacts)}
    assert fields - {taxonomy.plural for taxonomy in TAXONOMIES.values()} <= RESERVED_PLURALS
    paths = {str(pattern.pattern).split("/")[0] for pattern in api_urls.urlpatterns}
    paths |= {pattern.name for pattern in api_urls.urlpatterns}
    resolver = get_resolver("wagtail_cpsnews.urls")
    paths |= {name for name in resolver.reverse_dict if isinstance(name, str) and "_" not in name}
    paths = {path for path in paths if re.fullmatch("[a-z-]+", path)}
    assert paths - {taxonomy.path for taxonomy in TAXONOMIES.values()} <= RESERVED_PATHS


def test_the_settings_fingerprint_holds_the_registry_s(settings, monkeypatch):
    settings.WAGTAIL_CPSNEWS = {}
    before = get_settings().fingerprint
    settings.WAGTAIL_CPSNEWS = {}
    monkeypatch.setattr("wagtail_cpsnews.registry.fingerprint", lambda: "another")
    assert get_settings().fingerprint != before
    assert re.fullmatch("[0-9a-f]{12}", fingerprint())


GOOD = {"model": "courts.Court", "path": "courts", "en": ("court", "courts")}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"area": GOOD}, "cpsnews.E050"),
        ({"a_very_long_name_of_a_court": GOOD}, "cpsnews.E051"),
        ({"page": GOOD}, "cpsnews.E051"),
        ({"class": GOOD}, "cpsnews.E051"),
        ({"Court": GOOD}, "cpsnews.E051"),
        ({7: GOOD}, "cpsnews.E051"),
        ({"court": GOOD | {"path": "items"}}, "cpsnews.E052"),
        ({"court": GOOD | {"path": "the/courts"}}, "cpsnews.E052"),
        ({"court": {"model": "courts.Court"}}, "cpsnews.E052"),
        ({"court": GOOD | {"plural": "updates"}}, "cpsnews.E053"),
        ({"court": GOOD | {"model": "Court"}}, "cpsnews.E054"),
        ({"court": {"path": "courts"}}, "cpsnews.E054"),
        ({"court": GOOD | {"order": "first"}}, "cpsnews.E055"),
        ({"court": GOOD | {"path": "areas"}}, "cpsnews.E056"),
        ({"court": GOOD | {"model": "cpsnews.Area"}}, "cpsnews.E056"),
        ({"court": GOOD, "bench": GOOD | {"path": "benches"}}, "cpsnews.E056"),
        ({"court": GOOD | {"en": "court"}}, "cpsnews.E004"),
        ({"court": {"en": ("court", "courts")}}, "cpsnews.E002"),
        (["court"], "cpsnews.E002"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_declaration_is_reported(given, code):
    _found, mistakes = read_declarations(given)
    assert code in {mistake.code for mistake in mistakes}
    assert all(mistake.hint for mistake in mistakes)


def test_a_declaration_needs_a_model_and_a_path():
    found, mistakes = read_declarations({"court": {"model": "courts.Court", "path": "crown-courts"}})
    assert mistakes == []
    court = found[-1]
    assert (court.plural, court.field, court.attribute) == ("crown_courts", "crown_courts", "filter")
    assert [court.labels(1), court.labels(2)] == ["court", "crown courts"]
