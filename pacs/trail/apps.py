from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "pacs.trail"
