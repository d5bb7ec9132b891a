from collections.abc import Iterator
from itertools import islice

from django.db import migrations, models
from django.db.models import Max, Min

import wagtail_cpsnews.embed.models


def name_sites(apps, schema_editor):
    """Give each site that the ledger has uses of a row.

    One that was seen in two hours is known.
    """
    alias = schema_editor.connection.alias
    uses = apps.get_model("cpsnews", "EmbedUse")._default_manager.using(alias)
    sites = apps.get_model("cpsnews", "EmbedSite")
    hosts: Iterator = (
        uses.values("host").order_by().annotate(first=Min("first_seen"), last=Max("last_seen")).iterator()
    )
    while batch := list(islice(hosts, 1000)):
        sites._default_manager.using(alias).bulk_create(
            [
                sites(
                    host=row["host"],
                    first_seen=row["first"],
                    last_seen=row["last"],
                    is_known=row["last"] > row["first"],
                )
                for row in batch
            ]
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cpsnews", "0008_mark_rank"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmbedSite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=253, unique=True)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField(db_index=True)),
                ("is_known", models.BooleanField(default=False)),
                ("lot", models.FloatField(default=wagtail_cpsnews.embed.models.draw_lot)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["is_known", "lot"], name="cpsnews_embed_site_lot")],
            },
        ),
        migrations.RunPython(name_sites, migrations.RunPython.noop, elidable=True),
    ]
