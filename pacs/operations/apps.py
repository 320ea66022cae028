from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "pacs.operations"
