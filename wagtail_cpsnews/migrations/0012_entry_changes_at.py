from django.db import migrations, models


def look_at_every_story_again(apps, schema_editor):
    """Project every story again.

    Rows of the last version hold addresses of what stories point to; this one holds references.

    Ranked last: what editors do next comes first.
    """
    alias = schema_editor.connection.alias
    Entry, Mark = apps.get_model("cpsnews", "Entry"), apps.get_model("cpsnews", "Mark")
    pks = Entry.objects.using(alias).filter(public=True).order_by("page_pk").values_list("page_pk", flat=True)
    marks = (Mark(scope="page", subject=str(pk), rank=2) for pk in pks.iterator(chunk_size=1000))
    Mark.objects.using(alias).bulk_create(marks, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("cpsnews", "0011_row_format"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="changes_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.RunPython(look_at_every_story_again, migrations.RunPython.noop),
    ]
