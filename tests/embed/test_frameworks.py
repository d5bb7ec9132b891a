"""The code that the builder gives, in frameworks and site builders.

React and Vue take over what their servers rendered, htmx and Turbo exchange parts of a page, Eleventy and Astro write pages.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import listen
from tests.publisher import texts, until
from wagtail_cpsnews.catalogue.query import Query
from wagtail_cpsnews.embed.height import Room
from wagtail_cpsnews.embed.snippet import snippet

FOLDER = Path(__file__).parent / "frameworks"
MODULES = FOLDER / "node_modules"
DIST = Path(__file__).resolve().parents[2] / "wagtail_cpsnews/embed/dist"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (MODULES / ".installed").exists() or not shutil.which("node"),
        reason="the frameworks are not installed: `make frameworks`, which needs npm",
    ),
]

TITLES = [f"Story {number}" for number in range(1, 4)]


@pytest.fixture
def code(publisher, rf):
    """The script and the element, as the builder gives them to paste."""
    request = rf.get("/", headers={"host": publisher.url.split("/")[2]})
    query = Query(area=("wessex",), lang="en")
    given = snippet(
        query,
        request,
        "https://publisher.example/news/",
        "Latest news",
        attributes={"page-size": "3"},
        room=Room(400, 600),
    )
    script, end, element = given.partition("</script>")
    return script + end, element


@pytest.fixture
def page(site, tab):
    """A function that serves a page and opens it; the tab's ``said`` are warnings and errors."""
    tab.said = []
    listen(tab, tab.said, "error", "warning")
    site.policy = "default-src * data: 'unsafe-inline' 'unsafe-eval'"

    def open_page(body, path="/"):
        site.pages[path] = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>{body}</html>'
        )
        tab.goto(site.url.rstrip("/") + path)
        return tab

    return open_page


def run(*command):
    environ = {**os.environ, "ASTRO_TELEMETRY_DISABLED": "1"}
    done = subprocess.run(command, cwd=FOLDER, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def filled(tab):
    tab.wait_for_selector("cps-news:state(ready)")
    return texts(tab)


@pytest.mark.parametrize("framework", ["react18", "react", "vue"])
def test_a_framework_takes_over_its_servers_page(publisher, site, page, code, tmp_path, framework):
    script, element = code
    run("node", "render.mjs", framework, element, str(tmp_path))
    server = (tmp_path / "server.html").read_text()
    assert 'area="wessex"' in server
    site.pages["/client.js"] = (tmp_path / "client.js").read_text()
    tab = page(f'{script}<body><div id="root">{server}</div><script src="/client.js"></script></body>')
    # The list is there before the framework is: its element differs most from what the server sent.
    assert filled(tab) == TITLES
    tab.evaluate("window.kept = document.querySelector('cps-news'); hydrate()")
    tab.wait_for_function("() => window.hydrated")
    assert texts(tab) == TITLES
    publisher.stories[4]["areas"] = [{"slug": "kent", "label": "Kent"}]
    tab.get_by_role("button", name="wessex").click()
    until(tab, "querySelectorAll('li').length == 1")
    assert texts(tab) == ["Story 5"]
    assert tab.evaluate("kept === document.querySelector('cps-news')")
    assert not tab.locator("cps-news > a").is_visible()
    assert tab.said == []


@pytest.mark.parametrize("types", ["react18", "react"])
def test_jsx_knows_the_element(tmp_path, types):
    (tmp_path / "cps-news.min.d.ts").write_bytes((DIST / "cps-news.min.d.ts").read_bytes())
    (tmp_path / "node_modules/@types").mkdir(parents=True)
    (tmp_path / "node_modules/@types/react").symlink_to(MODULES / "@types" / types)
    (tmp_path / "node_modules/csstype").symlink_to(MODULES / "csstype")
    (tmp_path / "node_modules/@types/prop-types").symlink_to(MODULES / "@types/prop-types")
    use = (
        'import {{ useRef }} from "react";\nimport type {{ CpsNews }} from "./cps-news.min";\n'
        "export const News = () => {{\n  const list = useRef<CpsNews>(null);\n"
        '  return <cps-news ref={{list}} src="https://p.example/" page-size={{5}} {wrong}><a href="/">News</a></cps-news>;\n}};\n'
    )
    options = ["--noEmit", "--strict", "--jsx", "react-jsx", "--target", "esnext", "--module", "esnext"]
    command = [MODULES / ".bin/tsc", *options, "--moduleResolution", "bundler", tmp_path / "use.tsx"]
    for wrong, finds in (('theme="dark"', False), ('theme="pink"', True)):
        (tmp_path / "use.tsx").write_text(use.format(wrong=wrong))
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert ("pink" in done.stdout) == finds, done.stdout
        assert bool(done.returncode) == finds, done.stdout


@pytest.mark.parametrize("version", ["htmx.org", "htmx2"])
def test_htmx_brings_the_code_with_a_part_of_the_page(publisher, site, page, code, version):
    site.pages["/htmx.js"] = (MODULES / version / "dist/htmx.min.js").read_text()
    site.pages["/part/"] = f"<section>{''.join(code)}</section>"
    tab = page(
        '<script src="/htmx.js"></script><body><button hx-get="/part/" hx-target="#part">Show</button><div id="part"></div>'
    )
    for _ in range(2):  # and once more over what is there
        tab.get_by_role("button", name="Show").click()
        assert filled(tab) == TITLES
        tab.evaluate("document.querySelector('cps-news').id = 'seen'")
    tab.wait_for_selector("#part cps-news")
    assert tab.said == []


def test_turbo_visits_comes_back_and_morphs(publisher, site, page, code):
    script, element = code
    turbo = (MODULES / "@hotwired/turbo/dist/turbo.es2017-umd.js").read_text()
    head = '<meta name="turbo-refresh-method" content="morph"><meta name="turbo-refresh-scroll" content="preserve">'
    head = f'{head}<script src="/turbo.js"></script>'
    site.pages["/turbo.js"] = turbo
    site.pages["/news/"] = (
        f'<!doctype html><html lang="en"><title>News</title>{head}{script}<body><h1>News</h1>{element}<a href="/">Back</a>'
    )
    tab = page(f'{head}<body><h1>Start</h1><a href="/news/">To the news</a>')
    tab.get_by_role("link", name="To the news").click()
    assert filled(tab) == TITLES
    tab.get_by_role("link", name="Back").click()
    tab.get_by_role("heading", name="Start").wait_for()
    del publisher.stories[0]
    tab.go_back()  # a copy of the page that was left, without the list's shadow
    until(tab, "querySelector('li a')?.textContent == 'Story 2'")
    tab.evaluate(
        "window.kept = document.querySelector('cps-news'); Turbo.visit(location.href, {action: 'replace'})"
    )
    tab.wait_for_function(
        "() => !document.documentElement.hasAttribute('aria-busy') && document.querySelector('h1')"
    )
    tab.wait_for_load_state("networkidle")
    assert filled(tab) == ["Story 2", "Story 3", "Story 4"]
    assert tab.evaluate("kept === document.querySelector('cps-news')")
    assert tab.said == []


@pytest.mark.parametrize("kind", ["md", "njk"])
def test_eleventy_leaves_the_code_as_it_is(publisher, page, code, tmp_path, kind):
    pasted = "".join(code)
    (tmp_path / "in").mkdir()
    (tmp_path / f"in/index.{kind}").write_text(f"# Council\n\nBefore\n\n{pasted}\n\nAfter\n")
    run("node", MODULES / "@11ty/eleventy/cmd.cjs", f"--input={tmp_path}/in", f"--output={tmp_path}/out")
    written = (tmp_path / "out/index.html").read_text()
    assert pasted in written
    tab = page(f"<body>{written}")
    assert filled(tab) == TITLES
    assert not tab.locator("cps-news > a").is_visible()
    assert tab.said == []


def test_astro_loads_the_script_as_one_of_its_own(publisher, site, page, tab, code, tmp_path):
    """In a page of Astro's own format the script becomes part of a bundle, unless it is marked ``is:inline``."""
    script, element = code
    pages = tmp_path / "src/pages"
    pages.mkdir(parents=True)
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    inline = script.replace("<script ", "<script is:inline ")
    head = '<html lang="en"><head><meta charset="utf-8" /><title>Council</title></head>'
    (pages / "pasted.astro").write_text(f"{head}<body>{script}{element}</body></html>")
    (pages / "inline.astro").write_text(f"{head}<body>{inline}{element}</body></html>")
    (pages / "text.md").write_text(f"# Council\n\n{script}{element}\n")
    run("node", MODULES / "astro/astro.js", "build", "--root", tmp_path, "--silent")
    for file in (tmp_path / "dist").rglob("*"):
        if file.is_file():
            site.pages[f"/{file.relative_to(tmp_path / 'dist')}"] = file.read_text()
    for name in ("pasted", "inline", "text"):
        written = site.pages[f"/{name}/index.html"]
        assert (f'src="{publisher.mount}embed/v1.js"' in written) == (name != "pasted")
        site.pages[f"/{name}/"] = written
        tab.goto(f"{site.url}{name}/")
        assert filled(tab) == TITLES
    assert tab.said == []
