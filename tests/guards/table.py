"""The guards: places whose silent failure would do harm.

It would show what must not be seen, or leave the catalogue wrong.

Each names how it is switched off and the tests that must notice. A guard that is added to the package joins here; a
second line of defence has to be tested with the first one down, since no other test can tell that it is there.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import ANY

from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.models import Page, ReferenceIndex, Revision

from wagtail_cpsnews.catalogue.rules import Decision
from wagtail_cpsnews.desk.signals import stop_began


@dataclass(frozen=True)
class Guard:
    """One guard.

    ``tests``: node ids below ``tests/`` that must fail once ``switch_off`` has been called.
    """

    name: str
    switch_off: Callable[[], None]
    tests: tuple[str, ...]


def swap(target: str, make: Callable[[Any], Any], *, everywhere: bool = False) -> Callable[[], None]:
    """A fault: ``make(original)`` in place of what is named.

    Named as ``"module:name"`` or ``"module:Class.name"``.

    everywhere: in all modules that have imported it, not in the named one alone.
    """

    def switch_off() -> None:
        module_name, _colon, path = target.partition(":")
        holder: Any = importlib.import_module(f"wagtail_cpsnews.{module_name}")
        *way, last = path.split(".")
        for step in way:
            holder = getattr(holder, step)
        original = getattr(holder, last)
        fault = make(original)
        setattr(holder, last, fault)
        if not everywhere:
            return
        for name, module in list(sys.modules.items()):
            if name.startswith("wagtail_cpsnews") and getattr(module, last, None) is original:
                setattr(module, last, fault)

    switch_off.target = target  # type: ignore[attr-defined]
    return switch_off


def returning(value: Any) -> Callable[[Any], Any]:
    """A fault: a function that always returns ``value``."""
    return lambda original: lambda *args, **kwargs: value


def disconnected(signal: Any, uid: str, sender: Any = None) -> Callable[[], None]:
    """A fault: a signal's receiver that is not there."""

    def switch_off() -> None:
        assert signal.disconnect(sender=sender, dispatch_uid=uid), uid

    return switch_off


#: A clock by which nothing ever expires.
_STOPPED = SimpleNamespace(now=lambda: datetime(1970, 1, 1, tzinfo=UTC))


def stopped_clock(module: str) -> Callable[[], None]:
    """A fault: a module that does not ask what time it is."""

    def switch_off() -> None:
        importlib.import_module(f"wagtail_cpsnews.{module}").timezone = _STOPPED

    return switch_off


def both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    """Two faults: where either guard is enough."""

    def switch_off() -> None:
        first()
        second()

    return switch_off


def without(target: str, *names: str) -> Callable[[], None]:
    """A fault: a model's manager whose ``filter`` forgets some conditions.

    As one module knows it.
    """
    module_name, _colon, model_name = target.partition(":")

    def switch_off() -> None:
        module = importlib.import_module(f"wagtail_cpsnews.{module_name}")
        model = getattr(module, model_name)

        def forgetful(**conditions: Any) -> Any:
            return model.objects.filter(
                **{name: value for name, value in conditions.items() if name not in names}
            )

        setattr(module, model_name, SimpleNamespace(objects=SimpleNamespace(filter=forgetful)))

    return switch_off


def _open_aliases(original: Any) -> Any:
    """Aliases are taken for public whatever their source is."""
    from wagtail_cpsnews.compat import get_page_model

    def visible_pages(condition: Any, roots: Any) -> Any:
        found = Q(pk__in=original(condition, roots).values("pk")) | (condition & Q(alias_of__isnull=False))
        return get_page_model()._default_manager.filter(found, live=True).order_by()

    return visible_pages


def _for_every_column(name: str, harmless: Any) -> Callable[[Any], Any]:
    """``VisibilityChecker.why_not_by_columns`` that does not look at one of its columns."""

    class Blind:
        def __init__(self, row: Any) -> None:
            self._row = row

        def __getattr__(self, column: str) -> Any:
            return harmless if column == name else getattr(self._row, column)

    def make(original: Any) -> Any:
        return lambda self, row: original(self, Blind(row))

    return make


class _PredictableTokens:
    @staticmethod
    def token_hex(length: int) -> str:
        return "0" * (2 * length)


def _predictable_tokens() -> None:
    importlib.import_module("wagtail_cpsnews.catalogue.deferred").secrets = _PredictableTokens


HERE = "guards/test_defences.py::"
OUTSIDE = "catalogue/test_search_outside.py::"
FILES = "catalogue/test_public_files.py::"
SERVED = "http/test_files.py::"

#: The answer of rules that are not asked.
PUBLIC = SimpleNamespace(public=True, code="", until=None)


def _serve_first() -> None:
    """A fault: picture files are served before the hooks.

    These say who may read a document.
    """
    from wagtail_cpsnews.wagtail_hooks import serve_document_of_stories as ours

    registered = hooks.get_hooks("before_serve_document") and hooks._hooks["before_serve_document"]
    registered.remove((ours, 1000))
    registered.append((ours, -1))


class _ByKeyAlone:
    """Rows that are found by their key where it is given, whatever else is asked for."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def filter(self, **conditions: Any) -> Any:
        return self._rows.filter(**({"pk": conditions["pk"]} if "pk" in conditions else conditions))


def _one_less(original: Any) -> Any:
    """The last of what a function returns is forgotten."""
    return lambda *args: original(*args)[:-1]


def _due_though_on_hold(original: Any) -> Any:
    """The embargoes whose time is over, whatever else stops their stories."""

    def due_embargoes(now: Any, alias: str) -> Any:
        return embargoes.embargoes_in_force().filter(wake_at__lte=now)

    from wagtail_cpsnews.desk import embargoes

    return due_embargoes


def _story_at_once(request: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse("Heron Quay verdict")


GUARDS = [
    Guard(
        "a search backend that is behind is not asked",
        swap("catalogue.text.outside:OutsideEngine.is_ready", returning(True)),
        (OUTSIDE + "test_the_backend_answers_and_the_job_is_stored_with_the_change",),
    ),
    Guard(
        "a search backend is told of what is withdrawn",
        swap("catalogue.text.outside:OutsideEngine.remove", returning(None)),
        (OUTSIDE + "test_a_service_that_is_away",),
    ),
    Guard(
        "a search backend that has lost stories is not asked",
        swap("catalogue.text.outside:OutsideEngine.difference", returning("")),
        (OUTSIDE + "test_a_backend_that_somebody_has_emptied",),
    ),
    Guard(
        "a story that changes while a job writes it is written again",
        swap("catalogue.text.feeding:F", lambda original: lambda name: original("mark")),
        (
            OUTSIDE + "test_a_story_changes_while_a_job_writes_it[False]",
            OUTSIDE + "test_a_story_changes_while_a_job_writes_it[True]",
        ),
    ),
    Guard(
        "every feed is named by the pages",
        swap("http.links:alternates", _one_less),
        ("project/test_outputs.py::test_pages_name_every_feed_and_every_form_of_oembed",),
    ),
    Guard(
        "every feed is offered to developers",
        swap(
            "embed.methods:outputs",
            lambda original: lambda: [one for one in original() if one.name != "atom"],
        ),
        ("project/test_outputs.py::test_the_builder_offers_every_list_that_can_be_filtered[atom]",),
    ),
    Guard(
        "terms that are saved with a draft invalidate",
        swap("catalogue.signals:_part_of", returning(None)),
        ("catalogue/test_publishing_costs.py::test_terms_that_are_saved_with_a_draft_are_noticed",),
    ),
    Guard(
        "renaming a page above a root page reads the sites again",
        swap("catalogue.signals:_has_homes_below", returning(False)),
        ("catalogue/test_invalidation.py::test_a_page_above_a_sites_root_page_is_renamed",),
    ),
    Guard(
        "the projection asks the rules",
        swap("catalogue.entries:decide", returning(PUBLIC)),
        (HERE + "test_a_rule_keeps_a_story_out",),
    ),
    Guard(
        "rules are asked again when what they watch has changed",
        swap("catalogue.signals:invalidate_watching", returning(None)),
        (HERE + "test_a_rule_is_asked_of_what_moves",),
    ),
    Guard(
        "pages that are served ask the rules",
        swap("catalogue.visibility:decide", returning(PUBLIC)),
        (HERE + "test_a_rule_keeps_a_page_from_its_own_address",),
    ),
    Guard(
        "links read what the rules have decided",
        swap("catalogue.visibility:has_rules", returning(False)),
        ("catalogue/test_rules.py::test_a_link_to_a_story_that_a_rule_hides_and_releases",),
    ),
    Guard(
        "what the rules have decided is compared",
        swap("catalogue.entries:decisions.differs", returning(False)),
        ("catalogue/test_rules.py::test_check_catalogue_compares_decisions",),
    ),
    Guard(
        "aliases of restricted pages are private",
        swap("catalogue.visibility:visible_pages", _open_aliases, everywhere=True),
        (HERE + "test_an_alias_of_a_restricted_page_is_no_open_page",),
    ),
    Guard(
        "drafts",
        swap("catalogue.visibility:VisibilityChecker.why_not_by_columns", _for_every_column("live", True)),
        (HERE + "test_the_visibility_checker_reads_every_column",),
    ),
    Guard(
        "expiry",
        swap(
            "catalogue.visibility:VisibilityChecker.why_not_by_columns", _for_every_column("expire_at", None)
        ),
        (HERE + "test_the_visibility_checker_reads_every_column",),
    ),
    Guard(
        "aliases",
        swap(
            "catalogue.visibility:VisibilityChecker.why_not_by_columns",
            _for_every_column("alias_of_id", None),
        ),
        (HERE + "test_the_visibility_checker_reads_every_column",),
    ),
    Guard(
        "restrictions",
        swap("catalogue.visibility:VisibilityChecker.why_not_by_columns", _for_every_column("path", "")),
        (HERE + "test_the_visibility_checker_reads_every_column",),
    ),
    Guard(
        "a stop hides what a raw write has brought back",
        swap("catalogue.visibility:read_codes", returning({})),
        ("desk/test_stopping.py::test_a_row_alone_hides",),
    ),
    Guard(
        "a stop refuses the address of what a raw write has brought back",
        swap("catalogue.visibility:decide_served", returning(Decision(True))),
        ("desk/test_stopping.py::test_a_row_alone_hides",),
    ),
    Guard(
        "a stop is gone from all outputs by itself",
        swap("desk.stopping:_save_live", returning(None)),
        ("desk/test_stopping.py::test_a_story_is_gone_and_comes_back_as_it_was",),
    ),
    Guard(
        "no page is published while it is stopped",
        disconnected(pre_save, "cpsnews.guard.page"),
        ("desk/test_stopping.py::test_no_way_of_publishing_passes_a_stop[publish]",),
    ),
    Guard(
        "no page is scheduled while it is stopped",
        disconnected(pre_save, "cpsnews.guard.revision", sender=Revision),
        ("desk/test_stopping.py::test_no_way_of_publishing_passes_a_stop[schedule]",),
    ),
    Guard(
        "a file goes with the stories that use it",
        swap("catalogue.public_files:_is_newsrooms", returning(False)),
        (FILES + "test_files_go_with_the_only_story_that_uses_them[unpublish]",),
    ),
    Guard(
        "a file that was taken out of a story is remembered",
        disconnected(pre_delete, "cpsnews.former_uses", sender=ReferenceIndex),
        (
            FILES + "test_a_picture_that_is_taken_out_while_a_story_is_held",
            FILES + "test_files_of_a_story_that_was_deleted",
        ),
    ),
    Guard(
        "a file is as public as the page that uses it, whatever the catalogue knows",
        swap(
            "catalogue.public_files:visible_pages",
            lambda original: lambda condition, roots: Page.objects.filter(condition),
        ),
        (FILES + "test_expiry_needs_no_projection",),
    ),
    Guard(
        "files are asked about before they are served",
        swap("http.files:refuse", returning(None)),
        (
            SERVED + "test_every_file_of_a_picture_goes_and_comes_back",
            SERVED + "test_a_web_server_asks",
            SERVED + "test_a_document_of_a_draft_is_not_found",
            SERVED + "test_renditions_at_signed_addresses",
        ),
    ),
    Guard(
        "a file has one spelling",
        swap("http.files:is_plain_name", returning(True)),
        (
            SERVED + "test_no_other_spelling_leads_to_a_hidden_file[up]",
            SERVED + "test_a_web_server_asks",
        ),
    ),
    Guard(
        "files that are left over are not served",
        swap("http.files:is_in_own_folder", returning(False)),
        (SERVED + "test_what_is_left_in_wagtails_folders_is_not_served",),
    ),
    Guard(
        "a remembered name is looked at again",
        swap("images.stored_files:_rows", lambda original: lambda model: _ByKeyAlone(original(model))),
        (SERVED + "test_a_name_that_another_picture_has_now",),
    ),
    Guard(
        "files of a private collection",
        swap("http.files:_is_in_private_collection", returning(False)),
        (SERVED + "test_files_of_a_private_collection",),
    ),
    Guard(
        "expiry is asked again when a page is loaded",
        swap("catalogue.public_pages:why_not_current", returning("")),
        (HERE + "test_a_page_that_expires_between_finding_and_loading",),
    ),
    Guard(
        "an embed shows no other site's story",
        swap(
            "embed.lists:entry_of",
            lambda original: lambda text, query: original(text, query.replace(sites=None)),
        ),
        (HERE + "test_another_sites_story_is_in_no_card",),
    ),
    Guard(
        "a contact's terms invalidate",
        disconnected(m2m_changed, "cpsnews.after_m2m"),
        (HERE + "test_a_contacts_terms_alone_change_its_answers",),
    ),
    Guard(
        "saves invalidate",
        disconnected(post_save, "cpsnews.after_save"),
        (HERE + "test_a_save_alone_changes_the_list",),
    ),
    Guard(
        "deletions invalidate",
        disconnected(post_delete, "cpsnews.after_delete"),
        (HERE + "test_a_deletion_alone_changes_the_list",),
    ),
    Guard(
        "placeholder tokens are random",
        _predictable_tokens,
        (HERE + "test_text_that_looks_like_a_placeholder_stays",),
    ),
    Guard(
        "what is listed depends on the time",
        both(stopped_clock("catalogue.models"), stopped_clock("catalogue.counting.bitmaps")),
        (
            HERE + "test_an_entry_that_was_not_projected_yet_is_gone[item]",
            HERE + "test_an_entry_that_was_not_projected_yet_is_gone[frame]",
            HERE + "test_an_entry_that_was_not_projected_yet_is_in_no_list[items]",
            HERE + "test_an_entry_that_was_not_projected_yet_is_in_no_list[changes]",
            HERE + "test_an_entry_that_was_not_projected_yet_is_in_no_list[sitemap]",
        ),
    ),
    Guard(
        "the item API shows no other site's story",
        swap("api.base:request_sites", returning(None)),
        (HERE + "test_another_sites_story_is_no_item",),
    ),
    Guard(
        "the usage report names public stories only",
        without("admin.usage:Entry", "public"),
        (HERE + "test_the_usage_report_does_not_name_a_story_that_is_gone",),
    ),
    Guard(
        "a purge names no slug that a story got after it was withdrawn",
        swap("http.purging:hash_path", returning(ANY)),
        ("http/test_purging.py::test_an_address_that_was_never_public_is_not_told",),
    ),
    Guard(
        "a purge names no private index page",
        swap("http.purging:visible_pages", lambda original: lambda pages, roots: Page.objects.filter(pages)),
        ("http/test_purging.py::test_an_address_that_was_never_public_is_not_told",),
    ),
    # -- the proof of absence: what it must not miss --------------------------------------------------------------
    Guard(
        "a hold begins a proof of absence",
        disconnected(stop_began, "cpsnews.proof"),
        ("desk/test_proof_screen.py::test_before_anything_is_asked",),
    ),
    Guard(
        "a proof keeps no editor waiting",
        swap("desk.proof.rounds:runs_at_once", returning(False)),
        ("desk/test_proof.py::test_with_the_immediate_backend_no_request_asks",),
    ),
    Guard(
        "a proof finds titles",
        swap("desk.proof.traces:_has_words", returning(False)),
        ("desk/test_traces.py::test_the_live_revision_counts_and_not_a_draft",),
    ),
    Guard(
        "a proof finds addresses",
        swap("desk.proof.traces:_has_path", returning(False)),
        ("desk/test_traces.py::test_what_another_public_page_has_too_is_no_trace",),
    ),
    Guard(
        "a proof minds an address that answers",
        swap("desk.proof.rounds:_same_path", returning(False)),
        ("desk/test_traces.py::test_an_address_that_answers",),
    ),
    Guard(
        "a proof asks the project's own sites alone",
        swap("desk.proof.fetching:host_of", returning("localhost")),
        ("desk/test_fetching.py::test_another_site_is_not_asked",),
    ),
    Guard(
        "a proof is no use on another site",
        swap("usage.recording:OWN_AGENT", lambda original: "another"),
        ("desk/test_fetching.py::test_it_says_who_asks",),
    ),
    # -- pictures: what their files say, and whether they are there ----------------------------------------------
    Guard(
        "renditions are stored without metadata",
        swap("images.storing:strip_metadata", lambda original: lambda data: data),
        ("images/test_outputs.py::test_every_rendition_is_stored_without_metadata[jpg]",),
    ),
    Guard(
        "picture files are downloaded without metadata",
        swap("images.documents:strip_metadata", lambda original: lambda data: data),
        ("images/test_outputs.py::test_a_picture_that_is_downloaded_carries_nothing[FailingStorage-jpg]",),
    ),
    Guard(
        "who may read a document is asked before its file is cleaned and given",
        _serve_first,
        ("images/test_outputs.py::test_who_may_not_read_a_document_gets_no_picture_either",),
    ),
    Guard(
        "renditions of before metadata was removed are not found",
        swap("images.renditions:rendition_spec", lambda original: lambda spec: spec),
        ("images/test_addresses.py::test_renditions_of_before_are_not_found",),
    ),
    Guard(
        "a picture without a file is not named",
        swap("images.renditions:has_file", returning(True)),
        ("images/test_addresses.py::test_a_lost_file_is_not_named_and_check_reports_it",),
    ),
    Guard(
        "check_catalogue makes no rendition",
        swap("catalogue.maintenance:making_nothing", lambda original: nullcontext),
        ("images/test_addresses.py::test_check_writes_nothing[FailingStorage]",),
    ),
    Guard(
        "a picture that could not be made is tried again",
        swap("catalogue.entries:note_results", returning(None)),
        ("images/test_storage.py::test_it_is_tried_again_after_growing_pauses",),
    ),
    Guard(
        "answers with signed addresses do not stay the same",
        swap("http.conditional:address_period", returning(None)),
        ("images/test_addresses.py::test_an_answer_with_signed_addresses_is_not_the_same_for_ever",),
    ),
    Guard(
        "a merged term's story whose entry does not say what its page said is read",
        swap("catalogue.refiling:digest_of", lambda original: lambda row, resolver: row.columns["digest"]),
        (
            "catalogue/test_large_commits.py"
            "::test_stories_of_a_merged_term_are_filed_without_reading_their_pages",
        ),
    ),
    Guard(
        "no embargo on what is public",
        swap("desk.embargoes:why_not", returning("")),
        ("desk/test_embargo.py::test_not_on_what_is_public_held_or_scheduled",),
    ),
    Guard(
        "of several processes one publishes what was on embargo",
        swap("desk.embargoes:_claim", returning(True)),
        ("desk/test_embargo.py::test_of_two_processes_one_publishes",),
    ),
    Guard(
        "what is published at an embargo's end is what was approved",
        swap(
            "desk.embargoes:approved_revision",
            lambda original: lambda stop, page: page.get_latest_revision(),
        ),
        (
            "desk/test_embargo.py::test_what_was_approved_is_published_and_what_was_written_since_stays_a_draft",
            "desk/test_embargo.py::test_a_translation_that_was_not_chosen_stays_a_draft",
        ),
    ),
    Guard(
        "what is no longer ready is not published at an embargo's end",
        swap("desk.embargoes:is_ready", returning(True)),
        ("desk/test_embargo.py::test_what_is_no_longer_ready_stays_and_says_why",),
    ),
    Guard(
        "an embargo's end waits for a hold",
        swap("desk.embargoes:due_embargoes", _due_though_on_hold),
        ("desk/test_embargo.py::test_a_story_on_hold_or_withdrawn_waits_for_that",),
    ),
    Guard(
        "what an embargo publishes is not purged",
        disconnected(pre_delete, "cpsnews.embargo.keep", Revision),
        ("desk/test_embargo.py::test_what_is_to_be_published_is_not_purged",),
    ),
    Guard(
        "the form refuses to publish a story that is stopped",
        swap("stories.forms:refuse_publishing", returning(None)),
        (
            "desk/test_embargo_screens.py"
            "::test_the_editor_says_so_and_publish_is_refused_with_nothing_typed_lost",
        ),
    ),
    Guard(
        "a story that is stopped is not copied",
        swap("stories.locks:refuse_copying", returning(None)),
        ("desk/test_hold_doors.py::test_no_code_publishes_or_copies_it[copy_as_draft]",),
    ),
    Guard(
        "a story on hold is locked for superusers too",
        swap("stories.locks:stop_of", returning(None)),
        ("desk/test_hold_doors.py::test_the_editor_shows_who_holds_it_and_no_unlock_button",),
    ),
    Guard(
        "an advance copy names no file",
        both(
            swap("desk.advance_reading:WithoutFiles", lambda original: original.__base__),
            swap("desk.advance_reading:_harmless", lambda original: lambda html: SafeString(html)),
        ),
        ("desk/test_advance_copies.py::test_it_names_no_file",),
    ),
    Guard(
        "an advance copy loads nothing",
        swap("desk.advance_reading:_harmless", lambda original: lambda html: SafeString(html)),
        ("desk/test_advance_copies.py::test_a_host_s_html_loads_nothing_either",),
    ),
    Guard(
        "an advance copy tells nothing before the button is pressed",
        swap("desk.advance_views:_page", lambda original: _story_at_once),
        ("desk/test_advance_copies.py::test_the_address_tells_nothing_until_the_button_is_pressed[get]",),
    ),
    Guard(
        "an advance copy ends with its time or its embargo",
        swap("desk.advance_views:is_readable", returning(True)),
        ("desk/test_advance_copies.py::test_expired_revoked_lifted_and_unknown_links_answer_alike",),
    ),
]
