from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "pacs.catalog"

    def ready(self) -> None:
        """Teach Django the lookup that searches are made with."""
        from pacs.catalog import lookups  # noqa: F401
