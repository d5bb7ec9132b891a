#!/usr/bin/env python3
"""Keep an exact copy of a newsroom's list of stories in an SQLite file, with Python's standard library only.

    python keep_a_copy.py https://www.example.org/newsroom/api/v1/changes/ stories.sqlite3

Run it as often as you like, from cron for example. Each page of changes is stored together with the address of the
next one, in one transaction: an interrupted run continues at the same place. The table ``stories`` has ``id`` and ``item``
(the story as the API gives it, as JSON). While a new copy is being made, the old one stays as it is.
"""

import json
import sqlite3
import sys
import time
import urllib.error
import urllib.request

TABLES = """
CREATE TABLE IF NOT EXISTS stories (id TEXT PRIMARY KEY, item TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fresh (id TEXT PRIMARY KEY, item TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), next TEXT NOT NULL, whole INTEGER NOT NULL);
"""

#: How often to ask a busy or unreachable server again, and how long to wait at most, in seconds.
TRIES, LONGEST_WAIT = 5, 300


class StartAgain(Exception):
    """The server has forgotten our place in its log."""


def fetch(url, wait=time.sleep):
    """Return one page of changes; wait and ask again while the server is busy (429, 503) or unreachable."""
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 410:
                raise StartAgain from error
            if error.code not in (429, 502, 503, 504) or attempt == TRIES:
                raise
            asked = error.headers.get("Retry-After", "")
            seconds = int(asked) if asked.isdigit() else 2**attempt
        except OSError:
            if attempt == TRIES:
                raise
            seconds = 2**attempt
        wait(min(seconds, LONGEST_WAIT))


def open_copy(path):
    """Open the SQLite file, and make it if it does not exist."""
    copy = sqlite3.connect(path)
    copy.executescript(TABLES)
    return copy


def place(copy, start):
    """Return the address to ask next, and whether the copy is complete."""
    return copy.execute("SELECT next, whole FROM place").fetchone() or (start, 0)


def store(copy, page, whole):
    """Store one page of changes and the next address, all or nothing; return whether the copy is complete.

    The first copy, and one after "start again", grows in a table of its own and replaces the old one when it is
    complete.
    """
    table = "stories" if whole else "fresh"
    with copy:
        for change in page["results"]:
            if change.pop("change") == "gone":
                copy.execute(f"DELETE FROM {table} WHERE id = ?", [change["id"]])
            else:
                item = [change["id"], json.dumps(change, ensure_ascii=False)]
                copy.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", item)
        if not whole and not page["more"]:
            copy.execute("DELETE FROM stories")
            copy.execute("INSERT INTO stories SELECT * FROM fresh")
            copy.execute("DELETE FROM fresh")
            whole = 1
        copy.execute("INSERT OR REPLACE INTO place VALUES (1, ?, ?)", [page["next"], whole])
    return whole


def start_again(copy):
    """Forget the place; the stories stay until the new copy is complete."""
    with copy:
        copy.execute("DELETE FROM fresh")
        copy.execute("DELETE FROM place")


def follow(start, path, wait=time.sleep):
    """Bring the copy up to date; return how many pages were read."""
    copy, pages = open_copy(path), 0
    try:
        while True:
            url, whole = place(copy, start)
            try:
                page = fetch(url, wait)
            except StartAgain:
                if url == start:
                    raise
                start_again(copy)
                continue
            store(copy, page, whole)
            pages += 1
            if not page["more"]:
                return pages
    finally:
        copy.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(follow(sys.argv[1], sys.argv[2]), "pages read")
