"""Where an import puts its stories: which page types, and below which page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from wagtail.models import Locale, Site

from ..compat import AbstractPage, get_page_model
from ..stories.news_item import NewsItemMixin
from ..stories.speech import SpeechMixin

#: The app of our own page types: preferred where a project has others besides.
PREFERRED_APP = "cpsnews_pages"


class TargetError(Exception):
    """There is no page type or parent, or more than one to choose from.

    The text is for people.
    """


def page_types(page_type: str = "", speech_type: str = "") -> tuple[Any, Any]:
    """Return the page classes of stories and of speeches.

    By ``app.Model``, or found among what is installed.

    Where no page class is made for speeches, they become stories of the ordinary class. Raises ``TargetError``.
    """
    stories = _named(page_type, NewsItemMixin, "--page-type") if page_type else None
    speeches = _named(speech_type, SpeechMixin, "--speech-type") if speech_type else None
    if stories is None:
        stories = _only(
            [model for model in _models(NewsItemMixin) if not issubclass(model, SpeechMixin)], "--page-type"
        )
    if stories is None:
        raise TargetError(
            "No page type uses NewsItemMixin. Add wagtail_cpsnews.pages to INSTALLED_APPS, or a page type of your own."
        )
    return stories, speeches or _only(_models(SpeechMixin), "--speech-type") or stories


def find_parent(given: str = "") -> Any:
    """Return the page that stories are put below.

    A page id, an address path, or the only news index there is.

    Raises ``TargetError``, with the pages that could be meant.
    """
    Page = get_page_model()
    if given.isascii() and given.isdigit():
        page = Page._default_manager.filter(pk=int(given)).first()
        if page is None:
            raise TargetError(f"There is no page with the id {given}.{_candidates(_indexes())}")
        return page.specific
    if given:
        return _by_path(given)
    found = _indexes()
    if len(found) != 1:
        what = "There is no news index page" if not found else "There is more than one news index page"
        raise TargetError(
            f"{what} in {Locale.get_default()}: say with --parent where the stories go.{_candidates(found)}"
        )
    return found[0]


def check_placement(parent: Any, *models: Any) -> None:
    """Raise ``TargetError`` when the parent takes no pages of these types."""
    for model in models:
        if not model.can_exist_under(parent):
            raise TargetError(
                f"“{parent.title}” (page {parent.pk}) takes no {model._meta.verbose_name} below it. Choose another --parent."
            )


def _named(label: str, mixin: type, option: str) -> Any:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise TargetError(
            f"{option} {label}: there is no such model. Write it as app.Model.{_allowed(mixin)}"
        ) from error
    if not issubclass(model, mixin) or not issubclass(model, AbstractPage):
        raise TargetError(f"{option} {label} is no page type that uses {mixin.__name__}.{_allowed(mixin)}")
    return model


def _models(mixin: type) -> list[Any]:
    return [
        model
        for model in apps.get_models()
        if issubclass(model, mixin) and issubclass(model, AbstractPage) and not model._meta.proxy
    ]


def _only(models: list[Any], option: str) -> Any:
    preferred = [model for model in models if model._meta.app_label == PREFERRED_APP]
    chosen = preferred or models
    if len(chosen) > 1:
        labels = ", ".join(model._meta.label for model in chosen)
        raise TargetError(
            f"There is more than one page type to choose from; say which with {option}: {labels}."
        )
    return chosen[0] if chosen else None


def _allowed(mixin: type) -> str:
    labels = [model._meta.label for model in _models(mixin)]
    return f" There are: {', '.join(labels)}." if labels else ""


def _indexes() -> list[Any]:
    found: list[Any] = []
    for model in apps.get_models():
        if (
            issubclass(model, AbstractPage)
            and getattr(model, "is_news_index", False)
            and not model._meta.proxy
        ):
            pages: Iterable[Any] = model._default_manager.filter(locale=Locale.get_default(), alias_of=None)
            found += [page for page in pages if page.specific_class is model]
    return sorted(found, key=lambda page: str(page.path))


def _by_path(given: str) -> Any:
    """Find a page by ``url_path``, or by the path of its address.

    The path begins below a site's root page.
    """
    Page = get_page_model()
    inner = "/".join(part for part in given.split("/") if part)
    below = f"{inner}/" if inner else ""
    roots = [site.root_page.url_path for site in Site.objects.select_related("root_page")]
    paths = {f"/{below}", *(f"{root}{below}" for root in roots)}
    found = list(Page._default_manager.filter(url_path__in=paths, depth__gt=1).order_by("path"))
    if len(found) != 1:
        what = "no page has" if not found else "more than one page has"
        raise TargetError(f"--parent {given}: {what} this path.{_candidates(found or _indexes())}")
    return found[0].specific


def _candidates(pages: list[Any]) -> str:
    if not pages:
        return ""
    lines = [f"  --parent {page.pk}   {page.url_path}   {page.title}" for page in pages]
    return "\n".join([" It could be:", *lines])
