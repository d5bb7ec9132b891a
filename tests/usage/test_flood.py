"""The usage ledger while somebody invents sites.

Known ones keep their place, new ones have a fair share.
"""

import datetime
import random
import uuid

import pytest
from django.core.management import call_command
from django.db.migrations.executor import MigrationExecutor
from django.test import RequestFactory
from django.utils import timezone

from wagtail_cpsnews.usage import ledger
from wagtail_cpsnews.usage import recording as usage
from wagtail_cpsnews.usage.fair_sample import FairSample
from wagtail_cpsnews.usage.models import EmbedSite, EmbedUse

HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nothing_gathered():
    usage.forget()
    random.seed(8)
    yield
    usage.forget()


@pytest.fixture
def now():
    return timezone.now()


def invent(number, when, client="203.0.113.9", start=0):
    """Uses of sites that do not exist, from one client."""
    for index in range(start, start + number):
        usage.record(f"h{index}.example", ["list:"], when, method="element", client=client)


def see(host, when, *what, client="198.51.100.7"):
    usage.record(host, what or ["list:"], when, method="element", client=client)


def known(host, now):
    """A site that was seen in two hours before; this process has learnt that."""
    for hours in (9, 5):
        see(host, now - hours * HOUR)
        usage.write()
    usage.forget()
    usage._ask_for_known_sites("default")


def hosts():
    return set(EmbedUse.objects.values_list("host", flat=True))


@pytest.mark.parametrize("client", ["198.51.100.7", "2001:db8:1::7"])
def test_a_new_site_is_recorded_after_thousands_of_invented_ones(db, now, client):
    invent(usage.MAX_NEW + 1000, now)
    see("real.example", now, "list:", *(f"story:{number}" for number in range(5)), client=client)
    invent(2000, now, start=10_000)
    usage.write(seconds=30)
    assert EmbedUse.objects.filter(host="real.example").count() == 6


def test_a_new_site_keeps_its_place_among_many_networks_that_flood(db, now):
    see("real.example", now)
    for network in range(10):
        invent(1000, now, client=f"203.0.{network}.1", start=network * 1000)
    usage.write(seconds=60)
    assert "real.example" in hosts()
    assert EmbedUse.objects.count() == usage.MAX_NEW


def test_a_client_that_names_a_real_site_does_not_take_it_along(db, now):
    see("real.example", now, client="203.0.113.9")
    see("real.example", now)
    invent(usage.SHARE_OF_NETWORK * 3, now)
    usage.write(seconds=30)
    assert "real.example" in hosts()


def test_behind_a_proxy_that_hides_clients_chance_decides_not_who_came_first(monkeypatch, db, now):
    monkeypatch.setattr(usage, "SHARE_OF_NETWORK", 100)
    usage.forget()
    invent(200, now, client="10.0.0.1")
    usage.write(seconds=30)
    assert {f"h{number}.example" for number in range(100)} != hosts()
    assert EmbedUse.objects.count() == 100
    assert any(int(host[1:-8]) >= 100 for host in hosts())


def test_known_sites_keep_their_place(db, now, caplog):
    known("known.example", now)
    invent(usage.MAX_NEW + 100, now)
    see("known.example", now, "story:new", client="203.0.113.9")
    usage.write(seconds=30)
    assert EmbedUse.objects.filter(host="known.example", what="story:new").exists()
    assert "left out" in caplog.text


def test_a_client_that_forges_one_known_site_does_not_blind_another(monkeypatch, db, now):
    monkeypatch.setattr(usage, "MAX_KNOWN", 200)
    for host in ("a.example", "b.example"):
        known(host, now)
    see("a.example", now, "story:new")
    see("b.example", now, *(f"list:{number}" for number in range(1000)))
    usage.write(seconds=30)
    assert EmbedUse.objects.filter(host="a.example", what="story:new").exists()


def test_a_process_learns_which_sites_are_known_before_its_first_write(world, now):
    known("known.example", now)
    usage.forget()
    see("known.example", now)
    usage._after_response()
    assert "known.example" in usage._gathered.known_hosts
    assert len(usage._gathered.known) == 1


# -- a full table ---------------------------------------------------------------------------------------------------


@pytest.fixture
def full(db, now, monkeypatch):
    fill(now, monkeypatch)


def fill(now, monkeypatch):
    """Fill the table with sites seen once, but for one that is known."""
    monkeypatch.setattr(ledger, "MAX_ROWS", 400)
    known("known.example", now)
    invent(420, now - HOUR)
    usage.write(seconds=30)
    assert 380 <= EmbedUse.objects.count() <= 401


def test_known_sites_stay_in_a_full_table_and_new_ones_come_in(full, now, caplog):
    see("known.example", now, "story:new")
    see("real.example", now, "list:", "story:new")
    usage.write(seconds=30)
    assert {"known.example", "real.example"} <= hosts()
    assert EmbedUse.objects.filter(host="known.example", what="story:new").exists()
    assert EmbedUse.objects.count() <= 400
    assert "made room" in caplog.text


def test_a_site_that_is_new_this_hour_has_the_same_chance_to_stay(full, now):
    """A lot that it draws, not its age: the newest went first."""
    for number in range(40):
        see(f"real{number}.example", now)
    usage.write(seconds=30)
    assert sum(host.startswith("real") for host in hosts()) == 40
    invent(100, now, start=1000)
    usage.write(seconds=30)
    stayed = sum(host.startswith("real") for host in hosts())
    assert 15 <= stayed <= 39


def test_one_piece_of_eviction_is_bounded(full, now, django_assert_max_num_queries):
    EmbedUse.objects.bulk_create(
        EmbedUse(host="big.example", door="iframe", what=f"story:{n}", first_seen=now, last_seen=now)
        for n in range(2000)
    )
    before = EmbedUse.objects.count()
    with django_assert_max_num_queries(20):
        ledger.tidy("default", 100, seconds=0.0001)
    assert before - EmbedUse.objects.count() <= ledger.BATCH


def test_where_all_sites_are_known_the_one_with_most_gives_way(db, now, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_ROWS", 100)
    monkeypatch.setattr(usage, "NEW_WHEN_FULL", 20)
    known("small.example", now)
    known("big.example", now)
    old = [f"story:{uuid.uuid4()}" for _ in range(120)]
    see("big.example", now - HOUR, *old)
    usage.write(seconds=30)
    see("big.example", now, "story:new")
    usage.write(seconds=30)
    ledger.tidy("default", 10)
    assert EmbedUse.objects.count() == 90
    assert {"small.example", "big.example"} == hosts()
    assert EmbedUse.objects.filter(what="story:new").exists()


def test_what_is_not_written_in_time_is_written_next_time(db, now):
    invent(ledger.BATCH * 3, now)
    usage.write(seconds=0)
    assert EmbedUse.objects.count() == ledger.BATCH
    invent(10, now)  # seen again
    usage.write(seconds=30)
    assert EmbedUse.objects.count() == ledger.BATCH * 3
    assert not usage._gathered


def test_old_uses_go_in_bounded_pieces(db, now, settings):
    settings.WAGTAIL_CPSNEWS = {"USAGE_DAYS": 30}
    invent(ledger.BATCH * 3, now - datetime.timedelta(days=31))
    usage.write(seconds=30)
    ledger.tidy("default", seconds=0)
    assert EmbedUse.objects.count() == ledger.BATCH * 2
    ledger.tidy("default", seconds=30)
    assert not EmbedUse.objects.exists()


def test_the_clock_keeps_room_so_that_no_write_has_to_make_it(world, now, monkeypatch):
    fill(now, monkeypatch)
    monkeypatch.setattr(ledger, "ROWS_KEPT_FREE", 50)
    call_command("newsroom_clock")
    assert EmbedUse.objects.count() == 350
    assert "known.example" in hosts()


# -- whose word is taken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_is_what_one_client_has(client, network):
    assert usage.network_of(client) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (None, "6.6.6.6", "10.0.0.1"),
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "", "10.0.0.1"),
    ],
)
def test_a_forged_header_gives_no_address(settings, proxies, forwarded, client):
    settings.REST_FRAMEWORK = {"NUM_PROXIES": proxies}
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.1")
    assert usage.client_of(request) == client


def test_no_address_is_stored(story, client):
    story()
    client.get(
        "/newsroom/api/v1/items/",
        headers={"host": "localhost", "origin": "https://a.example"},
        REMOTE_ADDR="198.51.100.77",
    )
    assert usage._gathered
    assert "198.51.100" not in repr([vars(usage._gathered.new), vars(usage._gathered.known)])
    usage.write()
    for model in (EmbedSite, EmbedUse):
        assert "198.51.100" not in repr(list(model.objects.values()))


def test_sharing_out_in_turn():
    sample = FairSample(100, 100)
    when = timezone.now()
    for group, number in (("flood", 80), ("small", 3), ("one", 1)):
        for index in range(number):
            sample.add((f"{group}{index}", "element", "list:"), group, (when, when))
    sample.shrink(10)
    kept = [host for host, _door, _what in sample.uses()]
    assert len(kept) == 10
    assert sum(host.startswith("small") for host in kept) == 3
    assert "one0" in kept
    assert sample.left_out == 74


@pytest.mark.slow
@pytest.mark.once
def test_uses_of_the_last_version_make_their_sites_known(transactional_db, now):
    from django.db import connection

    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    executor.migrate([("cpsnews", "0008_mark_rank")])
    try:
        for host, first in (("twice.example", now - HOUR), ("once.example", now)):
            EmbedUse.objects.create(host=host, door="iframe", what="list:", first_seen=first, last_seen=now)
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert dict(EmbedSite.objects.values_list("host", "is_known")) == {
        "twice.example": True,
        "once.example": False,
    }
