#!/usr/bin/env python3
"""Keeps an exact copy of a newsroom's list of stories in an SQLite file. Python's standard library is enough.

    python keep_a_copy.py https://www.example.org/newsroom/api/v1/changes/ stories.sqlite3

Run it as often as you like, from cron for example. Each page of changes is stored together with the address of the
next one, in one transaction: a run that is cut off goes on where it was. The table ``stories`` has ``id`` and ``item``
(the story as the API gives it, as JSON). While a copy is being made anew, the old one stays as it is.
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

#: How often a server that is busy or away is asked again, and for how long at most it is left alone, in seconds.
TRIES, LONGEST_WAIT = 5, 300


class StartAgain(Exception):
    """The server has forgotten our place in its log."""


def fetch(url, wait=time.sleep):
    """One page of changes. Waits and asks again while the server is busy (429, 503) or cannot be reached."""
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
    """The SQLite file, made where there is none."""
    copy = sqlite3.connect(path)
    copy.executescript(TABLES)
    return copy


def place(copy, start):
    """Where to ask next, and whether there is a whole copy already."""
    return copy.execute("SELECT next, whole FROM place").fetchone() or (start, 0)


def store(copy, page, whole):
    """One page of changes and the next address, all or nothing. Returns whether the copy is whole now.

    The first copy, and one after "start again", grows in a table of its own and takes the old one's place when it
    is complete.
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
    """Forgets the place; the stories stay until the new copy is whole."""
    with copy:
        copy.execute("DELETE FROM fresh")
        copy.execute("DELETE FROM place")


def follow(start, path, wait=time.sleep):
    """Brings the copy up to date. Returns how many pages were read."""
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
