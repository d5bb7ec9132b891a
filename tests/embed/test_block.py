"""The block for another Wagtail site, in a project that lists none of our apps."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROJECT = """
import json, sys, django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.writer import MigrationWriter
from django.utils import translation
from wagtail.blocks import BlockField, StructBlockValidationError
from council.models import CouncilPage

assert not [app.name for app in apps.get_app_configs() if "cpsnews" in app.name]
call_command("check")
field = CouncilPage._meta.get_field("body")
stream = field.stream_block
news, free = stream.child_blocks["news"], stream.child_blocks["any"]

def show(block, **given):
    return str(block.render(block.to_python(given)))

def clean(block, **given):
    value = block.to_python(given)
    try:
        return {"ok": dict(block.clean(value))}
    except StructBlockValidationError as error:
        return {"errors": {name: error.block_errors[name].messages[0] for name in error.block_errors}}

ours, evil = "https://publisher.example/newsroom/", '" onload="x()'
said = {
    "element": show(news, source=ours, area="wessex,  south-east", crime_type="hate-crime", number=3,
                    heading='Say "hi" <b>', heading_level="3", summaries=True, theme="dark", link_text="All <i>"),
    "plain": show(news, source=ours),
    "frame": show(news, source=ours, door="iframe", area="wessex", heading="A & B"),
    "stranger": show(news, source="https://evil.example/newsroom/"),
    "free": show(free, source="https://evil.example/newsroom/", door="element"),
    "bad": [show(free, source=source) for source in
            ("javascript:alert(1)", "", None, "https://a.example/?q=1", "https://u:p@a.example/", "https://a.example/" + evil, "//a.example/")],
    "bad slug": show(news, source=ours, area=evil),
    "clean": clean(news, source=ours, area=" wessex, wessex  kent"),
    "unknown": clean(news, source="https://evil.example/newsroom/"),
    "unclean": clean(free, source="https://a.example/news/?x=1", area="<b>", number=500),
    "normal": clean(free, source="https://a.example/newsroom"),
    "form": str(BlockField(stream).widget.render_with_errors("body", field.to_python("[]"))),
    "migration": MigrationWriter.serialize(field)[0],
}
with translation.override("cy"):
    said["welsh"] = show(news, source=ours, door="iframe")
from wagtail.embeds.finders import get_finders
finder = get_finders()[0]
said["finder"] = [finder.accept("https://publisher.example/news/?area=wessex"), finder.accept("https://youtu.be/x")]
print("\\n" + json.dumps(said))
"""


@pytest.fixture(scope="module")
def said():
    """What the council's site says."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests/council'}",
        "DJANGO_SETTINGS_MODULE": "council.settings",
        "PYTHONWARNINGS": "ignore",
    }
    result = subprocess.run(
        [sys.executable, "-c", PROJECT],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_the_element_with_everything(said):
    assert said["element"] == (
        '<script type="module" async="" src="https://publisher.example/newsroom/embed/v1.js"></script>'
        '<cps-news src="https://publisher.example/newsroom/" crime-type="hate-crime" area="wessex south-east" '
        'page-size="3" heading="Say &quot;hi&quot; &lt;b&gt;" heading-level="3" summary="yes" theme="dark">'
        '<a href="https://publisher.example/newsroom/?crime_type=hate-crime&amp;area=wessex&amp;area=south-east">'
        "All &lt;i&gt;</a></cps-news>"
    )
    assert 'page-size="5"><a href="https://publisher.example/newsroom/">Latest news</a>' in said["plain"]


def test_the_frame(said):
    assert said["frame"].startswith(
        '<iframe src="https://publisher.example/newsroom/embed/list/?area=wessex&amp;page_size=5&amp;theme=light'
        '&amp;lang=en&amp;heading=A+%26+B&amp;heading_level=2" title="A &amp; B" '
    )
    assert '<p><a href="https://publisher.example/newsroom/?area=wessex">A &amp; B</a></p>' in said["frame"]
    assert "<script" not in said["frame"]
    assert "lang=cy" in said["welsh"]


def test_a_script_runs_only_from_publishers_that_developers_named(said):
    assert said["stranger"] == ""
    assert "<script" not in said["free"]
    assert '<iframe src="https://evil.example/newsroom/embed/list/?' in said["free"]
    assert said["unknown"]["errors"].keys() == {"source"}


def test_nothing_that_is_no_address_or_slug_comes_out(said):
    assert set(said["bad"]) == {""}
    assert "onload" not in said["bad slug"]


def test_what_an_editor_writes_is_checked_and_tidied(said):
    assert said["clean"]["ok"]["area"] == "wessex kent"
    assert said["unclean"]["errors"].keys() == {"number"}
    assert said["normal"]["ok"]["source"] == "https://a.example/newsroom/"


def test_the_form_the_migration_and_the_finder(said):
    assert "Publisher" in said["form"]
    assert "cpsnews" not in said["migration"]
    assert said["finder"] == [True, False]


@pytest.mark.parametrize("publishers", ["https://a.example/", ["a.example"], ["https://a.example/?x"]])
def test_a_mistake_in_the_code_is_said_at_once(publishers):
    from wagtail_cpsnews.embed.block import NewsListBlock

    with pytest.raises(ValueError, match="example"):
        NewsListBlock(publishers=publishers)


def test_addresses_and_slugs_are_refused_with_a_reason():
    from wagtail.blocks import StructBlockValidationError

    from wagtail_cpsnews.embed.block import NewsListBlock

    block = NewsListBlock()
    given = {"source": "https://a.example/news/?x=1", "area": "<b>"}
    value = block.normalize({**dict(block.get_default()), **given})
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(value)
    assert caught.value.block_errors.keys() == {"source", "area"}
