"""A site that was made without the package adds it.

A few settings, no change to its models, and everything holds.

Each site runs in processes of its own, as it would: ``manage.py``, then a server that is asked over HTTP.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parents[1]
MOUNT = "/services/press-feed/"
NOT_PUBLIC = ("Draft", "Scheduled", "Expired", "Private", "Under a private section", "an-alias")
COMMANDS = "import sys, json, django; django.setup()\nfrom django.core.management import call_command\nfor args in json.loads(sys.argv[1]): call_command(*args)"


class Stranger:
    """The site in a folder of its own, with or without the package."""

    def __init__(self, folder, newsroom=True):
        self.folder = folder
        shutil.copytree(HERE / "stranger", folder, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3"))
        self.before = {
            name: (folder / name).read_text()
            for name in ("site_config/settings.py", "site_config/urls.py", "press/apps.py")
        }
        self.env = {
            "PATH": os.environ["PATH"],
            "STRANGER_DB": str(folder / "db.sqlite3"),
            "DJANGO_SETTINGS_MODULE": "site_config.settings",
            "PYTHONPATH": str(HERE.parent),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if not newsroom:
            self.remove_the_package()

    def remove_the_package(self):
        """As it stood before: without the lines that it gained."""
        for name, text in self.before.items():
            lines = [line for line in text.splitlines() if "wagtail_cpsnews" not in line]
            text = "\n".join(lines).replace(
                "    def ready(self):\n        from . import adapters  # noqa: F401", ""
            )
            (self.folder / name).write_text(f"{text}\n")

    def install_the_package(self):
        for name, text in self.before.items():
            (self.folder / name).write_text(text)

    def run(self, *commands):
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, json.dumps(commands)],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def shell(self, code):
        return self.run(["shell", "-v0", "-c", code])

    def load_terms(self):
        self.run(
            ["load_newsroom_terms", "press.Ward", "--taxonomy", "area"],
            ["load_newsroom_terms", "press.Service", "--taxonomy", "topic"],
        )

    def serve(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = open(self.folder / "server.log", "w")  # noqa: SIM115
        self.server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}"],
            cwd=self.folder,
            env=self.env,
            stdout=self.log,
            stderr=self.log,
        )
        for _attempt in range(240):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.server.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.25)
        raise AssertionError("the server did not start")

    def stop(self):
        self.server.terminate()
        self.server.wait()
        self.log.close()

    def get(self, path, method="GET"):
        """(status, headers, text); redirects are not followed."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, headers={"Host": "localhost"}
        )
        try:
            response = OPENER.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
        headers = {name.lower(): value for name, value in response.headers.items()}
        assert "set-cookie" not in headers, path
        self.said.append((path, text))
        return response.status, headers, text

    said: list = []

    def api(self, path="items/", status=200):
        found, headers, text = self.get(f"{MOUNT}api/v1/{path}")
        assert found == status, text
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert headers["access-control-allow-origin"] == "*"
        assert headers.get("vary", "Accept-Encoding") == "Accept-Encoding"
        return json.loads(text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(_NoRedirect)


def test_a_site_with_years_of_stories_gains_the_package(tmp_path):
    site = Stranger(tmp_path / "site", newsroom=False)
    site.run(["migrate", "-v0"], ["make_stories"])
    site.install_the_package()
    site.run(["makemigrations", "--check"], ["migrate", "-v0"], ["makemigrations", "--check"])
    site.serve()
    site.said = []
    try:
        not_built(site)
        site.load_terms()
        site.run(["rebuild_catalogue"], ["check_catalogue"])
        time.sleep(1.5)
        exactly_the_public_stories(site)
        errors_stay_what_they_are(site)
        no_word_of_ours(site)
        merged_wards_leave_their_addresses(site)
    finally:
        site.stop()


def test_a_site_that_has_the_package_writes_its_stories(tmp_path):
    site = Stranger(tmp_path / "site")
    site.run(["migrate", "-v0"], ["make_stories"])
    site.load_terms()
    # What was expired by QuerySet.update, which tells nobody, is found by the check.
    site.run(["check_catalogue", "--repair"])
    site.serve()
    site.said = []
    try:
        exactly_the_public_stories(site)
        widget(site)
    finally:
        site.stop()


def not_built(site):
    for path in ("items/", "facets/", "areas/", "items/?area=north"):
        assert "rebuild_catalogue" in site.api(path, status=503)["errors"][0]["message"]
    assert site.get(MOUNT)[0] == 503


def exactly_the_public_stories(site):
    expected = sorted(f"Public story {number}" for number in range(40))
    listed = site.api("items/?page_size=100")
    assert sorted(item["title"] for item in listed["results"]) == expected
    assert listed["summary"] == "Showing 1 - 40 of 40 results"
    assert list(listed["facets"]) == ["area", "topic"]
    assert sum(facet["count"] for facet in listed["facets"]["topic"]) == 40
    found = [site.get(f"{MOUNT}?page={page}")[2] for page in range(1, 5)]
    assert [len(set(re.findall(r"Public story \d+", text))) for text in found] == [10] * 4
    assert not [name for name in NOT_PUBLIC for text in found if name in text]
    for query, count in (
        ("q=happened", 40),
        ("q=story&area=harbour", 10),
        ("q=draft", 0),
        ("q=private", 0),
        ("topic=waste", 14),
    ):
        assert site.api(f"items/?{query}")["count"] == count, query
    for number, item in enumerate(listed["results"]):
        assert item["url"].startswith("http://localhost/en-gb/news/")
        assert item["url"].endswith("/?read=1")
        if number % 8 == 0:
            status, _headers, text = site.get(item["url"].removeprefix("http://localhost"))
            assert status == 200
            assert item["title"] in text
            detail = site.api(f"items/{item['id']}/")
            assert detail["plain_text"] == f"Text of {item['title']} ."
    for slug in ("expired", "draft-0", "scheduled-0"):
        assert site.get(f"/en-gb/news/{slug}/?read=1")[0] in (404, 410)


def errors_stay_what_they_are(site):
    for path, status in (
        ("items/?kind=news", 400),
        ("items/?crime_type=24", 400),
        ("items/?area=nowhere", 400),
        ("items/?page=99", 404),
        ("items/6f1d3b2c-0f4e-4f53-9c1a-2a2f5f0c7d11/", 404),
        ("items/nothing/", 404),
        ("nothing/", 404),
        ("nothing/at/all/", 404),
        ("crime-types/", 404),
        ("kinds/", 404),
    ):
        assert site.api(path, status=status)["errors"][0]["message"], path
    for _again in range(5):  # the host allows three requests a day to its own API
        site.api("areas/")
    assert site.get(f"{MOUNT}api/v1/items/", method="POST")[0] == 405
    status, headers, _text = site.get(f"{MOUNT}api/v1/items/", method="OPTIONS")
    assert (status, headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")
    assert site.get(f"{MOUNT}?crime_type=24")[0] == 200


def no_word_of_ours(site):
    for path in (
        "",
        "?area=north&q=story",
        "?page=77",
        "?kind=1&crime_type=x",
        "?area=5&topic=20",
        "?published_after=x",
    ):
        site.get(f"{MOUNT}{path}")
    for path in (
        "schema/",
        "docs/",
        "facets/?lang=cy",
        "topics/",
        "areas/?q=nor",
        "items/?format=html&page_size=3",
        "items/?q=!",
    ):
        site.get(f"{MOUNT}api/v1/{path}")
    for path, text in site.said:
        ours = re.sub(r"[\w/-]*(cpsnews|cps-news)[\w/.-]*|crime_types?|crime-types?", "", text, flags=re.I)
        assert not re.findall(r".*\b(?:crimes?|CPS|prosecut\w*)\b.*", ours, flags=re.I), path
    schema = next(text for path, text in site.said if path.endswith("schema/"))
    assert "crime" not in schema.lower()
    assert "/kinds/" not in schema


def merged_wards_leave_their_addresses(site):
    site.shell(
        "from wagtail_cpsnews.taxonomy.models import Area; Area.find('harbour').merge_into(Area.find('south'))"
    )
    time.sleep(1.5)
    answer = site.api("items/?area=harbour")
    assert answer["query"]["area"] == ["south"]
    assert answer["count"] == 30
    assert answer["summary"] == 'Showing 1 - 10 of 30 results for ward "South"'
    assert [facet["slug"] for facet in answer["facets"]["area"]] == ["north", "south"]


def widget(site):
    status, headers, text = site.get(f"{MOUNT}embed/v1.js")
    assert status == 200
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "vary" not in headers
    assert "customElements" in text
