from django.apps import AppConfig


class RenderingConfig(AppConfig):
    name = "viewer.rendering"

    def ready(self) -> None:
        # Here, not above: what these need can only be imported once all apps are known.
        from pacs.events.bus import subscribe
        from viewer.rendering.prefetch import on_instance_stored

        subscribe(on_instance_stored)
