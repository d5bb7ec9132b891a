"""The example site.

What its stories are, that it refuses to run in earnest, and that it shows what it should.
"""

import collections
import datetime
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from demo import people
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.seeds import load_set

ROOT = Path(__file__).resolve().parents[2]
STORIES = [
    json.loads(line)
    for file in sorted((ROOT / "example_site/demo/stories").glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
SLUGS = {name: {seed.slug for seed in seeds} for name, seeds in load_set("cps").items()}


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


def run_demo(tmp_path, port):
    environ = {**os.environ, "NEWSROOM_VAR": str(tmp_path), "DEBUG": "1", "PORT": str(port)}
    environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
    command = [sys.executable, str(ROOT / "example_site/manage.py"), "demo"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


@pytest.fixture
def taken():
    """A port on which something else listens; the one before it is free."""
    while True:
        with socket.socket() as server, socket.socket() as before:
            server.bind(("127.0.0.1", 0))
            port = server.getsockname()[1]
            try:
                before.bind(("127.0.0.1", port - 1))
            except OSError:
                continue
            before.close()
            server.listen()
            yield port
            return


@pytest.mark.parametrize(("offset", "use"), [(0, "newsroom"), (-1, "second site")])
def test_a_port_that_is_taken_is_refused_before_anything_is_set_up(taken, offset, use, settings):
    settings.DEBUG, settings.PORT = True, taken + offset
    with pytest.raises(CommandError, match=rf"Port {taken}, which the {use} needs, .*PORT=\d+ make demo"):
        call_command("demo")  # would fail here at the first query: the test has no database


def test_the_command_ends_without_a_traceback(taken, tmp_path):
    done = run_demo(tmp_path, taken - 1)
    assert done.returncode != 0
    assert f"Port {taken}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["no", "0", "65535", "-1"])
def test_a_port_that_cannot_be_is_explained(port, tmp_path):
    done = run_demo(tmp_path, port)
    assert done.returncode != 0
    assert done.stderr.startswith(f"PORT={port} is not a port")
    assert "Traceback" not in done.stderr


def test_the_start_page_names_every_login(client):
    page = client.get("/start/", headers={"host": "localhost"})
    assert page.status_code == 200
    text = page.content.decode()
    for login in (*(role.login for role in people.ROLES), people.ADMINISTRATOR):
        assert f"User name <code>{login}</code>, password <code>{login}</code>" in text


@pytest.fixture
def people_of(newsroom):
    """A function that returns a client logged in as on the start page.

    ``people_of("press")``
    """
    people.add_people([newsroom.get_parent()])
    people.add_people([newsroom.get_parent()])  # as at a second start

    def log_in(login):
        client = Client(headers={"host": "localhost"})
        assert client.login(username=login, password=login)
        return client

    return log_in


def status(client, name, *args):
    return client.get(reverse(name, args=args)).status_code


def test_each_role_may_do_what_it_needs_and_no_more(people_of, newsroom, story):
    page = story("Somebody else’s")
    create = ("cpsnews_pages", "newsitempage", newsroom.pk)
    allowed = {
        # (writes a story, changes another's, unpublishes it, keeps contacts, makes terms, users)
        "press": (200, 302, 302, 200, 302, 302),
        "editor": (200, 200, 200, 200, 302, 302),
        "admin": (200, 200, 200, 200, 200, 200),
    }
    for login, expected in allowed.items():
        client = people_of(login)
        assert expected == (
            status(client, "wagtailadmin_pages:add", *create),
            status(client, "wagtailadmin_pages:edit", page.pk),
            status(client, "wagtailadmin_pages:unpublish", page.pk),
            client.get("/admin/newsroom/presscontact/create/").status_code,
            client.get("/admin/newsroom/area/create/").status_code,
            status(client, "wagtailusers_users:index"),
        ), login


def test_a_press_officer_submits_and_an_editor_publishes(people_of, newsroom):
    page = NewsItemPage(
        title="Ours",
        slug="ours",
        summary="What happened.",
        owner=User.objects.get(username="press"),
        live=False,
    )
    newsroom.add_child(instance=page)
    page.save_revision()
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = people_of("press").get(edit).content.decode()
    assert "action-submit" in form
    assert "action-publish" not in form

    page.get_workflow().start(page, User.objects.get(username="press"))
    task = page.current_workflow_task_state
    assert task.status == "in_progress"
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert people_of("press").post(approve, {"comment": ""}).status_code in (302, 403)
    assert not NewsItemPage.objects.get(pk=page.pk).live
    people_of("editor").post(approve, {"comment": ""})
    assert NewsItemPage.objects.get(pk=page.pk).live


CHECK = """
import django, re, sys
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
panel = client.get("/news/").content.decode().split('id="cpsnews-media"')[1]
assert "Media protocol" in panel and "Press office" in panel
client.login(username="editor", password="editor")
for path in ("presscontact/create", "area", "usage", "mediaprotocolpage"):
    assert client.get(f"/admin/newsroom/{path}/").status_code == 200, path
assert client.get("/admin/newsroom/area/create/").status_code == 302
start = client.get("/start/").content.decode()
links = set(re.findall(r'href="(/[^"]*)"', start))
assert len(links) > 8, links
for link in links:
    assert client.get(link, follow=True).status_code == 200, link
"""


@pytest.mark.slow
@pytest.mark.once
def test_it_shows_what_it_should(tmp_path):
    environ = {**os.environ, "NEWSROOM_VAR": str(tmp_path), "DEBUG": "1", "PORT": "8000"}
    environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
    environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "example_site")])
    manage = str(ROOT / "example_site/manage.py")
    subprocess.run([sys.executable, manage, "demo", "--no-serve"], env=environ, check=True, timeout=400)
    subprocess.run([sys.executable, "-c", CHECK], env=environ, check=True, timeout=100)
