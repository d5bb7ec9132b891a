"""The documentation's links, and the documentation as a site."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)\s]+)\)")


def get_links(path):
    return [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not urlsplit(link).scheme]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_in_the_repository_lead_to_files(name):
    for link in get_links(ROOT / name):
        assert (ROOT / link.split("#")[0]).is_file(), link


def test_every_page_is_in_the_navigation():
    navigation = re.findall(r"^[a-z/_-]+$", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    assert pages - {"index"} == set(navigation)


def test_pictures_are_used_and_small():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *DOCS.rglob("*.md")))
    for folder in ("pictures", "screens"):
        pictures = list((DOCS / folder).iterdir())
        assert [picture.name for picture in pictures if f"{folder}/{picture.name}" not in text] == []
        assert sum(picture.stat().st_size for picture in pictures) < 1_500_000


@pytest.mark.slow
@pytest.mark.once
def test_the_site_is_built_without_a_warning_and_asks_no_third_party(tmp_path):
    """A link to a page or heading that does not exist is a warning.

    ``-W`` makes it an error.
    """
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-b",
        "html",
        "-W",
        "--keep-going",
        "-q",
        str(DOCS),
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag["href"] for tag in page.select("link[href]")] + [
            tag["src"] for tag in page.select("[src]")
        ]
        assert [address for address in loaded if urlsplit(address).netloc] == [], path.name
    for sheet in tmp_path.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The package as it is published."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.mark.slow
@pytest.mark.once
def test_on_a_package_index_every_link_of_the_readme_is_absolute(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    links = LINK.findall(wheel.read(name).decode())
    assert len(links) > 20
    assert [link for link in links if not urlsplit(link).scheme] == []


@pytest.mark.slow
@pytest.mark.once
def test_the_wheel_has_every_file_of_the_package(wheel):
    """Data, templates and what is served too, not the code alone."""
    files = subprocess.run(
        ["git", "ls-files", "wagtail_cpsnews"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert "wagtail_cpsnews/taxonomy/data/cps.json" in files
    assert set(files) - set(wheel.namelist()) == set()
