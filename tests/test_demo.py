"""The example site: what its stories are, that it refuses to run in earnest, and that it shows what it should."""

import collections
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from wagtail_cpsnews.taxonomy.seeds import SETS

ROOT = Path(__file__).resolve().parent.parent
STORIES = [
    json.loads(line)
    for file in sorted((ROOT / "example_site/demo/stories").glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
SLUGS = {name: {seed.slug for seed in seeds} for name, seeds in SETS["cps"].items()}


def used(field):
    return collections.Counter(slug for story in STORIES for slug in story.get(field) or ())


def test_there_are_enough_stories_of_every_sort():
    assert len(STORIES) >= 180
    assert {story["kind"] for story in STORIES} == SLUGS["kind"] | {None}
    assert set(used("crime_types")) == SLUGS["crime_type"]
    assert set(used("areas")) == SLUGS["area"]
    assert set(used("topics")) == SLUGS["topic"]
    assert sum(story.get("language") == "cy" for story in STORIES) >= 10
    days = sorted(datetime.datetime.fromisoformat(story["published"]) for story in STORIES)
    assert days[-1] - days[0] > datetime.timedelta(days=2.9 * 365)


def test_fifty_are_about_international_crime_and_national():
    both = [
        story
        for story in STORIES
        if "international-and-organised-crime" in story["crime_types"] and "cps" in story["areas"]
    ]
    assert len(both) == 50


def test_no_story_has_a_blank_or_an_update_in_its_title():
    for story in STORIES:
        text = json.dumps(story)
        assert "XX" not in text
        assert "lorem" not in text.lower()
        assert "UPDATE" not in story["title"]


def test_it_refuses_to_run_in_earnest():
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo")


CHECK = """
import django, sys
django.setup()
from django.test import Client
client = Client(headers={"host": "localhost:8000"})
old = client.get("/news/?keys=&crime_type=24&area=122&publication_date_after=&publication_date_before=&page=4")
assert old.status_code == 301, old.status_code
page = client.get(old["Location"])
assert page.status_code == 200, page.status_code
wanted = 'Showing 41 - 50 of 50 results for crime type "International and organised crime" & area "CPS"'
assert wanted.replace("&", "&amp;").replace('"', "&quot;") in page.content.decode()
query = "crime_type=international-and-organised-crime&area=cps&page=5"
assert client.get("/newsroom/api/v1/items/?" + query).json()["summary"] == wanted
assert client.get("/news/?" + query).status_code == 200
panel = client.get("/news/").content.decode().split("cpsnews-media")[2]
assert "Media protocol" in panel and "Press office" in panel
client.login(username="editor", password="editor")
for path in ("presscontact/create", "area", "usage", "mediaprotocolpage"):
    assert client.get(f"/admin/newsroom/{path}/").status_code == 200, path
assert client.get("/admin/newsroom/area/create/").status_code == 302
"""


@pytest.mark.slow
def test_it_shows_what_it_should(tmp_path):
    environ = {**os.environ, "NEWSROOM_VAR": str(tmp_path), "DEBUG": "1", "PORT": "8000"}
    environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
    environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "example_site")])
    manage = str(ROOT / "example_site/manage.py")
    subprocess.run([sys.executable, manage, "demo", "--no-serve"], env=environ, check=True, timeout=400)
    subprocess.run([sys.executable, "-c", CHECK], env=environ, check=True, timeout=100)
