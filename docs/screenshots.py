"""Make the pictures of the README and of the tour: ``make screenshots``.

Fill an example site in a temporary folder, serve it, and photograph its pages and the second site with Chromium. With
an address as argument, photograph the example that is served there: ``docs/screenshots.py http://localhost:8000``.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import FLAGS, executable  # noqa: E402

PICTURES = Path(__file__).resolve().parent / "pictures"

#: Fewer colours make a screenshot a third of its size; text stays sharp.
COLOURS = 96

#: The API's documentation page has nothing to see before its script has read the OpenAPI document.
READY = "document.querySelector('#viewer')?.innerText.includes('/items/') ?? true"

#: File name, address ("{second}" is the other site, "{story}" an editor's form), height in pixels, and whether an
#: administrator is logged in.
SHOTS = [
    ("second-site", "{second}/", 640, False),
    ("start", "{origin}/start/", 760, False),
    ("news-centre", "{origin}/news/", 1000, False),
    ("filtered-list", "{origin}/news/?area=wessex&kind=press-release", 760, False),
    ("press-office", "{origin}/news/press-office/", 900, False),
    ("media-protocol", "{origin}/media-protocol/", 760, False),
    ("builder", "{origin}/newsroom/embed/builder/?area=wessex&page_size=5", 1100, False),
    ("welsh", "{origin}/cy/newyddion/", 700, False),
    ("api", "{origin}/newsroom/api/v1/docs/", 760, False),
    ("admin-stories", "{origin}/admin/newsroom/newsitempage/", 760, True),
    ("admin-editor", "{story}", 900, True),
    ("admin-contacts", "{origin}/admin/newsroom/presscontact/", 620, True),
]


@contextlib.contextmanager
def served_example(port: int = 8000) -> Iterator[str]:
    """Fill and serve an example in a temporary folder; yield its origin."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "NEWSROOM_VAR": folder, "PORT": str(port), "DEBUG": "1"}
        command = [sys.executable, str(ROOT / "example_site" / "manage.py"), "demo"]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            origin = f"http://localhost:{port}"
            wait_for(f"{origin}/news/", process)
            yield origin
        finally:
            process.terminate()
            process.wait(20)


def wait_for(url: str, process: subprocess.Popen, seconds: int = 300) -> None:
    """Return when ``url`` answers."""
    for _ in range(seconds):
        if process.poll() is not None:
            raise SystemExit("The example did not start; is the port in use?")
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url):
            return
        time.sleep(1)
    raise SystemExit(f"No answer from {url} within {seconds} seconds.")


def photograph(page: Page, url: str, height: int, path: Path) -> None:
    page.set_viewport_size({"width": 1200, "height": height})
    page.goto(url, wait_until="networkidle")
    page.wait_for_function(f"() => {READY}", timeout=60_000)
    save(read_picture(page.screenshot(animations="disabled")), path)


def photograph_theming(page: Page, origin: str, path: Path) -> None:
    """Photograph a list as it is installed and, below it, with the example of ``docs/theming.md``."""
    guide = (PICTURES.parent / "theming.md").read_text(encoding="utf-8")
    css = guide.split("```css\n")[1].split("```")[0]
    page.set_viewport_size({"width": 1000, "height": 900})
    page.goto(f"{origin}/news/?area=wessex&crime_type=fraud-and-economic-crime", wait_until="networkidle")
    both = Image.new("RGB", (1000, 812), "#888")
    for offset in (0, 412):
        top = page.locator(".cpsnews-split").bounding_box()["y"] - 20
        clip = {"x": 0, "y": top, "width": 1000, "height": 400}
        both.paste(read_picture(page.screenshot(clip=clip, full_page=True)), (0, offset))
        page.add_style_tag(content=css)
    save(both, path)


def read_picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def save(picture: Image.Image, path: Path) -> None:
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/admin/login/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_url(f"{origin}/admin/")


def take(origin: str) -> None:
    """Write all pictures of the example that is served at ``origin``."""
    PICTURES.mkdir(exist_ok=True)
    second = f"http://localhost:{urlsplit(origin).port + 1}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        reader = browser.new_page(locale="en-GB")
        staff = browser.new_context(locale="en-GB").new_page()
        log_in(staff, origin)
        staff.goto(f"{origin}/admin/newsroom/newsitempage/")
        row = staff.locator("tr", has_text="English").first
        story = row.locator("a[href*='/admin/pages/'][href$='/edit/']").first.get_attribute("href")
        for name, address, height, is_staff in SHOTS:
            url = address.format(origin=origin, second=second, story=f"{origin}{story}")
            photograph(staff if is_staff else reader, url, height, PICTURES / f"{name}.png")
        # The example's policy allows no styles within a page.
        styled = browser.new_context(locale="en-GB", bypass_csp=True).new_page()
        photograph_theming(styled, origin, PICTURES / "theming.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1].rstrip("/"))
    else:
        with served_example(int(os.environ.get("PORT", "8000"))) as origin:
            take(origin)
