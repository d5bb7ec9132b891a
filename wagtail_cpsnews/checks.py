"""System checks of a project's settings, with hints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import connections
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import NoReverseMatch
from django.utils.functional import Promise
from phonenumbers import SUPPORTED_REGIONS

from .conf import CREDIT_FIELDS, get_settings, names
from .outputs import read_own_outputs
from .registry import read_declarations

#: A source of the CSP directive frame-ancestors: a keyword, a scheme, or an origin.
_FRAME_SOURCE = re.compile(
    r"\*|'self'|'none'|https?:|(https?://)?(?!(self|none)$)(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:([0-9]{1,5}|\*))?/?",
    re.ASCII | re.IGNORECASE,
)


@register()
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that ``WAGTAIL_CPSNEWS`` holds only valid names and values."""
    given = getattr(django_settings, "WAGTAIL_CPSNEWS", {}) or {}
    messages: list[CheckMessage] = []
    for name in given:
        if name not in names():
            near = get_close_matches(name, names(), n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Allowed: {', '.join(sorted(names()))}."
            messages.append(Error(f"WAGTAIL_CPSNEWS has no setting {name!r}.", hint=hint, id="cpsnews.E001"))
    if "SEARCH_CONFIGS" in given:
        messages.append(
            Warning(
                "WAGTAIL_CPSNEWS['SEARCH_CONFIGS'] has no effect any more, and will be removed.",
                hint="Leave it out: searches find other forms of English words on every database.",
                id="cpsnews.W045",
            )
        )
    mistakes = read_declarations(get_settings().TAXONOMIES)[1]
    messages += [Error(mistake.message, hint=mistake.hint, id=mistake.code) for mistake in mistakes]
    if get_settings().SITES not in ("request", "all"):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['SITES'] must be 'request' or 'all'.",
                hint="'request' is usual.",
                id="cpsnews.E003",
            )
        )
    return messages + _check_values()


def _check_values() -> list[CheckMessage]:
    settings = get_settings()
    messages: list[CheckMessage] = []
    for name in ("LOOK_SECONDS", "MAX_AGE"):
        value = getattr(settings, name)
        if not isinstance(value, (int, float)) or value < 0:
            messages.append(
                Error(
                    f"WAGTAIL_CPSNEWS[{name!r}] must be a number of seconds.",
                    hint="For example 1.",
                    id="cpsnews.E005",
                )
            )
    kept = settings.KEEP_IMAGE_CREDITS
    if isinstance(kept, str) or not set(kept) <= set(CREDIT_FIELDS):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['KEEP_IMAGE_CREDITS'] must be a list of credit fields.",
                hint=f"Allowed in it: {', '.join(CREDIT_FIELDS)}. Leave it out to remove all metadata.",
                id="cpsnews.E031",
            )
        )
    if not isinstance(settings.PHONE_REGION, str) or settings.PHONE_REGION not in SUPPORTED_REGIONS:
        messages.append(
            Error(
                f"WAGTAIL_CPSNEWS['PHONE_REGION'] names no country: {settings.PHONE_REGION!r}.",
                hint="Give an ISO 3166 code in capital letters, for example 'GB'.",
                id="cpsnews.E032",
            )
        )
    messages += _check_frame_ancestors(settings.FRAME_ANCESTORS)
    addresses: list[Any] = []
    for name in ("PUBLIC_BASE_URL", "STORY_BASE_URL"):
        base = getattr(settings, name)
        addresses = list(base.values()) if isinstance(base, Mapping) else [base]
        if any(address and not str(address).startswith(("https://", "http://")) for address in addresses):
            hint = "For example 'https://www.example.org', or {'cms.example.org': 'https://www.example.org'}."
            messages.append(
                Error(f"WAGTAIL_CPSNEWS[{name!r}] must be an address.", hint=hint, id="cpsnews.E007")
            )
    for name, zero in (
        ("USAGE_DAYS", "records nothing"),
        ("PROOF_DAYS", "keeps them for ever"),
        ("STOP_DAYS", "keeps them for ever"),
    ):
        if not _is_whole(getattr(settings, name)):
            messages.append(
                Error(
                    f"WAGTAIL_CPSNEWS[{name!r}] must be a whole number of days.",
                    hint=f"For example 400; 0 {zero}.",
                    id="cpsnews.E020",
                )
            )
    if not _is_whole(settings.ITEM_CACHE):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['ITEM_CACHE'] must be a whole number of items.",
                hint="For example 5000; 0 keeps none.",
                id="cpsnews.E033",
            )
        )
    if not isinstance(settings.FRONTEND, bool):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['FRONTEND'] must be True or False.",
                hint="False: another front end shows the pages.",
                id="cpsnews.E012",
            )
        )
    elif not settings.FRONTEND and not any(addresses):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['FRONTEND'] is False, but nobody has said where stories are read.",
                hint="Set 'STORY_BASE_URL' to the other front end's address.",
                id="cpsnews.E013",
            )
        )
    if not isinstance(get_settings().STYLESHEET, bool):
        messages.append(
            Error(
                "WAGTAIL_CPSNEWS['STYLESHEET'] must be True or False.",
                hint="False leaves our sheet out; link your own in your base template.",
                id="cpsnews.E008",
            )
        )
    messages += _check_base_template()
    for name in ("MISTAKES_ADDRESS", "FORMATS_ADDRESS"):
        messages += _check_address(name, getattr(settings, name))
    return [*messages, *_check_licence(settings.LICENCE)]


def _check_address(name: str, value: Any) -> list[CheckMessage]:
    addresses = list(value.values()) if isinstance(value, Mapping) else [value]
    if value == "" or (addresses and all(_is_address(address) for address in addresses)):
        return []
    return [
        Error(
            f"WAGTAIL_CPSNEWS['{name}'] must be an e-mail address or the address of a form.",
            hint=(
                "For example 'newsdesk@example.org', 'https://www.example.org/mistakes/', '/mistakes/', "
                "or {'en': …, 'cy': …}; '' offers nothing."
            ),
            id="cpsnews.E010",
        )
    ]


def _is_address(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        if value.startswith("/") and not value.startswith("//"):
            return True
        if "://" in value:
            URLValidator(schemes=["https", "http"])(value)
        else:
            validate_email(value)
    except ValidationError:
        return False
    return True


def _check_licence(value: Any) -> list[CheckMessage]:
    given = [value] if not isinstance(value, Mapping) or "name" in value else list(value.values())
    if value is None or (given and all(_is_licence(licence) for licence in given)):
        return []
    return [
        Error(
            "WAGTAIL_CPSNEWS['LICENCE'] must have a name and a url, both as text.",
            hint="For example {'name': 'Open Government Licence v3.0', 'url': 'https://…'}, such by language, or None.",
            id="cpsnews.E011",
        )
    ]


def _is_licence(value: Any) -> bool:
    if not isinstance(value, Mapping) or not set(value) <= {"name", "url"}:
        return False
    name, url = value.get("name"), value.get("url", "")
    if not name or not isinstance(name, (str, Promise)) or not isinstance(url, str):
        return False
    return url == "" or url.startswith(("https://", "http://", "/"))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 36_500


def _check_frame_ancestors(value: Any) -> list[CheckMessage]:
    """Return what is wrong with the setting.

    It is put into a header as it is: a ``;`` in it would begin another directive.
    """
    sources = value.split(" ") if isinstance(value, str) else []
    if (
        sources
        and all(map(_FRAME_SOURCE.fullmatch, sources))
        and ("'none'" not in sources or sources == ["'none'"])
    ):
        return []
    hint = "For example '*', \"'none'\" or \"'self' https://www.example.org https://*.example.com\"."
    message = "WAGTAIL_CPSNEWS['FRAME_ANCESTORS'] must be text: *, 'none', or 'self' and origins with a space between."
    return [Error(message, hint=hint, id="cpsnews.E006")]


def _check_base_template() -> list[CheckMessage]:
    try:
        get_template(get_settings().BASE_TEMPLATE)
    except TemplateDoesNotExist:
        hint = "Name a template of yours with a content block."
        return [Error("WAGTAIL_CPSNEWS['BASE_TEMPLATE'] does not exist.", hint=hint, id="cpsnews.E009")]
    except TemplateSyntaxError:
        return []  # the template says it better itself
    return []


@register(Tags.urls)
def check_outputs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the host's own outputs are declared rightly.

    Each needs an address, too.
    """
    found, mistakes = read_own_outputs(get_settings().OUTPUTS)
    messages: list[CheckMessage] = [
        Error(mistake.message, hint=mistake.hint, id=mistake.code) for mistake in mistakes
    ]
    for output in found:
        try:
            output.story_address(id=str(UUID(int=0)), url="https://www.example.org/news/")
        except NoReverseMatch:
            text = f"WAGTAIL_CPSNEWS['OUTPUTS'][{output.name!r}]: there is no address {output.url_name!r}"
            text += f" with {', '.join(output.path)}." if output.path else "."
            hint = "Name a pattern of the URL configuration, with its namespace, and all parts of its path in 'path'."
            messages.append(Error(text, hint=hint, id="cpsnews.E062"))
    return messages


@register()
def check_sqlite(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of SQLite's defaults.

    With them, publishing fails as soon as two people publish at once.

    It reads settings only and connects to nothing, so it runs in a plain ``check``.
    """
    messages: list[CheckMessage] = []
    for alias in connections:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        options = connection.settings_dict.get("OPTIONS", {})
        if options.get("transaction_mode") != "IMMEDIATE":
            messages.append(
                Warning(
                    f"The SQLite database {alias!r} will fail some publishes when two people write at once.",
                    hint=(
                        "Set DATABASES[…]['OPTIONS'] to {'transaction_mode': 'IMMEDIATE', 'timeout': 30, "
                        "'init_command': 'PRAGMA journal_mode=WAL;'}."
                    ),
                    id="cpsnews.W001",
                )
            )
    return messages


@register()
def check_documents(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where documents are served without the removal of metadata.

    It is removed where documents are served, and a storage serves them as they are.
    """
    if getattr(django_settings, "WAGTAILDOCS_SERVE_METHOD", None) != "direct":
        return []
    return [
        Warning(
            "Picture files that are offered as documents keep where they were taken.",
            hint="Set WAGTAILDOCS_SERVE_METHOD to 'serve_view' or 'redirect': then it is removed when they are served.",
            id="cpsnews.W031",
        )
    ]
