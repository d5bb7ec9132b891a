"""The demo's media protocol: an invented agreement in two versions.

In English and (in short) in Welsh.
"""

import datetime

from wagtail.models import Locale, Page

from wagtail_cpsnews.pages.models import MediaProtocolPage, NewsIndexPage

REPLACED = datetime.date(2025, 12, 17)

PARTIES = [
    ("Association of Chief Constables (invented)", "police_chiefs"),
    ("Police college (invented)", "college_of_policing"),
    ("The prosecution service", "prosecutors"),
    ("Guild of Crime Reporters (invented)", "crime_reporters"),
    ("Broadcasters’ Forum (invented)", "news_media"),
    ("Media Lawyers’ Circle (invented)", "media_lawyers"),
    ("Conference of Editors (invented)", "editors"),
]

OLD_CLAUSES = [
    (
        "1",
        "Why we agreed this",
        "<p>Justice is done in public. What a jury sees should, as a rule, be seen by all.</p>",
    ),
    (
        "2",
        "Material that is normally released",
        "<p>Once the prosecution has relied on it in open court, material of the first list in annex A is released on "
        "request.</p>",
    ),
    (
        "3",
        "Material that needs thought",
        "<p>Material of the second list is released after the prosecutor has spoken with the police.</p>",
    ),
    ("4", "How to ask", "<p>Reporters send requests by fax to the press office of the area.</p>"),
    (
        "5",
        "Disagreement",
        "<p>The head of communications decides when a request was refused and the reporter asks.</p>",
    ),
]

NEW_CLAUSES = [
    (
        "1",
        "Why we agreed this",
        "<p>Justice is done in public. What a jury sees should, as a rule, be seen by everyone, wherever they read, "
        "listen or watch.</p>",
    ),
    (
        "2",
        "Victims, witnesses and families",
        "<p>They hear from us before anything that shows them or a relative is released. Their wishes weigh heavily; "
        "they do not settle every question.</p>",
    ),
    ("3", "Material that is normally released", ""),
    (
        "3.1",
        "Relied on in court",
        "<p>Once the prosecution has relied on it in open court, material of the first list in annex A is released on "
        "request.</p>",
    ),
    (
        "3.2",
        "Custody photographs",
        "<p>A custody photograph is released after conviction, unless the sentence makes that disproportionate.</p>",
    ),
    (
        "4",
        "Material that needs thought",
        "<p>Material of the second list is released after the prosecutor has spoken with the police, victims, witnesses "
        "and families.</p><ul><li>The reasons for a refusal are written down.</li><li>Anonymity comes first.</li></ul>",
    ),
    (
        "5",
        "How to ask",
        "<p>Requests name the case, the hearing and the material. An answer comes within two hours while a trial is "
        "under way.</p>",
    ),
    (
        "6",
        "Disagreement",
        "<p>The head of communications decides when a request was refused and the reporter asks. A second refusal can "
        "be taken to the liaison group of all parties.</p>",
    ),
]

NORMALLY = [
    "Maps, photographs, diagrams and other documents shown in court",
    "Films of the scene",
    "Films of property that was seized",
    "Transcripts of the parts of an interview that were read out",
    "Reconstructions",
    "CCTV of the defendant",
]
CONSIDERED = [
    "CCTV or photographs that show the victim",
    "Recordings of police interviews",
    "Statements of victims and witnesses",
]

WELSH_CLAUSES = [
    (
        "1",
        "Pam y cytunwyd ar hyn",
        "<p>Gweinyddir cyfiawnder yn gyhoeddus. Dylai pawb allu gweld yr hyn y mae rheithgor yn ei weld.</p>",
    ),
    (
        "2",
        "Dioddefwyr, tystion a theuluoedd",
        "<p>Byddant yn clywed gennym ni cyn i ddim sy’n eu dangos gael ei ryddhau.</p>",
    ),
    ("3", "Sut i ofyn", "<p>Bydd ateb o fewn dwy awr tra bo treial ar y gweill.</p>"),
]


def add_protocol(news: NewsIndexPage) -> Page:
    """Make the protocol beside the news centre in both languages.

    The news centre names it. Returns the English page.
    """
    page = MediaProtocolPage(title="Media protocol", slug="media-protocol", locale=news.locale)
    page.introduction = (
        "<p>What we release from criminal cases, when, and how reporters ask for it: agreed with the police and the "
        "media. The parties and the text are invented.</p>"
    )
    page.versions = [
        (
            "version",
            {
                "title": "2025 protocol",
                "status": "in_force",
                "in_force_from": REPLACED,
                "replaces": "2005 protocol",
                "agreed_by": [{"name": name, "group": group} for name, group in PARTIES],
                "introduction": "<p>Written anew after a review of how quickly requests were answered.</p>",
                "clauses": _clauses(NEW_CLAUSES),
                "annexes": [_annex("Annex A: material by list")],
            },
        ),
        (
            "version",
            {
                "title": "2005 protocol",
                "status": "superseded",
                "in_force_from": datetime.date(2005, 10, 1),
                "in_force_to": REPLACED - datetime.timedelta(days=1),
                "agreed_by": [{"name": name, "group": group} for name, group in PARTIES[:4]],
                "clauses": _clauses(OLD_CLAUSES),
                "annexes": [_annex("Annex A: material by list")],
            },
        ),
    ]
    news.get_parent().add_child(instance=page)
    page.save_revision().publish()
    _add_welsh(page)
    _name_it(
        news,
        page,
        "Reporters reach us day and night; what we can give them is agreed with police and editors.",
    )
    return page


def _add_welsh(page: MediaProtocolPage) -> None:
    welsh = page.copy_for_translation(Locale.objects.get(language_code="cy"))
    welsh.title, welsh.slug = "Protocol y cyfryngau", "protocol-y-cyfryngau"
    welsh.introduction = "<p>Yr hyn a ryddhawn o achosion troseddol, pryd, a sut mae gofyn amdano.</p>"
    welsh.versions = [
        (
            "version",
            {
                "title": "Protocol 2025",
                "status": "in_force",
                "in_force_from": REPLACED,
                "clauses": _clauses(WELSH_CLAUSES),
            },
        )
    ]
    welsh.save_revision().publish()


def _name_it(news: NewsIndexPage, page: MediaProtocolPage, words: str) -> None:
    texts = {"en": words, "cy": "Gall gohebwyr gysylltu â ni ddydd a nos."}
    for index in (news, *news.get_translations()):
        index = NewsIndexPage.objects.get(pk=index.pk)
        index.media_text = texts[index.locale.language_code]
        index.protocol_page = Page.objects.get(pk=page.pk)
        index.save_revision().publish()


def _clauses(clauses: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"number": number, "heading": heading, "text": text} for number, heading, text in clauses]


def _annex(title: str) -> dict[str, object]:
    return {
        "title": title,
        "lists": [
            {"release": "normally", "title": "", "items": NORMALLY},
            {"release": "considered", "title": "", "items": CONSIDERED},
        ],
    }
