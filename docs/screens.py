"""Make the pictures of ``docs/screens.md``: ``make screens``.

Fill an example site in a temporary folder, withdraw one of its stories, serve it, and photograph twelve states of its
public pages. With an address as argument, photograph the example that is served there.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from screenshots import FLAGS, ROOT, executable, read_picture, wait_for

SCREENS = Path(__file__).resolve().parent / "screens"

WIDE, NARROW = 1280, 320

#: Twice the pixels on a narrow page, so that its text is legible beside a wide one.
SCALE = {WIDE: 1, NARROW: 2}

#: Of the example's stories, the one that is withdrawn for its picture.
WITHDRAWN = "learning-beside-our-partners-not-ahead-of-them"

WITHDRAW = f"""
from wagtail_cpsnews.pages.models import SpeechPage
SpeechPage.objects.get(slug="{WITHDRAWN}").unpublish()
"""


@dataclass(frozen=True)
class Screen:
    """A state to photograph: file name, path, size, and what the reader has set."""

    name: str
    path: str
    height: int
    width: int = WIDE
    media: dict[str, Any] = field(default_factory=dict)


SCREENS_TAKEN = (
    Screen("front", "/news/", 1500),
    Screen("front-narrow", "/news/", 1100, NARROW),
    Screen("list", "/news/?area=wessex&kind=press-release", 1350),
    Screen("list-dark", "/news/?q=fraud", 1350, media={"color_scheme": "dark"}),
    Screen("list-empty", "/news/?q=harbour&area=wessex&crime_type=hate-crime", 950),
    Screen("list-error", "/news/?published_after_day=soon", 1100, NARROW, {"forced_colors": "active"}),
    Screen("story", "/news/lorry-driver-jailed-after-two-die-in-queue-on-the-a34-near-winchester/", 1700),
    Screen(
        "story-paper",
        "/news/haulier-who-hid-heroin-inside-church-bells-is-jailed-for-19-years/",
        1500,
        media={"media": "print"},
    ),
    Screen("speech", "/news/what-a-statistic-is-trying-to-tell-us/", 1500),
    Screen("press-office", "/news/press-office/", 1350),
    Screen("press-office-welsh", "/cy/newyddion/swyddfar-wasg/", 1300, NARROW),
    Screen("gone", f"/news/{WITHDRAWN}/", 900),
)


@contextlib.contextmanager
def served_example(port: int) -> Iterator[str]:
    """Fill an example, withdraw a story, serve it; yield its origin."""
    manage = [sys.executable, str(ROOT / "example_site" / "manage.py")]
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "NEWSROOM_VAR": folder, "PORT": str(port), "DEBUG": "1"}
        subprocess.run([*manage, "demo", "--no-serve"], env=environ, check=True)
        subprocess.run([*manage, "shell", "--verbosity=0", "-c", WITHDRAW], env=environ, check=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([*manage, "demo"], env=environ, **quiet)
        try:
            origin = f"http://localhost:{port}"
            wait_for(f"{origin}/news/", process)
            yield origin
        finally:
            process.terminate()
            process.wait(20)


def photograph(browser: Browser, origin: str, screen: Screen) -> None:
    """Write the picture of one state."""
    context = browser.new_context(
        locale="en-GB",
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=SCALE[screen.width],
    )
    page = context.new_page()
    page.emulate_media(**screen.media)
    page.goto(f"{origin}{screen.path}", wait_until="networkidle")
    path = SCREENS / f"{screen.name}.webp"
    picture = read_picture(page.screenshot(animations="disabled"))
    picture.save(path, quality=72, method=6)
    context.close()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


def take(origin: str) -> None:
    """Write all pictures of the example that is served at ``origin``."""
    SCREENS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        for screen in SCREENS_TAKEN:
            photograph(browser, origin, screen)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1].rstrip("/"))
    else:
        with served_example(int(os.environ.get("PORT", "8000"))) as origin:
            take(origin)
