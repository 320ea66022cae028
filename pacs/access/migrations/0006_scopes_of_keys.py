from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_second_factor_due")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="scopes",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(null=True),
        ),
    ]
