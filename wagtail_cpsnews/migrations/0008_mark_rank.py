from django.db import migrations, models

#: The rank of what a large change has left: what is there now must not hold up what editors do next.
REST = 2


def put_what_waits_last(apps, schema_editor):
    """An update can leave an invalidation for each story."""
    marks = apps.get_model("cpsnews", "Mark").objects.using(schema_editor.connection.alias)
    marks.filter(scope__in=["page", "use"]).update(rank=REST)


class Migration(migrations.Migration):
    dependencies = [("cpsnews", "0007_image_retries")]

    operations = [
        migrations.AddField(
            model_name="mark",
            name="cursor",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddField(
            model_name="mark",
            name="rank",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.RunPython(put_what_waits_last, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(fields=["rank", "id"], name="cpsnews_mark_order"),
        ),
    ]
