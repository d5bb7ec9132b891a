"""Drafts may be half-filled; only publishing refuses.

Built from the models and block definitions themselves.
"""

import json
import threading

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from wagtail import blocks
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from tests import halffilled
from tests.factories import draft_story, make_contact, publish_story
from tests.telling import telling
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.embed.block import NewsListBlock
from wagtail_cpsnews.fields import StoryBlockField, StoryStreamField
from wagtail_cpsnews.pages.models import (
    MediaProtocolPage,
    NewsIndexPage,
    NewsItemPage,
    PressOfficePage,
    SpeechPage,
)
from wagtail_cpsnews.taxonomy.models import Kind, Topic

pytestmark = pytest.mark.django_db

TYPES = [NewsItemPage, SpeechPage, MediaProtocolPage, PressOfficePage, NewsIndexPage]

#: Each type where a test takes long: what a news item has, a speech has too.
TYPES_IN_SHORT = telling(TYPES, SpeechPage, NewsIndexPage)

STREAMS = [
    (model, field.name)
    for model in (*TYPES, PressContact)
    for field in model._meta.get_fields()
    if isinstance(field, StoryStreamField) and model is not SpeechPage
]


@pytest.fixture
def objects(newsroom):
    """One of each object that a chooser can choose."""
    import io

    from django.core.files.base import ContentFile
    from django.core.files.images import ImageFile
    from PIL import Image as Picture
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model

    data = io.BytesIO()
    Picture.new("RGB", (30, 20)).save(data, "PNG")
    image = get_image_model().objects.create(title="P", file=ImageFile(data, name="p.png"))
    document = get_document_model().objects.create(title="D", file=ContentFile(b"x", name="d.pdf"))
    return {
        "index": newsroom,
        "page": publish_story(parent=newsroom, title="Chosen"),
        "image": image,
        "document": document,
        "Topic": Topic.objects.filter(locale=newsroom.locale).first(),
        "PressContact": make_contact("Desk"),
    }


def query(data):
    found = QueryDict(mutable=True)
    for name, value in nested_form_data(data).items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def stream_value(block, data):
    return block.value_from_datadict(query({"stream": data}), {}, "stream")


def form_field(model, name):
    field = model._meta.get_field(name).formfield()
    assert isinstance(field, StoryBlockField)
    return field


def messages(error):
    """All messages inside a block's error, with where they are."""
    found = [str(message) for message in getattr(error, "messages", [error])]
    for name, inner in dict(getattr(error, "block_errors", None) or {}).items():
        found += [f"{name}: {message}" for message in messages(inner)]
    return found


# -- blocks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "name"), STREAMS, ids=lambda value: getattr(value, "__name__", value))
def test_every_block_can_be_kept_half_filled(objects, model, name):
    """Each part of each block is missing or odd in turn.

    It is kept as a draft, published or refused, never an error.
    """
    field = form_field(model, name)
    refused = 0
    for what, data in halffilled.variants(field.block, objects):
        value = stream_value(field.block, data)
        field.is_deferred_validation = True
        try:
            kept = field.clean(value)
        except ValidationError as error:
            pytest.fail(f"{name}, {what}: not kept as a draft: {messages(error)}")
        finally:
            del field.is_deferred_validation
        stored = field.block.get_prep_value(kept)
        assert json.loads(json.dumps(stored, default=str)) is not None
        again = field.block.to_python(json.loads(json.dumps(stored, default=str)))
        assert len(again) == len(value)
        str(field.block.render(again))
        field.block.get_api_representation(again)
        field.block.get_searchable_content(again)
        try:
            field.clean(stream_value(field.block, data))
        except ValidationError as error:
            refused += bool(messages(error))
    assert refused
    everything = stream_value(field.block, halffilled.right(field.block, objects))
    if model not in (MediaProtocolPage, PressContact):
        assert len(field.clean(everything)) == len(everything)


@pytest.mark.parametrize("publishers", [(), ("https://publisher.example/newsroom/",)])
def test_the_block_for_other_sites_keeps_drafts(publishers):
    stream = blocks.StreamBlock([("news", NewsListBlock(publishers=publishers))], required=False)
    for what, data in halffilled.variants(stream, {}):
        value = stream_value(stream, data)
        try:
            kept = stream.clean_deferred(value)
        except ValidationError as error:
            # A StreamField of somebody else's has Wagtail's rules for lengths and addresses.
            told = " ".join(messages(error))
            if "Give the address" in told or "not a valid short name" in told:
                pytest.fail(f"{what}: {told}")
            continue
        stream.render(kept)


def test_what_was_typed_is_in_the_draft(objects):
    field = form_field(NewsItemPage, "body")
    field.is_deferred_validation = True
    data = {"title": "", "file": "", "url": "no address", "transcript": rich_text("")}
    kept = field.clean(
        stream_value(field.block, streamfield([("embed", data), ("heading", {"text": halffilled.LONG})]))
    )
    assert kept[0].value["url"] == "no address"
    assert kept[1].value["text"] == halffilled.LONG.strip()


def test_rules_are_back_after_a_draft(objects):
    field = form_field(NewsItemPage, "body")
    data = streamfield([("statistic", {"value": "x" * 50, "url": "no address"})])

    def refusal():
        with pytest.raises(ValidationError) as caught:
            field.clean(stream_value(field.block, data))
        return sorted(messages(caught.value))

    before = refusal()
    field.is_deferred_validation = True
    field.clean(stream_value(field.block, data))
    del field.is_deferred_validation
    assert refusal() == before
    assert {
        "0: value: Ensure this value has at most 30 characters (it has 50).",
        "0: url: Enter a valid URL.",
    } <= {*before}


def test_a_draft_of_one_editor_lets_nothing_of_another_through(objects):
    """Wagtail defers validation on block definitions that all threads share."""
    draft, final = form_field(NewsItemPage, "body"), form_field(NewsItemPage, "body")
    assert draft.block is final.block
    draft.is_deferred_validation = True
    value = stream_value(
        draft.block, streamfield([("callout", halffilled.nothing(draft.block.child_blocks["callout"]))])
    )
    stop, let_through = threading.Event(), []

    def keep_saving():
        while not stop.is_set():
            draft.clean(value)

    saving = threading.Thread(target=keep_saving)
    saving.start()
    try:
        for _number in range(200):
            try:
                final.clean(value)
                let_through.append(1)
            except ValidationError:
                pass
    finally:
        stop.set()
        saving.join()
    assert not let_through


# -- pages --------------------------------------------------------------------------------------------------------------


def form_class(model):
    return model.get_edit_handler().get_form_class()


def page_form(model, data, objects, user, draft):
    page = model(locale=objects["index"].locale)
    form = form_class(model)(query(data), instance=page, parent_page=objects["index"], for_user=user)
    if draft:
        form.defer_required_fields()
    return form


def field_variants(model, objects):
    """Data of a page with one field missing or odd in turn."""
    fields = form_class(model).base_fields
    plain = halffilled.page_data(form_class(model), objects)
    for name, field in fields.items():
        if (
            isinstance(field, forms.ModelMultipleChoiceField)
            or hasattr(field, "block")
            or name in ("title", "slug", "comment_notifications")
        ):
            continue
        for value in halffilled.odd_values(field):
            yield f"{name} {value!r}", {**plain, name: value}
    yield (
        "nothing",
        {name: "" if value == "Words" and name != "title" else value for name, value in plain.items()},
    )
    if "summary" in fields:
        yield "long summary", {**plain, "summary": halffilled.LONG}
    yield "at the API's address", {**plain, "slug": "newsroom"}
    days = [
        name for name, field in fields.items() if isinstance(field, (forms.DateField, forms.DateTimeField))
    ]
    for first in days:
        for last in days:
            if first != last:
                changes = {
                    name: (halffilled.FUTURE if name == first else halffilled.PAST).isoformat()
                    for name in (first, last)
                }
                yield f"{first} after {last}", {**plain, **changes}
    for name in ("protocol_page", "version_of"):
        if name in fields:
            yield f"{name} of another type", {**plain, name: str(objects["index"].pk)}


@pytest.mark.parametrize("model", TYPES_IN_SHORT)
def test_every_field_can_be_kept_half_filled(objects, admin_user, model):
    refused = []
    for what, data in field_variants(model, objects):
        data = {
            name: value if value != "" or "note" not in name else rich_text("")
            for name, value in data.items()
        }
        data = _rich(model, data)
        form = page_form(model, data, objects, admin_user, draft=True)
        assert form.is_valid(), f"{what}: {form.errors.as_text()}"
        form = page_form(model, data, objects, admin_user, draft=False)
        if not form.is_valid():
            refused.append(what)
    assert ("at the API's address" in refused) is (model is NewsIndexPage)
    if model in (NewsItemPage, SpeechPage):
        assert {"summary ''", "long summary", "published_at '2999-12-31 09:00'"} <= set(refused)
    if model is SpeechPage:
        assert "event_first_day after event_last_day" in refused
    if model is NewsIndexPage:
        assert "protocol_page of another type" in refused


def _rich(model, data):
    """An empty rich text as the editor posts it."""
    for name, field in form_class(model).base_fields.items():
        if "Draftail" in type(field.widget).__name__ and data.get(name) in ("", "<b>&\u202e", "Ä ö!", "0"):
            data = {**data, name: rich_text("")}
    return data


@pytest.mark.parametrize("model", TYPES_IN_SHORT)
def test_the_editor_keeps_a_draft_with_everything_wrong(objects, admin_client, model, settings):
    """Through the real views: created, saved again, autosaved, read and previewed.

    Publishing refuses.
    """
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None
    parent = objects["index"]

    def blocks_of(block, objects):
        if isinstance(block, blocks.StreamBlock):
            wrong = [(name, halffilled.nothing(child)) for name, child in block.child_blocks.items()]
            for name, child in block.child_blocks.items():
                wrong += [(name, data) for _what, data in list(halffilled.variants(child, objects))[:3]]
            return streamfield(wrong)
        return halffilled.nothing(block)

    data = halffilled.page_data(form_class(model), objects, blocks_of)
    for name, field in form_class(model).base_fields.items():
        if isinstance(field, forms.URLField):
            data[name] = "no address"
        elif name in ("expire_at", "event_last_day", "archived_on"):
            data[name] = "1901-01-01"
        elif isinstance(field, (forms.DateField, forms.DateTimeField)):
            data[name] = "2999-12-31"
        elif name == "summary":
            data[name] = ""
    data |= {"slug": "half", "title": "Half"}
    add = f"/admin/pages/add/cpsnews_pages/{model._meta.model_name}/{parent.pk}/"
    answer = admin_client.post(add, query(data))
    assert answer.status_code == 302, _errors(answer)
    page = model.objects.get(slug="half")
    edit = f"/admin/pages/{page.pk}/edit/"
    assert admin_client.get(edit).status_code == 200
    assert admin_client.post(edit, query(data)).status_code == 302
    autosave = admin_client.post(edit, query(data), headers={"accept": "application/json"})
    assert autosave.status_code == 200
    assert autosave.json()["success"]
    assert admin_client.get(f"/admin/pages/{page.pk}/view_draft/").status_code == 200
    saved = model.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, field in form_class(model).base_fields.items():
        if isinstance(field, forms.URLField):
            assert getattr(saved, name) == "no address"
    for action in ("action-publish", "action-submit"):
        answer = admin_client.post(edit, query({**data, action: "1"}))
        assert answer.status_code == (200 if action == "action-publish" else answer.status_code)
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:
            assert "no address" in answer.content.decode() or not _urls(model)
    assert not model.objects.get(pk=page.pk).live


def _urls(model):
    return [field for field in form_class(model).base_fields.values() if isinstance(field, forms.URLField)]


def _errors(answer):
    form = answer.context and answer.context.get("form")
    return form.errors.as_text() if form is not None else answer.content[:500]


def test_a_rule_of_a_field_that_is_not_in_the_form_is_shown_above_it(objects, admin_user):
    data = {**halffilled.page_data(form_class(SpeechPage), objects), "event_first_day": "2026-02-02"}
    form = page_form(SpeechPage, data, objects, admin_user, draft=False)
    del form.fields["event_last_day"]
    form.instance.event_last_day = timezone.datetime(2026, 1, 1).date()
    assert not form.is_valid()
    assert "The last day is before the first day." in form.non_field_errors()


def test_many_half_filled_stories_are_not_published_at_once(objects, admin_client, client):
    half = draft_story(parent=objects["index"], title="Half filled", summary="")
    half.save_revision(clean=False)
    block = draft_story(parent=objects["index"], title="Half a block")
    block.body = [("callout", {"kind": "important", "title": "", "text": ""})]
    block.save_revision(clean=False)
    whole = draft_story(parent=objects["index"], title="Whole")
    whole.save_revision()
    address = "/admin/bulk/wagtailcore/page/publish/?id={}&id={}&next=/admin/"
    for broken in (half, block):
        answer = admin_client.post(address.format(broken.pk, whole.pk), follow=True)
        assert answer.status_code == 200
        assert f"“{broken.title}” is not ready" in answer.content.decode()
        assert not NewsItemPage.objects.filter(pk__in=[broken.pk, whole.pk], live=True).exists()
    parent = f"/admin/bulk/wagtailcore/page/publish/?id={objects['index'].pk}&next=/admin/"
    answer = admin_client.post(parent, {"include_descendants": "on"}, follow=True)
    assert "is not ready" in answer.content.decode()
    admin_client.post(address.format(whole.pk, whole.pk))
    assert NewsItemPage.objects.get(pk=whole.pk).live


def test_the_form_offers_the_default_kind(objects, admin_client):
    speech = Kind.objects.get(slug="speech", locale=objects["index"].locale)
    add = "/admin/pages/add/cpsnews_pages/{}/{}/"
    html = admin_client.get(add.format("speechpage", objects["index"].pk)).content.decode()
    assert f'<option value="{speech.pk}" selected>' in html
    html = admin_client.get(add.format("newsitempage", objects["index"].pk)).content.decode()
    assert f'<option value="{speech.pk}" selected>' not in html
    data = {**halffilled.page_data(form_class(SpeechPage), objects), "kind": "", "action-publish": "1"}
    assert admin_client.post(add.format("speechpage", objects["index"].pk), query(data)).status_code == 302
    page = SpeechPage.objects.get(slug="a-page")
    assert page.kind == page.get_latest_revision_as_object().kind == speech
