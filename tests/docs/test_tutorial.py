"""The tutorial's commands, word for word.

In an empty folder and a new virtual environment.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
TEN_MINUTES = 600


def read_commands():
    """Return the tutorial's shell blocks in their order."""
    return re.findall(r"^```bash\n(.*?)^```$", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def find_free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


def adapt(block, ports):
    """Install the checkout instead of the released package.

    And use ports that are free here.
    """
    for port, free in ports.items():
        block = re.sub(rf"\b{port}\b", free, block)
    uv = Path(sys.executable).parent / "uv"
    return block.replace("pip install wagtail-cpsnews", f"{uv} pip install --quiet {ROOT}")


def run(script, folder, environ, timeout=60):
    command = ["bash", "-e", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environ, timeout=timeout, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def running(block, folder, environ, port):
    """Run a block that ends with a server, for as long as the test needs it."""
    command = ["bash", "-e", "-c", block]
    with open(folder / f"server-{port}.log", "w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, start_new_session=True, stdout=log, stderr=log
        )
    try:
        for _ in range(120):
            assert process.poll() is None, Path(log.name).read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), 1):
                break
            time.sleep(0.5)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.browser
def test_every_step_of_the_tutorial_works(tmp_path, tab):
    started = time.monotonic()
    ports = {"8000": find_free_port(), "8001": find_free_port()}
    blocks = [adapt(block, ports) for block in read_commands()]
    (serve,) = (number for number, block in enumerate(blocks) if "runserver" in block)
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON"))
    }
    environ["PATH"] = os.pathsep.join([str(Path(sys.base_prefix) / "bin"), environ["PATH"]])
    environ.pop("VIRTUAL_ENV", None)

    folder = tmp_path / "empty"
    folder.mkdir()
    run("\n".join(blocks[:serve]), folder, environ, TEN_MINUTES)

    first_terminal = ". .venv/bin/activate\ncd mysite\n"
    curl, embed = blocks[serve + 1 :]
    origin = f"http://localhost:{ports['8000']}"
    with running(first_terminal + blocks[serve], folder, environ, ports["8000"]):
        (story,) = json.loads(run(curl, folder, environ))["results"]
        assert story["title"] == "Enquiry office opens on Saturdays"
        assert urllib.request.urlopen(story["url"]).status == 200
        assert b"Man jailed for fraud" in urllib.request.urlopen(f"{origin}/news/").read()
        assert urllib.request.urlopen(f"{origin}/newsroom/embed/builder/").status == 200
        with running(embed, folder, environ, ports["8001"]):
            tab.goto(f"http://localhost:{ports['8001']}/")
            tab.wait_for_selector("cps-news:state(ready)", state="attached")
            assert tab.locator("cps-news").get_by_role("link", name=story["title"]).is_visible()
    assert time.monotonic() - started < TEN_MINUTES
