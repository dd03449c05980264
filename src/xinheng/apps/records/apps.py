from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "xinheng.apps.records"
    label = "records"
