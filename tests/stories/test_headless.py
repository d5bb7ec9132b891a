"""Another front end shows the stories.

Wagtail's page API, ``FRONTEND`` off, and previews.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import RequestFactory
from django.urls import clear_url_caches
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from tests.outputs import wagtail_questions
from tests.protocols import OLD
from wagtail_cpsnews.catalogue.sites import _serve_prefix
from wagtail_cpsnews.pages.models import MediaProtocolPage, PressOfficePage
from wagtail_cpsnews.taxonomy.models import Topic

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "https://www.client.example"


@pytest.fixture
def wagtail_api(client, settings):
    """A function that asks Wagtail's own page API."""
    settings.ROOT_URLCONF = "tests.urls_headless"
    clear_url_caches()
    _serve_prefix.cache_clear()

    def ask(path="", status=200, **params):
        response = client.get(f"/api/v2/pages/{path}", params, headers={"host": "localhost"})
        assert response.status_code == status, response.content
        return response.json()

    return ask


@pytest.fixture
def headless(settings):
    settings.WAGTAIL_CPSNEWS = {
        **getattr(settings, "WAGTAIL_CPSNEWS", {}),
        "FRONTEND": False,
        "STORY_BASE_URL": CLIENT,
    }


# -- Wagtail's page API ---------------------------------------------------------------------------------------------


def test_a_story_is_what_our_api_gives(story, api, wagtail_api):
    target = story("Target")
    page = story(
        "Filed",
        areas=["wessex"],
        kind="news",
        notes_to_editors=f'<p>See <a linktype="page" id="{target.pk}">that</a></p>',
    )
    pk = next(item["id"] for item in api()["results"] if item["title"] == "Filed")
    answer = wagtail_api(f"{page.pk}/")
    assert answer["story"] == api(f"items/{pk}/")
    assert 'href="http://localhost/news/target/"' in answer["story"]["notes_to_editors"]
    listed = wagtail_api(type="cpsnews_pages.NewsItemPage", fields="story")
    assert sorted(item["story"]["title"] for item in listed["items"]) == ["Filed", "Target"]
    assert "story" not in wagtail_api(type="cpsnews_pages.NewsItemPage")["items"][0]


def test_a_speech_and_a_welsh_version(story, wagtail_api):
    speech = story("Spoken", speech=True, speaker="A. N. Other")
    assert wagtail_api(f"{speech.pk}/")["story"]["speech"]["speaker"] == "A. N. Other"
    welsh = story("In English").copy_for_translation(
        Locale.objects.get(language_code="cy"), copy_parents=True
    )
    welsh.title, welsh.slug = "Yn Gymraeg", "yn-gymraeg"
    welsh.save_revision().publish()
    given = wagtail_api(f"{welsh.pk}/")["story"]
    assert (given["language"], given["language_display"]) == ("cy", "Cymraeg")
    assert [version["language"] for version in given["translations"]] == ["en"]


def test_the_news_centre(newsroom, wagtail_api, client):
    newsroom.introduction = f'<p>Read <a linktype="page" id="{newsroom.pk}">this</a></p>'
    newsroom.topics = [Topic.find("statistics")]
    newsroom.themes = [("theme", {"topic": Topic.find("statistics"), "text": "Figures.", "image": None})]
    newsroom.save_revision().publish()
    given = wagtail_api(f"{newsroom.pk}/")["news_index"]
    for address in wagtail_questions(newsroom).values():  # v3 gives its fields no request
        assert client.get(address, headers={"host": "localhost"}).json()["news_index"] == given
    assert 'href="http://localhost/news/"' in given["introduction"]
    assert given["query"]["topic"] == ["statistics"]
    assert "topic=statistics" in given["items_url"]
    assert given["themes"] == []  # a list of one topic has no themes, on its page neither
    assert given["ways_on"] == []
    newsroom.topics = []
    newsroom.save_revision().publish()
    (theme,) = wagtail_api(f"{newsroom.pk}/")["news_index"]["themes"]
    assert theme["url"] == "http://localhost/news/?topic=statistics"


def test_press_office_and_protocol_are_what_our_api_gives(newsroom, contacts, wagtail_api, api):
    protocol = MediaProtocolPage(title="Media protocol", slug="media-protocol")
    protocol.versions = [("version", OLD)]
    pages = {
        "press-office": PressOfficePage(title="Press office", slug="press-office"),
        "media-protocol": protocol,
    }
    for sort, page in pages.items():
        newsroom.add_child(instance=page)
        ours = api(f"pages/{sort}/")
        del ours["translations"], ours["language_display"]
        given = wagtail_api(f"{page.pk}/")
        assert json.loads(json.dumps(given[sort.replace("-", "_")])) == ours
        assert "0666" not in json.dumps(given)  # what is internal
        type(page).objects.filter(pk=page.pk).update(expire_at=timezone.now())
        assert wagtail_api(f"{page.pk}/")[sort.replace("-", "_")] is None


def test_what_nobody_may_see_is_not_given(story, wagtail_api, newsroom, django_user_model, client):
    draft = story("Draft")
    draft.unpublish()
    private = story("Private")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    expired = story("Expired")
    expired.expire_at = timezone.now() - timezone.timedelta(seconds=1)
    expired.save()
    changed = story("As it was")
    changed.title = changed.summary = "Not yet"
    changed.save_revision()
    wagtail_api(f"{draft.pk}/", status=404)
    wagtail_api(f"{private.pk}/", status=404)
    assert wagtail_api(f"{expired.pk}/")["story"] is None
    assert wagtail_api(f"{changed.pk}/")["story"]["title"] == "As it was"
    said = str(wagtail_api(fields="*"))
    for word in ("Draft", "Private", "Not yet"):
        assert word not in said


def test_aliases_of_what_is_private_say_nothing(story, wagtail_api, newsroom):
    """Wagtail lists them.

    Its ``public()`` looks at a page's own place in the tree only.
    """
    private = story("Private", summary="Nobody may know.")
    alias = private.create_alias(update_slug="alias", parent=newsroom)
    further = alias.create_alias(update_slug="further", parent=newsroom)
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert [wagtail_api(f"{page.pk}/")["story"] for page in (alias, further)] == [None, None]
    assert "Nobody may know" not in str(wagtail_api(fields="*"))


@pytest.mark.parametrize(
    "name", ["story", "body", "notes_to_editors", "crime_types", "updates", "version_of"]
)
def test_our_facts_are_no_filters_there(story, wagtail_api, name):
    """Wagtail makes a filter of every column that is given, and fails on relations."""
    story("A story")
    answer = wagtail_api(status=400, type="cpsnews_pages.NewsItemPage", **{name: "x"})
    assert "message" in answer


# -- without our pages ----------------------------------------------------------------------------------------------


def test_pages_lead_to_the_other_front_end(story, client, headless):
    page = story("A story")

    def ask(path):
        return client.get(path, headers={"host": "localhost"})

    answer = ask("/news/a-story/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CLIENT}/news/a-story/")
    answer = ask("/news/?area=wessex&page=2")
    assert answer.headers["Location"] == f"{CLIENT}/news/?area=wessex&page=2"
    assert ask("/newsroom/").status_code == 404
    page.unpublish()
    gone = ask("/news/a-story/")
    assert gone.status_code == 410
    assert f'<a class="cpsnews-button" href="{CLIENT}/news/">'.encode() in gone.content
    assert b'href="/newsroom/"' not in gone.content
    assert b"<form" not in gone.content


def test_addresses_are_the_other_front_ends(story, api, headless):
    story("A story")
    assert api()["results"][0]["url"] == f"{CLIENT}/news/a-story/"
    assert api("changes/")["results"][0]["url"] == f"{CLIENT}/news/a-story/"


def test_addresses_by_hostname(story, api, settings):
    story("A story")
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": {"localhost": f"{CLIENT}/"}}
    assert api()["results"][0]["url"] == f"{CLIENT}/news/a-story/"
    settings.WAGTAIL_CPSNEWS = {"STORY_BASE_URL": {"other.example": CLIENT}}
    assert api()["results"][0]["url"] == "http://localhost/news/a-story/"


def test_no_redirect_in_circles(story, client, headless, settings):
    story("A story")
    settings.WAGTAIL_CPSNEWS = {"FRONTEND": False, "STORY_BASE_URL": "http://localhost"}
    assert client.get("/news/a-story/", headers={"host": "localhost"}).status_code == 404


def test_previews_go_on(story, newsroom, headless, admin_user):
    page = story("A story")
    for shown in (page, newsroom):
        request = RequestFactory().get("/", headers={"host": "localhost"})
        request.user = admin_user
        response = shown.specific.make_preview_request(request)
        assert response.status_code == 200
        assert shown.title in response.render().content.decode() if hasattr(response, "render") else True


def test_the_settings_are_checked(settings):
    def ids(**given):
        settings.WAGTAIL_CPSNEWS = given
        return [message.id for message in run_checks() if message.id.startswith("cpsnews.E")]

    assert ids(FRONTEND=False, STORY_BASE_URL=CLIENT) == []
    assert ids(FRONTEND=False, STORY_BASE_URL={"a.example": CLIENT}) == []
    assert ids(FRONTEND=False) == ["cpsnews.E013"]
    assert ids(FRONTEND="no") == ["cpsnews.E012"]
    assert ids(STORY_BASE_URL={"a.example": "www.example.org"}) == ["cpsnews.E007"]


# -- with wagtail-headless-preview ----------------------------------------------------------------------------------

PROJECT = """
import json, django
django.setup()
from django.core.management import call_command
call_command("check")
call_command("makemigrations", "client", "-v0")
call_command("migrate", "-v0")
call_command("makemigrations", "--check", "-v0")

from client.models import ClientIndex, ClientStory, OtherStory
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from wagtail.models import Page, Site
from wagtail_headless_preview.models import PagePreview

home = Page.objects.get(depth=2)
Site.objects.update(hostname="localhost", port=80, root_page=home, is_default_site=True)
index = home.add_child(instance=ClientIndex(title="News", slug="news"))
story = index.add_child(instance=ClientStory(title="A story", slug="a-story", summary="As it is.", live=False))

def ask(path):
    response = Client().get(path, headers={"host": "localhost"})
    return response.status_code, response.get("Location", ""), response.content.decode()

def preview(page):
    request = RequestFactory().get("/", headers={"host": "localhost"})
    request.user = get_user_model()(is_superuser=True)
    response = page.make_preview_request(request)
    return response.status_code, response.content.decode()

story.save_revision().publish()
said = {
    "story": ask("/news/a-story/"),
    "index": ask("/news/?page=2"),
    "items": ask("/newsroom/api/v1/items/"),
    "v2": ask(f"/api/v2/pages/{story.pk}/"),
    "v2 index": ask(f"/api/v2/pages/{index.pk}/"),
}
draft = ClientStory.objects.get(pk=story.pk)
draft.summary = "As it will be."
said["preview"], said["preview of the index"] = preview(draft), preview(index)

from wagtail_cpsnews.api.page_fields import StoryField
token = PagePreview.objects.filter(content_type__model="clientstory").get().token
said["preview data"] = StoryField().to_representation(ClientStory.get_page_from_preview_token(token))["summary"]
ClientStory.objects.get(pk=story.pk).unpublish()
said["gone"] = ask("/news/a-story/")
other = index.add_child(instance=OtherStory(title="Other", slug="other", summary="As it is.", live=False))
other.save_revision().publish()
ask("/newsroom/api/v1/items/")
OtherStory.objects.get(pk=other.pk).unpublish()
said["gone too"] = ask("/news/other/")
print("\\n" + json.dumps(said))
"""


@pytest.mark.slow
def test_with_wagtail_headless_preview(tmp_path):
    pytest.importorskip("wagtail_headless_preview.apps")
    (tmp_path / "client_migrations").mkdir()
    (tmp_path / "client_migrations" / "__init__.py").touch()
    env = {
        "PATH": os.environ["PATH"],
        "CLIENT_DB": str(tmp_path / "db.sqlite3"),
        "NEWSROOM_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "client.settings",
        "PYTHONPATH": os.pathsep.join(
            map(str, (ROOT / "tests" / "headless", ROOT, ROOT / "example_site", tmp_path))
        ),
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROJECT], env=env, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["story"][:2] == [302, f"{CLIENT}/news/a-story/"]
    assert said["index"][:2] == [302, f"{CLIENT}/news/?page=2"]
    assert json.loads(said["items"][2])["results"][0]["url"] == f"{CLIENT}/news/a-story/"
    assert json.loads(said["v2"][2])["story"]["summary"] == "As it is."
    assert json.loads(said["v2 index"][2])["news_index"]["themes"] == []
    for name in ("preview", "preview of the index"):
        status, text = said[name]
        assert status == 200
        assert f"{CLIENT}/preview" in text
        assert "As it will be" not in text
    assert said["preview data"] == "As it will be."
    assert (said["gone"][0], said["gone too"][0]) == (410, 410)
