"""A proof of absence on a real site: the site in a process of its own, asked over HTTP."""

import contextlib
import sys

from django.contrib.auth.models import Permission, User
from wagtail.models import Site

from tests.machines import ROOT, ask, free_port, running
from wagtail_cpsnews.catalogue import snapshots


@contextlib.contextmanager
def served(world, folder):
    """The site of ``world`` on a port of its own, which its addresses name; yields the root address."""
    port = free_port()
    site = Site.objects.get()
    site.port = port
    site.save()
    assert snapshots.current().reference.roots[0].port == port
    command = [sys.executable, "-m", "gunicorn", "tests.workers:application", "-w", "1"]
    command += ["-b", f"127.0.0.1:{port}", "--no-control-socket", "--timeout", "120"]
    with running(command, port, folder / "site.log", env=world.environment(), cwd=ROOT):
        assert ask(port, "/newsroom/api/v1/changes/", timeout=120).status == 200
        yield f"http://localhost:{port}"


def officer(*codenames):
    """Somebody who may enter the admin, and has these permissions of the newsroom."""
    user = User.objects.create_user(f"officer-{User.objects.count()}", "officer@example.org", "secret")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in codenames:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user
