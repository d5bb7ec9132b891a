"""A project with a base page model of its own (Wagtail 8).

It uses the mixins and leaves the package's page types out.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wagtail_cpsnews.compat import swapper

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(swapper is None, reason="the page model can be swapped since Wagtail 8"),
]

FOLDER = Path(__file__).parents[1] / "swapped"

PROJECT = """
import json, django
django.setup()
from django.core.management import call_command
for command in (["check"], ["makemigrations", "--check", "-v0"], ["migrate", "-v0"], ["makemigrations", "--check", "-v0"]):
    call_command(*command)

from django.test import Client
from house.models import HouseIndex, HousePage, HouseProtocol, HouseStory
from wagtail.models import Site
from wagtail.test.basepage.models import BasePage
from wagtail_cpsnews.compat import get_page_model

assert get_page_model() is BasePage
root = BasePage.objects.filter(depth=1).first() or HousePage.add_root(instance=HousePage(title="Root", slug="root"))
home = root.add_child(instance=HousePage(title="House", slug="house"))
Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
index = home.add_child(instance=HouseIndex(title="News", slug="news"))
story = index.add_child(instance=HouseStory(title="Listed all the same", summary="As any.", live=False))

def ask(path):
    response = Client().get(path, headers={"host": "localhost"})
    return response.status_code, response.content.decode()

said = {"draft": ask("/newsroom/api/v1/items/")}
story.save_revision().publish()
said |= {"list": ask("/newsroom/api/v1/items/?q=listed"), "index": ask("/news/"), "page": ask("/news/listed-all-the-same/")}
protocol = home.add_child(instance=HouseProtocol(title="Agreed", slug="agreed"))
protocol.versions = [("version", {"title": "2025", "status": "being_updated"})]
protocol.save_revision().publish()
index.refresh_from_db()
index.protocol_page = BasePage.objects.get(pk=protocol.pk)
index.save_revision().publish()
said |= {"protocol": ask("/agreed/"), "panel": ask("/news/")}
call_command("check_catalogue", verbosity=0)
story.refresh_from_db()
story.unpublish()
said |= {"gone": ask("/news/listed-all-the-same/")}
print("\\n" + json.dumps(said))
"""


def test_a_swapped_page_model(tmp_path):
    env = {
        "PATH": os.environ["PATH"],
        "SWAPPED_DB": str(tmp_path / "db.sqlite3"),
        "DJANGO_SETTINGS_MODULE": "house.settings",
        "PYTHONPATH": f"{FOLDER}{os.pathsep}{FOLDER.parent.parent}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROJECT], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert json.loads(said["draft"][1])["count"] == 0
    assert [item["title"] for item in json.loads(said["list"][1])["results"]] == ["Listed all the same"]
    for name in ("index", "page"):
        assert said[name][0] == 200
        assert "Listed all the same" in said[name][1]
    for name in ("protocol", "panel"):
        assert said[name][0] == 200
        assert "Agreed" in said[name][1]
        assert "Being updated" in said[name][1]
    assert said["gone"][0] in (404, 410)
