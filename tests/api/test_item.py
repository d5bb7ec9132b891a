"""One story: what it says, 404 for what never was public, 410 for what was."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from tests.factories import draft_story, make_contact
from wagtail_cpsnews.catalogue.models import Entry
from wagtail_cpsnews.catalogue.serializers import DETAIL_FIELDS


def test_a_story_kept_from_search_engines_says_so_where_it_is_read(api, story):
    story("Kept", noindex=True)
    listed = api()["results"][0]
    assert "noindex" not in listed
    assert api(f"items/{listed['id']}/")["noindex"] is True


def test_the_detail_adds_the_text(api, story):
    story(
        "A story",
        body=[("text", "<p>Read <a href='/about/'>more</a>.</p>")],
        notes_to_editors="<p>Ask us.</p>",
    )
    listed = api()["results"][0]
    item = api(f"items/{listed['id']}/")
    assert {name: item[name] for name in listed} == listed
    assert set(item) - set(listed) == set(DETAIL_FIELDS) - {"noindex"}
    assert 'href="http://localhost/about/"' in item["body_html"].replace("'", '"')
    assert item["plain_text"].startswith("Read more")
    assert item["body"][0]["type"] == "text"
    assert "Ask us." in item["notes_to_editors"]
    assert item["documents"] == []


def test_only_the_fields_that_are_asked_for_are_worked_out(api, story, newsroom):
    other = story("Another story")
    body = [("text", f'<p>Read <a linktype="page" id="{other.pk}">more</a>.</p>')]
    story("A story", body=body, summary="Short", published_at=timezone.now())
    pk = next(one["id"] for one in api()["results"] if one["title"] == "A story")
    whole = api(f"items/{pk}/")
    with CaptureQueriesContext(connection) as few:
        assert api(f"items/{pk}/", fields="url,title") == {"url": whole["url"], "title": "A story"}
    with CaptureQueriesContext(connection) as many:
        assert list(api(f"items/{pk}/", fields="body_html,title")) == ["body_html", "title"]
    assert len(few) < len(many)
    assert api(f"items/{pk}/", fields="authors") == {}
    assert api(f"items/{pk}/", status=400, fields="author")["errors"][0]["parameter"] == "fields"


def test_labels_of_an_item_are_in_its_language_or_the_one_asked_for(api, story):
    story("A story", areas=["cymru-wales"])
    pk = api()["results"][0]["id"]
    assert api(f"items/{pk}/")["areas"][0]["label"] == "Cymru-Wales"
    assert api(f"items/{pk}/", lang="cy")["areas"][0]["label"] == "Cymru"
    assert api(f"items/{pk}/", status=400, area="wessex")["errors"][0]["parameter"] == "area"


def test_what_never_was_public_is_not_found(api, newsroom):
    draft_story(parent=newsroom, title="Draft")
    for pk in (uuid.uuid4(), "1", "draft", Page.objects.get(title="Draft").translation_key):
        assert api(f"items/{pk}/", status=404)["errors"]


def test_what_was_public_is_gone_and_says_only_when(api, story):
    page = story("Secret headline", areas=["wessex"])
    pk = api()["results"][0]["id"]
    page.unpublish()
    gone = api(f"items/{pk}/", status=410)
    assert set(gone) == {"errors", "id", "gone_at"}
    assert gone["id"] == pk
    assert gone["gone_at"][:10] == str(timezone.localdate())
    assert "ecret" not in str(gone)
    page.refresh_from_db()
    page.save_revision().publish()
    assert api(f"items/{pk}/")["title"] == "Secret headline"
    page.delete()
    assert api(f"items/{pk}/", status=410)["gone_at"]


def test_a_story_is_gone_as_soon_as_it_expires(api, story):
    story("Short")
    assert api()["count"] == 1
    entry = Entry.objects.get()
    when = timezone.now() - timezone.timedelta(seconds=1)
    Page.objects.filter(pk=entry.page_pk).update(expire_at=when)
    Entry.objects.update(expires_at=when)
    assert api()["count"] == 0
    assert api(f"items/{entry.pk}/", status=410)["gone_at"]


def test_a_story_that_is_kept_says_what_it_says_now(api, story, django_assert_num_queries):
    pytest.importorskip("pyroaring")
    contact = make_contact("Night desk", areas=["wessex"])
    page = story("A story", areas=["wessex"], body=[("text", "<p>One.</p>")])
    pk = api()["results"][0]["id"]
    first = api(f"items/{pk}/")
    with django_assert_num_queries(0):
        assert api(f"items/{pk}/") == first
    assert api(f"items/{pk}/", lang="cy")["language_display"] == "Saesneg"
    page.body = [("text", "<p>Two.</p>")]
    page.save_revision().publish()
    assert api(f"items/{pk}/")["plain_text"] == "Two."
    contact.name = "Day desk"
    contact.save()
    assert "Day desk" in str(api(f"items/{pk}/")["contacts"])
    page.unpublish()
    api(f"items/{pk}/", status=410)
