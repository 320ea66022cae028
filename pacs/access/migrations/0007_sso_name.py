from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0006_scopes_of_keys")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sso_name",
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sso_name", ""), _negated=True),
                fields=("sso_name",),
                name="one_account_of_an_sso_name",
            ),
        ),
    ]
