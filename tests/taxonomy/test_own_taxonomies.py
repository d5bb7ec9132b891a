"""A host project's own taxonomy.

Declared in its settings, and in every output (``tests/courthouse``).
"""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

START = """
import json, sys, tempfile, django
from pathlib import Path
django.setup()
from django.core.management import call_command
"""

PROJECT = (
    START
    + """
call_command("migrate", run_syncdb=True, verbosity=0)
from importlib import import_module
from django.apps import apps
from django.db import connection
with connection.schema_editor() as editor:
    for name in ("0002_text_search", "0022_searchable_words"):
        import_module(f"wagtail_cpsnews.migrations.{name}").create(apps, editor)
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from courts.models import Court, CourtStory, Ruling
from wagtail.models import Locale, Page, Site
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.embed.block import NewsListBlock
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage
from wagtail_cpsnews.usage import recording

english, welsh = Locale.objects.get_or_create(language_code="en")[0], Locale.objects.get_or_create(language_code="cy")[0]
root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", slug="root", locale=english))
home = root.add_child(instance=Page(title="Home", slug="courthouse", locale=english))
Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
leeds = Court.objects.create(locale=english, name="Leeds", slug="leeds", aliases="Leeds Crown Court")
hull = Court.objects.create(locale=english, name="Hull", slug="hull", aliases="Hull Combined Court")
(there := leeds.copy_for_translation(welsh)).name = "Llys Leeds"
there.save()
call_command("rebuild_catalogue", verbosity=0)
index = home.add_child(instance=NewsIndexPage(title="News", slug="news", locale=english))

ruling = index.add_child(instance=Ruling(title="A ruling at Leeds", text="Guilty.", heard_at=leeds, live=False))
ruling.save_revision().publish()
by_name = index.add_child(instance=Ruling(title="A ruling at Hull", live=False))
by_name.save_revision().publish()
story = index.add_child(instance=CourtStory(title="A story at both", summary="As any.", live=False))
story.courts = [leeds, hull]
story.save_revision().publish()
live = index.add_child(instance=NewsItemPage(title="With a list", summary="As any.", live=False))
live.body = [("live_list", {"heading": "At Leeds", "court": ["leeds"], "page_size": 5})]
live.save_revision().publish()

lines = Path(tempfile.mkdtemp()) / "stories.jsonl"
base = {"published": "2026-03-14T10:00:00+00:00", "title": "Imported", "body": "<p>Text</p>", "summary": "Short"}
lines.write_text(json.dumps({**base, "id": "1", "courts": ["leeds", "nowhere"]}) + "\\n")
import io
imported = io.StringIO()
call_command("import_news", "jsonl", str(lines), parent=str(index.pk), page_type="courts.CourtStory", stdout=imported)
without = io.StringIO()
lines.write_text(json.dumps({**base, "id": "2", "title": "Without a field", "courts": ["leeds"]}) + "\\n")
call_command("import_news", "jsonl", str(lines), parent=str(index.pk), page_type="cpsnews_pages.NewsItemPage", stdout=without)

preset = index.add_child(instance=NewsIndexPage(title="Leeds only", slug="leeds-only", locale=english, preset={"court": [str(leeds.translation_key)]}))
preset.save_revision().publish()

from tests.oracle import assert_outputs
draft = index.add_child(instance=CourtStory(title="A draft", summary="As any.", live=False))
draft.save_revision()
gone = index.add_child(instance=CourtStory(title="A withdrawn story", summary="As any.", live=False))
gone.save_revision().publish()
gone.unpublish()
assert_outputs()

client = Client(headers={"host": "localhost"})
def get(path, **headers):
    response = client.get(path, headers=headers, follow=True)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return [response.status_code, content.decode()]

recording.forget()
said = {"imported": imported.getvalue(), "without": without.getvalue()}
said["api"] = get("/newsroom/api/v1/items/?court=leeds&page_size=50", origin="https://council.example")
get("/docket.txt?court=leeds", origin="https://council.example")
uses = {use[1:3] for use in recording._gathered.new.uses()}
said["ledger"] = sorted(what for door, what in uses if door == "element" and what.startswith("list:"))
said["docket's ledger"] = sorted(what.partition(":")[0] for door, what in uses if door == "docket")
from tests.outputs import LINKS_ONLY, LISTS, list_questions, story_questions
said["filtered"] = [output.name for output in LISTS if not output.is_whole and output.name not in LINKS_ONLY]
said["questions"] = [list_questions(court="leeds"), story_questions("00000000-0000-0000-0000-000000000000", "http://localhost/news/")]
for name, path in {
    "welsh": "/newsroom/api/v1/items/?court=leeds&court=hull&lang=cy",
    "fields": "/newsroom/api/v1/items/?court=hull&fields=title,courts",
    "extra": "/newsroom/api/v1/items/?court=leeds&fields=judge,title",
    "undeclared": "/newsroom/api/v1/items/?court=leeds&fields=undeclared",
    "unknown": "/newsroom/api/v1/items/?court=nowhere",
    "facets": "/newsroom/api/v1/facets/",
    "terms": "/newsroom/api/v1/courts/?q=crown",
    "schema": "/newsroom/api/v1/schema/",
    "contacts": "/newsroom/api/v1/press-contacts/?court=leeds",
    "builder": "/newsroom/embed/builder/?court=leeds&court=hull",
    "developers": "/newsroom/embed/builder/?court=leeds&door=developer",
    "index": "/news/?court=leeds",
    "preset": "/news/leeds-only/",
    "story": "/news/a-story-at-both/",
    "live list": "/news/with-a-list/",
    **list_questions(court="leeds"),
}.items():
    said[name] = get(path)
client.force_login(User.objects.create_superuser("admin", "a@example.org", "admin"))
said["admin terms"] = get("/admin/snippets/courts/court/")
said["admin pages"] = get(f"/admin/pages/{index.pk}/?court=hull")
said["admin form"] = get(f"/admin/pages/{live.pk}/edit/")
said["queries"] = [Query(court=("leeds",), area=("kent",), page=2).urlencode(), hash(Query(court=("a",))) == hash(Query(court=("a",)))]
block = NewsListBlock(publishers=["https://publisher.example/newsroom/"], filters={"court": "Courts"})
value = {"source": "https://publisher.example/newsroom/", "area": "kent", "court": "leeds hull"}
said["block"] = [str(block.render(block.to_python({**value, "door": door}))) for door in ("element", "iframe")]
try:
    block.to_python({}) and NewsListBlock(filters={"page": "Pages"})
except ValueError as error:
    said["bad block"] = str(error)
from wagtail_cpsnews.catalogue import PublicFacts
for given in ({"cuort": []}, {"court": "Leeds"}):
    try:
        PublicFacts(title="T", published=None, terms=given)
    except (TypeError, ValueError) as error:
        said.setdefault("bad facts", []).append(str(error))
print("\\n" + json.dumps(said))
"""
)


def run(code, **env):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=TESTS.parent,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{TESTS / 'courthouse'}{os.pathsep}{TESTS.parent}",
            "DJANGO_SETTINGS_MODULE": "courts.settings",
            **env,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def said():
    """What the project's outputs answered."""
    return json.loads(run(PROJECT, COURTS_WITHOUT_MIGRATIONS="1").splitlines()[-1])


AT_LEEDS = {"A ruling at Leeds", "A story at both", "Imported"}


@pytest.fixture
def answer(said):
    def get(name, status=200):
        found, text = said[name]
        assert found == status, text[:2000]
        return json.loads(text) if text.startswith("{") else unescape(text)

    return get


def test_the_api_lists_filters_counts_and_names_it(answer):
    data = answer("api")
    assert {story["title"] for story in data["results"]} == AT_LEEDS
    assert {story["title"]: story["courts"] for story in data["results"]}["A story at both"] == [
        {"slug": "leeds", "label": "Leeds"},
        {"slug": "hull", "label": "Hull"},
    ]
    assert data["summary"] == 'Showing 1 - 3 of 3 results for court "Leeds"'
    assert data["query"]["court"] == ["leeds"]
    assert [(facet["slug"], facet["count"]) for facet in data["facets"]["court"]] == [
        ("leeds", 3),
        ("hull", 2),
    ]
    assert answer("facets")["facets"]["court"][0]["count"] == 3


def test_an_adapter_may_name_terms_by_text(answer):
    data = answer("fields")
    assert {story["title"] for story in data["results"]} == {"A ruling at Hull", "A story at both"}
    assert all(set(story) == {"title", "courts"} for story in data["results"])


def test_labels_are_in_the_language_of_the_answer(answer):
    data = answer("welsh")
    assert 'llys "Llys Leeds"' in data["summary"]
    assert data["facets"]["court"][0]["label"] == "Llys Leeds"
    assert data["facet_labels"]["court"] == "llys"


def test_an_adapter_declares_further_fields(answer):
    found = {story["title"]: story.get("judge") for story in answer("extra")["results"]}
    assert found == {"A ruling at Leeds": "HHJ Example", "A story at both": None, "Imported": None}
    ruling = next(one for one in answer("api")["results"] if one["title"] == "A ruling at Leeds")
    assert (ruling["judge"], ruling["undeclared"]) == ("HHJ Example", 1)
    assert "judge" in answer("undeclared", 400)["errors"][0]["allowed"]
    assert '"Who sat."' in json.dumps(answer("schema"))


def test_an_unknown_term_is_explained(answer):
    (error,) = answer("unknown", 400)["errors"]
    assert error["message"] == "There is no court “nowhere”."
    assert error["allowed"] == ["leeds", "hull"]
    assert error["example"] == "?court=leeds"


def test_its_terms_have_an_address(answer):
    (term,) = answer("terms")["results"]
    assert (term["slug"], term["aliases"]) == ("leeds", ["Leeds Crown Court"])


def test_openapi_describes_it(answer):
    paths = answer("schema")["paths"]
    assert "/api/v1/courts/" in paths
    operation = paths["/api/v1/items/"]["get"]
    (parameter,) = [one for one in operation["parameters"] if one["name"] == "court"]
    assert "court" in parameter["description"]
    text = json.dumps(operation["responses"]["200"])
    assert '"courts"' in text or '"courts"' in json.dumps(answer("schema")["components"])


def test_press_contacts_are_not_filed_under_it(answer):
    assert answer("contacts", 400)["errors"][0]["parameter"] == "court"


def test_every_list_is_filtered_by_it(said, answer):
    assert {"list", "items", "frame", "fragment", "rss", "atom", "json", "docket"} <= set(said["filtered"])
    for name in said["filtered"]:
        text = str(answer(name))
        assert all(title in text for title in AT_LEEDS), name
        assert "A ruling at Hull" not in text, name


@pytest.mark.parametrize("feed", ["atom", "rss"])
def test_feeds_have_its_terms_as_categories(answer, feed):
    text = answer(feed)
    assert "http://localhost/newsroom/api/v1/courts/" in text
    assert 'court "Leeds"' in text
    assert "A ruling at Hull" not in text


@pytest.mark.parametrize("page", ["list", "index"])
def test_pages_have_its_filter_chip_and_summary(answer, page):
    text = answer(page)
    assert 'name="court"' in text
    assert 'id="filter-court-leeds"' in text
    assert "Court: Leeds" in text or ("Court" in text and "Leeds" in text)
    assert 'for court "Leeds"' in text
    assert "A ruling at Leeds" in text
    assert ">A ruling at Hull<" not in text


def test_an_embed_code_asks_for_it(answer):
    text = answer("builder")
    assert 'name="court"' in text
    assert 'filter="court=leeds court=hull"' in text
    assert "court=leeds&court=hull" in text.replace("&amp;", "&")
    links = re.findall(r'href="(/[^"]*embed/builder/[^"]*)"', answer("index"))
    assert any("court=leeds" in link for link in links)


def test_an_index_page_is_fixed_to_it_by_its_preset(answer):
    text = answer("preset")
    assert "A ruling at Leeds" in text
    assert ">A ruling at Hull<" not in text
    assert 'name="court"' not in text


def test_a_live_list_is_filtered_by_it(answer):
    text = answer("live list")
    assert "A ruling at Leeds" in text
    assert "A ruling at Hull" not in text
    assert "Courts" in answer("admin form")


def test_a_story_shows_its_terms(answer):
    assert "court=hull" in answer("story")


def test_the_ledger_tells_its_lists_apart(said):
    assert said["ledger"] == ["list:court=leeds&language=en"]


def test_an_output_of_the_host_s_own_is_walked_like_the_others(said, answer):
    """``assert_outputs()`` asked it about a draft and a withdrawn story, too.

    The walk takes what is declared.
    """
    lists, stories = said["questions"]
    assert lists["docket"] == "/docket.txt?court=leeds"
    assert stories["docket-entry"] == "/docket/00000000-0000-0000-0000-000000000000/"
    assert "/docket.txt?court=leeds" in answer("developers")
    assert 'type="text/plain"' in answer("list").partition("</head>")[0]
    assert set(answer("docket").splitlines()) == AT_LEEDS
    assert said["docket's ledger"] == ["list", "story", "story", "story"]


def test_an_import_files_stories_under_it(said):
    assert "nowhere" in said["imported"]
    assert "has no field 'courts'" in said["without"]


def test_the_admin_lists_and_filters_by_it(answer):
    assert "Leeds" in answer("admin terms")
    text = answer("admin pages")
    assert "A story at both" in text
    assert "A ruling at Leeds" not in text
    assert "Courts" in text
    assert "Hull, Leeds" in text


def test_a_query_knows_it(said):
    assert said["queries"] == ["area=kent&court=leeds&page=2", True]


def test_another_site_s_block_asks_for_it(said):
    element, frame = said["block"]
    assert 'area="kent" filter="court=leeds court=hull"' in element
    assert "area=kent&amp;court=leeds&amp;court=hull" in frame
    assert "'page'" in said["bad block"]


def test_an_adapter_s_mistake_is_explained(said):
    unknown, text = said["bad facts"]
    assert "'cuort'" in unknown
    assert "court" in unknown
    assert "['Leeds']" in text


@pytest.mark.slow
def test_no_migration_is_missing():
    run(
        START
        + 'call_command("migrate", verbosity=0)\ncall_command("makemigrations", check=True)\ncall_command("check")'
    )


CHECK = (
    """
import json, os
from courts import settings
for name in ("TAXONOMIES", "OUTPUTS"):
    settings.WAGTAIL_CPSNEWS[name] = json.loads(os.environ.get(name) or "{}")
"""
    + START
    + """
from django.core.checks import run_checks
print("\\n" + json.dumps([[one.id, one.msg, one.hint] for one in run_checks() if one.id.startswith("cpsnews.E")]))
"""
)


def test_models_and_addresses_that_cannot_be_used_are_reported():
    declared = {
        "court": {"model": "courts.Tribunal", "path": "courts"},
        "ruling": {"model": "courts.Ruling", "path": "rulings"},
        "bench": {"model": "courts.Court", "path": "benches"},
    }
    outputs = {"docket": {"url_name": "docket"}, "nowhere": {"url_name": "nowhere", "path": {"pk": "{id}"}}}
    given = {"TAXONOMIES": json.dumps(declared), "OUTPUTS": json.dumps(outputs)}
    found = json.loads(run(CHECK, **given).splitlines()[-1])
    assert sorted(code for code, _text, _hint in found) == [
        "cpsnews.E057",
        "cpsnews.E058",
        "cpsnews.E059",
        "cpsnews.E062",
    ]
    assert "'nowhere' with pk" in str(found)
    assert all(hint for _code, _text, hint in found)
