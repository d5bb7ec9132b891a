"""The OpenAPI document in the hands of others.

A fuzzer, a linter, and generators of clients in two languages.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import make_contact, publish_story
from wagtail_cpsnews.catalogue.models import Entry

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TOOLS = Path(__file__).parent / "tools"
NODE = TOOLS / "node_modules/.bin"

pytestmark = [pytest.mark.slow, pytest.mark.once]

tools = pytest.mark.skipif(
    not (NODE / "redocly").exists() or not shutil.which("node"),
    reason="the tools for the OpenAPI document are not installed: `make api-tools`, which needs npm",
)

#: 400 and 410 are right answers to values of which no schema can tell: a slug that no term has, a cursor that nobody
#: gave, a last day before the first. So values that are right go among those that are invented.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "404", "410"]
[dictionaries.ids]
values = {ids}
[dictionaries.areas]
values = ["wessex", "cps", "Wiltshire"]
[dictionaries.starts]
values = ["start"]
[dictionaries.words]
values = ["harbour", "story", "wessex"]
[parameters]
"path.id" = {{ dictionary = "ids", probability = 0.5 }}
"query.area" = {{ dictionary = "areas", probability = 0.5 }}
"query.cursor" = {{ dictionary = "starts", probability = 0.5 }}
"query.since" = {{ dictionary = "starts", probability = 0.5 }}
"query.q" = {{ dictionary = "words", probability = 0.5 }}
[dictionaries.addresses]
values = {addresses}
# The standard has 501 for an unknown format, and has consumers add parameters of their own.
[[operations]]
include-path = "/embed/oembed/"
checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "501"]
generation.allow-extra-parameters = false
[operations.parameters]
"query.url" = {{ dictionary = "addresses", probability = 0.5 }}
"""


def test_whatever_is_asked_the_answer_is_as_described(served_newsroom, tmp_path):
    """Two hundred requests for each address, right and wrong ones.

    Lists of terms are one view; two pages are not there.
    """
    for number in range(3):
        publish_story(parent=served_newsroom.index, title=f"Story {number}", areas=["wessex"])
    publish_story(parent=served_newsroom.index, title="Gone story").unpublish()
    make_contact("Press desk", areas=["wessex"])
    ids = json.dumps([str(pk) for pk in Entry.objects.values_list("pk", flat=True)])
    addresses = json.dumps(
        [f"{served_newsroom.url}{path}" for path in ("/newsroom/", "/news/", "/news/story-1/")]
    )
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(ids=ids, addresses=addresses))
    command = [BIN / "st", "run", f"{served_newsroom.url}/newsroom/api/v1/schema/"]
    options = [
        "--max-examples",
        "200",
        "--workers",
        "2",
        "--seed",
        "1",
        "--no-color",
        "--generation-database",
        "none",
    ]
    options += ["--exclude-path-regex", "/(kinds|crime-types|topics|press-office|media-protocol)/$"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "Selected: 8/13" in done.stdout


@pytest.fixture
def document(api, newsroom, tmp_path):
    """The OpenAPI document as a file in a folder of its own."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(api("schema/")))
    return path


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@tools
def test_a_linter_finds_no_error(document):
    run(NODE / "redocly", "lint", "--config", TOOLS / "redocly.yaml", document, cwd=document.parent)


@tools
def test_types_for_typescript_compile(document):
    folder = document.parent
    run(NODE / "openapi-typescript", document, "--output", folder / "api.ts", cwd=folder)
    shutil.copy(TOOLS / "client.ts", folder)
    options = [
        "--strict",
        "--noEmit",
        "--target",
        "esnext",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    ]
    run(NODE / "tsc", *options, "client.ts", cwd=folder)


def test_a_client_for_python_reads_an_answer(document, api, story):
    story("Filed", kind="news", areas=["wessex"])
    story("Gone").unpublish()
    folder = document.parent
    (folder / "config.yml").write_text("package_name_override: news_client\npost_hooks: []\n")
    options = [
        "--path",
        document,
        "--output-path",
        folder / "client",
        "--config",
        "config.yml",
        "--fail-on-warning",
    ]
    run(BIN / "openapi-python-client", "generate", *options, cwd=folder)
    for name, path in (("items", "items/"), ("changes", "changes/")):
        (folder / f"{name}.json").write_text(json.dumps(api(path)))
    code = """
import compileall, json, sys
sys.path.insert(0, "client")
assert compileall.compile_dir("client", quiet=1)
from news_client import Client
from news_client.api.stories import get_items
from news_client.models import Changes, Item, ItemList
assert Client(base_url="https://publisher.example/newsroom")
(item,) = ItemList.from_dict(json.load(open("items.json"))).results
assert isinstance(item, Item), item
assert (item.title, item.areas[0].slug, item.published.year > 2000) == ("Filed", "wessex", True)
print(sorted(type(row).__name__ for row in Changes.from_dict(json.load(open("changes.json"))).results))
"""
    assert run(sys.executable, "-W", "error::SyntaxWarning", "-c", code, cwd=folder) == "['ChangedItem']\n"
