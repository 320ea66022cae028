from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    name = "pacs.access"

    def ready(self) -> None:
        from pacs.access import sign_ins
        from pacs.access.append_only import guard_trail, unguard_trail
        from pacs.access.functions import install_functions
        from pacs.access.triggers import install_triggers, remove_triggers

        pre_migrate.connect(remove_triggers, sender=self)
        pre_migrate.connect(unguard_trail, sender=self)
        # Whichever app migrates last may be the one that makes a table watched here.
        post_migrate.connect(install_triggers)
        post_migrate.connect(guard_trail, sender=self)
        post_migrate.connect(install_functions, sender=self)
        sign_ins.listen()
