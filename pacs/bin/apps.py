from django.apps import AppConfig


class BinConfig(AppConfig):
    name = "pacs.bin"
