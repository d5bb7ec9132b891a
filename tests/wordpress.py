"""A real WordPress on loopback, in a folder that is thrown away.

Debian's, with a MariaDB and PHP's own server.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path("/usr/share/wordpress")
PROGRAMS = ("php", "mariadbd", "mariadb-install-db")

CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}'); define('WP_ENVIRONMENT_TYPE', 'local');
define('AUTOMATIC_UPDATER_DISABLED', true); define('DISABLE_WP_CRON', true);
define('WP_DEBUG', true); define('WP_DEBUG_DISPLAY', false);
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT',
  'NONCE_SALT'] as $name) define($name, 'only for tests ' . $name);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

#: WordPress asks no server of its own machine for an embed unless it is told that it may. It may ask ours; nobody else.
PLUGIN = """<?php
add_filter('http_request_host_is_external', fn($external, $host) => $external || $host === 'localhost', 10, 2);
add_filter('http_allowed_safe_ports', fn($ports) => array_merge($ports, [{port}]));
add_filter('pre_http_request', fn($answer, $args, $url) =>
  in_array(parse_url($url, PHP_URL_HOST), ['localhost', '127.0.0.1'], true) ? $answer
    : new WP_Error('http', 'no way out'), 10, 3);
"""

PEOPLE = """
$password = [];
foreach (['administrator', 'author'] as $role) {
  $id = wp_insert_user(['user_login' => $role, 'user_pass' => $role . '-password', 'role' => $role,
    'user_email' => $role . '@example.org']);
  $password[$role] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'tests'])[0];
}
echo json_encode($password);
"""


@dataclass
class WordPress:
    """A running WordPress.

    ``url``: its address, on another origin than the newsroom's.
    """

    url: str
    folder: Path
    passwords: dict[str, str]

    def publish(self, role: str, content: str, title: str = "A post") -> str:
        """Publish a post as a user with this role would; return its address.

        In the editor.
        """
        post = self._ask("POST", role, {"title": title, "content": content, "status": "publish"})
        return str(post["link"])

    def _ask(self, method: str, role: str, data: dict[str, str]) -> dict:
        credentials = base64.b64encode(f"{role}:{self.passwords[role]}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/?rest_route=/wp/v2/posts",
            data=json.dumps(data).encode(),
            headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read())

    def read(self, url: str) -> str:
        """A page's HTML, as a visitor gets it."""
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.read().decode()

    def stored_embeds(self) -> list[str]:
        """The HTML that it keeps for pasted addresses, of all posts."""
        code = """global $wpdb; echo json_encode($wpdb->get_col(
          "SELECT meta_value FROM $wpdb->postmeta WHERE meta_key LIKE '_oembed%' AND meta_key NOT LIKE '_oembed_time%'"));"""
        return json.loads(self.php(code))

    def allow_port(self, port: int) -> None:
        """Lets it ask the newsroom that listens on this port."""
        (self.folder / "wp-content" / "mu-plugins" / "tests.php").write_text(
            PLUGIN.replace("{port}", str(port))
        )

    def php(self, code: str) -> str:
        """Runs PHP inside this WordPress and returns what it printed."""
        result = subprocess.run(
            ["php", "-r", f"require 'wp-load.php'; {code}"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return result.stdout


def missing() -> list[str]:
    """What of a WordPress this machine lacks."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None]
    return absent if SOURCE.exists() else [*absent, str(SOURCE)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(check, process, what: str) -> None:
    deadline = time.monotonic() + 60
    while not check():
        assert process.poll() is None, f"{what} ended"
        assert time.monotonic() < deadline, f"{what} did not start"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory):
    """Debian's WordPress with an administrator and an author, served on loopback."""
    if absent := missing():
        pytest.skip(f"WordPress is not on this machine: {', '.join(absent)} (make test-slow installs it)")
    base = tmp_path_factory.mktemp("wordpress")
    folder, data, sock = base / "site", base / "data", base / "db.sock"
    shutil.copytree(SOURCE, folder, symlinks=False)
    (folder / "wp-content" / "mu-plugins").mkdir()
    subprocess.run(
        [
            "mariadb-install-db",
            "--no-defaults",
            "--user=root",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ],
        check=True,
        capture_output=True,
    )
    path = f"{os.environ['PATH']}:/usr/sbin"
    database = subprocess.Popen(
        [
            shutil.which("mariadbd", path=path),
            "--no-defaults",
            "--user=root",
            f"--datadir={data}",
            f"--socket={sock}",
            "--skip-networking",
            "--skip-grant-tables",
            f"--pid-file={base / 'db.pid'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    server = None
    try:
        _wait_for(sock.exists, database, "MariaDB")
        connect = f"new mysqli('localhost', 'root', '', '', 0, '{sock}')"
        subprocess.run(["php", "-r", f"({connect})->query('CREATE DATABASE wordpress');"], check=True)
        (folder / "wp-config.php").write_text(CONFIG.replace("{socket}", str(sock)).replace("{url}", url))
        server = subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{port}", "-t", str(folder)],
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": "4"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_for(lambda: _answers(port), server, "PHP")
        site = WordPress(url, folder, {})
        site.allow_port(0)
        _install(url)
        site.passwords = json.loads(site.php(PEOPLE))
        yield site
    finally:
        for process in (server, database):
            if process is not None:
                process.terminate()
                process.wait(timeout=30)


def _install(url: str) -> None:
    form = {
        "weblog_title": "Harbour Council",
        "user_name": "installer",
        "admin_password": "only for tests",
        "admin_password2": "only for tests",
        "pw_weak": "1",
        "admin_email": "installer@example.org",
        "blog_public": "0",
    }
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(f"{url}/wp-admin/install.php?step=2", data=data, timeout=120) as response:
        assert b"Success" in response.read()
