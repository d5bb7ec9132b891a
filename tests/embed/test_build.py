"""The built widget.

Its size, that it is what the source gives, that npm packs it, and how it is served.
"""

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wagtail_cpsnews import __version__
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.embed.script import script_bytes, script_integrity
from wagtail_cpsnews.embed.snippet import list_address, snippet
from wagtail_cpsnews.embed.words import widget_words
from wagtail_cpsnews.languages import translated_languages

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "wagtail_cpsnews/embed/dist"
FILES = ("LICENSE", "README.md", "cps-news.min.d.ts", "cps-news.min.js", "package.json")
PINNED = f"/newsroom/embed/{__version__}/widget.js"
MOUNT = "https://publisher.example/newsroom/"

EVERYTHING = {
    "attributes": {"page-size": "5", "summary": "yes", "heading": '"<'},
    "pinned": True,
    "preload": True,
}

tools = pytest.mark.skipif(
    not (ROOT / "widget/node_modules/.bin/esbuild").exists() or not shutil.which("node"),
    reason="the widget's tools are not installed: `make widget-tools`, which needs npm",
)


def test_all_features_within_the_budget():
    assert len(gzip.compress(script_bytes(), 9, mtime=0)) <= 5000


@tools
def test_the_committed_build_is_what_the_source_gives(tmp_path):
    subprocess.run(["node", ROOT / "widget/build.mjs", tmp_path], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (DIST / name).read_bytes(), f"{name}: run `make widget`"
    assert sorted(path.name for path in DIST.iterdir()) == sorted(FILES)


def test_the_words_are_those_of_the_catalogues(tmp_path):
    subprocess.run([sys.executable, ROOT / "widget/words.py", tmp_path / "words.js"], check=True)
    committed = ROOT / "wagtail_cpsnews/embed/js/words.js"
    assert (tmp_path / "words.js").read_text() == committed.read_text(), "run `make widget`"
    written = json.loads(committed.read_text().partition("WORDS = ")[2].rstrip(";\n"))
    assert set(written) == set(translated_languages())
    built = script_bytes().decode()
    for language, said in written.items():
        assert said == widget_words()[language]
        for word in said.values():
            assert word in built, "run `make widget`"


@pytest.mark.django_db
def test_buttons_of_frame_and_element_have_one_wording(client, story):
    for number in range(5):
        story(f"Story {number}")
    for language in translated_languages():
        said = widget_words()[language]
        for paging, page, names in [("more", 1, ["more"]), ("pages", 2, ["previous", "next"])]:
            frame = client.get(
                f"/newsroom/embed/list/?page_size=2&paging={paging}&page={page}&lang={language}",
                headers={"host": "localhost"},
            ).content.decode()
            for name in names:
                assert f">{said[name]}</a>" in frame


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node.js on this machine")
def test_importing_it_where_there_is_no_page_does_nothing():
    code = f"import {{ CpsNews }} from '{(DIST / 'cps-news.min.js').as_posix()}'; console.log(CpsNews.name)"
    done = subprocess.run(["node", "--input-type=module", "-e", code], check=True, capture_output=True)
    assert done.stderr == b""


@tools
def test_the_types_are_of_use(tmp_path):
    (tmp_path / "use.ts").write_text(
        f'import "{(DIST / "cps-news.min.js").as_posix()}";\n'
        'const list = document.createElement("cps-news");\n'
        'const state: "loading" | "ready" | "empty" | "error" = await list.refresh();\n'
        'document.addEventListener("cps-news:data", (event) => event.detail.data.results.pop());\n'
        'list.addEventListener("cps-news:error", ({ detail }) => state === list.state && detail.status.toFixed());\n'
    )
    tsc = ROOT / "widget/node_modules/.bin/tsc"
    options = [
        "--noEmit",
        "--strict",
        "--target",
        "esnext",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    ]
    subprocess.run([tsc, *options, tmp_path / "use.ts"], check=True)


@pytest.mark.skipif(not shutil.which("npm"), reason="there is no npm on this machine")
def test_npm_packs_the_very_file(tmp_path):
    out = subprocess.run(
        ["npm", "pack", "--json", "--offline", "--pack-destination", tmp_path, DIST],
        check=True, capture_output=True, cwd=tmp_path,
    ).stdout  # fmt: skip
    shutil.unpack_archive(next(tmp_path.glob("*.tgz")), tmp_path, filter="data")
    assert sorted(path.name for path in (tmp_path / "package").iterdir()) == sorted(FILES)
    assert (tmp_path / "package/cps-news.min.js").read_bytes() == script_bytes()
    assert json.loads((DIST / "package.json").read_text())["version"] == __version__
    assert out


def test_no_address_of_a_registry_in_the_repository():
    assert not (ROOT / "widget/package-lock.json").exists()
    for name in ("widget/package.json", "widget/.npmrc", "wagtail_cpsnews/embed/dist/package.json"):
        assert "://" not in (ROOT / name).read_text()
    tools = json.loads((ROOT / "widget/package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in tools.values())


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/newsroom/embed/v1.js", "public, max-age=3600"), (PINNED, "public, max-age=31536000, immutable")],
)
def test_both_addresses_serve_the_built_bytes_to_everybody(client, path, kept):
    response = client.get(path, headers={"origin": "https://other.example", "accept-language": "cy"})
    assert response.status_code == 200
    assert response.content == script_bytes()
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == kept
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Timing-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Vary" not in response.headers
    again = client.get(path, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("version", ["0.0.0", "v1", "9.9.9", "..", "%2e%2e", "<b>"])
def test_other_versions_are_not_here(client, db, version):
    response = client.get(f"/newsroom/embed/{version}/widget.js")
    assert response.status_code == 404
    if "no-store" not in response.headers.get("Cache-Control", ""):
        assert version == ".."  # another address
    assert b"<b>" not in response.content


def test_the_hash_is_of_the_bytes():
    digest = base64.b64encode(hashlib.sha384(script_bytes()).digest()).decode()
    assert script_integrity() == f"sha384-{digest}"


def test_the_snippet_is_evergreen_unless_pinned(rf):
    request = rf.get("/", headers={"host": "publisher.example"}, secure=True)
    query = Query(area=("wessex", "kent"), lang="en", language="en")
    plain = snippet(query, request, "https://publisher.example/news/", "News & more")
    assert plain == (
        f'<script type="module" async="" src="{MOUNT}embed/v1.js"></script>'
        f'<cps-news src="{MOUNT}" area="wessex kent" language="en">'
        '<a href="https://publisher.example/news/">News &amp; more</a></cps-news>'
    )
    full = snippet(query, request, "https://publisher.example/news/", "News", **EVERYTHING)
    assert full.startswith(
        f'<link rel="preload" as="fetch" crossorigin="" href="{MOUNT}api/v1/items/?area=wessex&amp;area=kent&amp;language=en'
        "&amp;lang=en&amp;page_size=5&amp;facets=none"
        "&amp;fields=id,title,url,published,published_display,language,language_display,"
        'kind,crime_types,areas,latest_updates,summary" />'
        f'<script type="module" async="" src="{MOUNT}embed/{__version__}/widget.js" '
        f'integrity="{script_integrity()}" crossorigin=""></script><cps-news '
    )
    assert 'heading="&quot;&lt;"' in full
    assert 'lang="en"' in full


@pytest.mark.parametrize("options", [{}, {"pinned": True}, {"preload": True}, EVERYTHING])
def test_the_snippet_is_one_row_and_well_formed_in_xhtml(rf, options):
    """WordPress's classic editor makes paragraphs of rows.

    XHTML has no attribute without a value.
    """
    request = rf.get("/", headers={"host": "publisher.example"}, secure=True)
    code = snippet(
        Query(q="a & <b>"), request, "https://publisher.example/news/?q=a&page=2", "A <b>", **options
    )
    assert len(code.splitlines()) == 1
    assert "<p" not in code
    tree = ElementTree.fromstring(f"<p>{code}</p>")
    link = tree.find("cps-news/a")
    assert (link.text, link.get("href")) == ("A <b>", "https://publisher.example/news/?q=a&page=2")


def test_an_address_is_encoded_as_browsers_do():
    assert "q=a+%7E+*%C3%A9%26&order=-published&facets" in list_address(MOUNT, {"q": "a ~ *é&"})


def test_ten_items_with_summaries_within_the_budget(story, client):
    for number in range(10):
        story(
            f"Former accountant {number} jailed for defrauding a charity in case {number * 7919}",
            summary=f"Case {number * 104729}: the accountant took money meant for families over {number + 2} years, "
            "and was found out when an auditor compared two sets of books.",
            kind="news", areas=["wessex"], crime_types=["fraud-and-economic-crime"],
        )  # fmt: skip
    address = list_address("http://localhost/newsroom/", {"summary": "yes", "lang": "en"})
    response = client.get(address.removeprefix("http://localhost"), headers={"host": "localhost"})
    assert len(response.json()["results"]) == 10
    assert len(gzip.compress(response.content, 9)) <= 2000
