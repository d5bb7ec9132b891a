"""The example on two PostgreSQL servers, behind Varnish or nginx: see docs/scaling.md. The slow tests start it."""

import os

from .settings import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split()


def database(server):
    """Settings of one server, ``HOST:PORT``."""
    host, _colon, port = server.rpartition(":")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("DATABASE_NAME", "newsroom"),
        "USER": os.environ.get("DATABASE_USER", "newsroom"),
        "PASSWORD": os.environ.get("DATABASE_PASSWORD", ""),
        "HOST": host,
        "PORT": port,
        # A connection for each request costs a factor of five under load.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A machine that is gone is noticed soon.
        "OPTIONS": {"connect_timeout": 2},
    }


DATABASES = {"default": database(os.environ.get("PRIMARY", "127.0.0.1:5432"))}
# For the workers that serve readers. Editors' workers, commands and the job worker leave it out: Wagtail writes to where
# it has read a page.
if "REPLICA" in os.environ:
    DATABASES["replica"] = database(os.environ["REPLICA"])
    DATABASE_ROUTERS = ["example_site.routers.ReplicaRouter"]

# Jobs are stored with the change that they are about; `manage.py db_worker --interval 0.1` runs them.
INSTALLED_APPS += ["django.contrib.postgres", "django_tasks_db"]  # noqa: F405
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

WAGTAIL_CPSNEWS = {
    **WAGTAIL_CPSNEWS,  # noqa: F405
    # A cache answers most requests, so that looking four times a second costs little.
    "LOOK_SECONDS": 0.25,
    "CACHE_TAG_HEADERS": ["xkey"],
    "PURGE_TAGS": "wagtail_cpsnews.http.varnish.purge",
    # Where nginx sends files that this site lets it send: "/protected/". See docs/files.md.
    "FILES_ACCEL": os.environ.get("FILES_ACCEL", ""),
    "VARNISH_URLS": os.environ.get("VARNISH_URLS", "http://127.0.0.1:6081/").split(),
}
