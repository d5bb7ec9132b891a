"""Invented press contacts, and the press office page in English and Welsh."""

from datetime import time, timedelta

from django.utils.timezone import localdate
from wagtail.models import Locale, Page

from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.pages.models import NewsIndexPage, PressOfficePage
from wagtail_cpsnews.taxonomy.models import Area, Topic

WEEKDAYS = ["0", "1", "2", "3", "4"]

POLICY = (
    (
        "What you can expect from us",
        "<p>Decisions to prosecute and to take no further action, what we say after a verdict, news of our policy "
        "from the Director and other prosecutors, when we are on air, how the service works, and what our partners do.</p>",
    ),
    (
        "What we cannot do there",
        "<p>Nobody watches our accounts around the clock, and a crime cannot be reported there. We do not follow "
        "back automatically; that we follow somebody does not mean that we agree.</p>",
    ),
)

WELSH_POLICY = (
    (
        "Beth i’w ddisgwyl gennym",
        "<p>Penderfyniadau i erlyn ac i beidio â gweithredu ymhellach, ein hymateb i ddyfarniadau, newyddion am ein "
        "polisi, pryd y byddwn ar yr awyr, a gwaith ein partneriaid.</p>",
    ),
    (
        "Beth na allwn ei wneud yno",
        "<p>Nid oes neb yn gwylio ein cyfrifon ddydd a nos, ac ni ellir riportio trosedd yno. Nid ydym yn dilyn yn "
        "ôl yn awtomatig, ac nid yw dilyn rhywun yn golygu cytuno.</p>",
    ),
)


def fill_contacts(news: NewsIndexPage) -> None:
    """Make the contacts, and the press office page below the news centre.

    The news centre names it.
    """
    welsh = Locale.objects.get(language_code="cy")
    duty = _contact(
        "Duty press officer",
        role="duty",
        hours=[(WEEKDAYS, 17, 9), (["5", "6"], 9, 9)],
        bank_holidays="sunday",
        phone="020 7946 0999",
        for_international=True,
        notes="For urgent calls out of hours. Please ring; e-mail is read in the morning.",
        sort_order=20,
    )
    office = _contact(
        "National press office",
        hours=[(WEEKDAYS, 9, 17)],
        phone="020 7946 0100",
        email="press.office@example.org",
        national=True,
        for_international=True,
        out_of_hours=duty,
        sort_order=10,
    )
    stand_in = None
    for name, days, number in (
        ("Asha Merriweather", WEEKDAYS[:3], "0117"),
        ("Tomos Field", WEEKDAYS[3:], "0118"),
    ):
        stand_in = _contact(
            name,
            role="manager",
            hours=[(days, 9, 17)],
            phone=f"0117 496 {number}",
            email=f"{name.split()[0].lower()}@example.org",
            areas=["wessex"],
            out_of_hours=duty,
            for_national=False,
            sort_order=30,
            exceptions=_leave(stand_in) if stand_in else [],
        )
    wales = _contact(
        "Press office for Wales",
        role="manager",
        hours=[(WEEKDAYS, 9, 17)],
        phone="029 2018 0100",
        email="wales@example.org",
        areas=["cymru-wales"],
        out_of_hours=duty,
        notes="In English or Welsh.",
        sort_order=40,
    )
    figures = _contact(
        "Figures and statistics",
        hours=[(["1", "2", "3"], 10, 16)],
        email="figures@example.org",
        topics=["statistics"],
        out_of_hours=duty,
        sort_order=50,
    )
    for contact, name, notes in (
        (office, "Swyddfa’r wasg genedlaethol", ""),
        (
            duty,
            "Swyddog y wasg ar ddyletswydd",
            "Ar gyfer galwadau brys y tu allan i oriau. Ffoniwch, os gwelwch yn dda.",
        ),
        (wales, "Swyddfa’r wasg yng Nghymru", "Yn Gymraeg neu yn Saesneg."),
        (figures, "Ffigurau ac ystadegau", ""),
    ):
        version = contact.copy_for_translation(welsh)
        version.name, version.notes = name, notes
        version.save()
    _page(news, welsh)


def _leave(stand_in: PressContact) -> list[tuple[str, dict]]:
    """Return an absence that holds on the day of the demo, and on the six days after it."""
    today = localdate()
    days = {"first_day": today, "last_day": today + timedelta(days=6)}
    return [("exception", {**days, "hours": [], "stand_in": stand_in, "reason": "Leave"})]


def _contact(name, *, hours, phone="", email="", areas=(), topics=(), **fields) -> PressContact:
    contact = PressContact(name=name, locale=Locale.objects.get(language_code="en"), **fields)
    contact.hours = [
        ("hours", {"days": list(days), "opens": time(opens), "closes": time(closes)})
        for days, opens, closes in hours
    ]
    channels = [("phone", phone), ("email", email)]
    contact.channels = [
        ("channel", {"kind": kind, "value": value, "label": "", "public": True})
        for kind, value in channels
        if value
    ]
    contact.full_clean(exclude=["translation_key"])
    contact.save()
    contact.areas.set(Area.objects.filter(slug__in=areas, locale=contact.locale))
    contact.topics.set(Topic.objects.filter(slug__in=topics, locale=contact.locale))
    return contact


def _page(news: NewsIndexPage, welsh: Locale) -> None:
    page = PressOfficePage(
        title="Press office",
        slug="press-office",
        locale=news.locale,
        introduction="<p>For journalists in this country and abroad: who answers, when, and about what.</p>",
        enquiries_url="https://www.example.org/contact",
        policy_introduction="<p>How we use social media, and what we ask of those who follow us.</p>",
    )
    page.policy = [("part", {"title": title, "anchor": "", "text": text}) for title, text in POLICY]
    news.add_child(instance=page)
    page.save_revision().publish()
    translation = page.copy_for_translation(welsh)
    translation.title, translation.slug = "Swyddfa’r wasg", "swyddfar-wasg"
    translation.introduction = "<p>I newyddiadurwyr yma a thramor: pwy sy’n ateb, pryd, ac am beth.</p>"
    translation.policy_introduction = "<p>Sut rydym yn defnyddio’r cyfryngau cymdeithasol.</p>"
    translation.policy = [
        ("part", {"title": title, "anchor": "", "text": text}) for title, text in WELSH_POLICY
    ]
    translation.save_revision().publish()
    for index in (news, *news.get_translations()):
        index = NewsIndexPage.objects.get(pk=index.pk)
        index.press_office_page = Page.objects.get(pk=page.pk)
        index.save_revision().publish()
