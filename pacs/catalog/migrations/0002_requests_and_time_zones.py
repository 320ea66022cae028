import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Min

from pacs.catalog.requests import requests_of

SERIES_AT_ONCE = 500


def read_kept_headers(apps, schema_editor):
    """Fill the requests of series that are here already, from the header of the first object of each."""
    Instance, Metadata, SeriesRequest = (
        apps.get_model("catalog", name) for name in ("Instance", "InstanceMetadata", "SeriesRequest")
    )
    series = list(apps.get_model("catalog", "Series").objects.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(series), SERIES_AT_ONCE):
        few = Instance.objects.filter(series_id__in=series[begin : begin + SERIES_AT_ONCE])
        first = {pk: one for one, pk in few.values_list("series_id").annotate(Min("pk")).order_by("series_id")}
        kept = Metadata.objects.filter(pk__in=first).values_list("pk", "dicom_json")
        SeriesRequest.objects.bulk_create(
            SeriesRequest(series_id=first[pk], **request)
            for pk, dicom_json in kept
            for request in requests_of(bytes(dicom_json))
        )


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='study',
            name='timezone_offset',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.CreateModel(
            name='SeriesRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheduled_procedure_step_id', models.CharField(blank=True, db_index=True, max_length=64)),
                ('requested_procedure_id', models.CharField(blank=True, db_index=True, max_length=64)),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='catalog.series')),
            ],
        ),
        migrations.RunPython(read_kept_headers, migrations.RunPython.noop, elidable=True),
    ]
