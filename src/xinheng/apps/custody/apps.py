from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "xinheng.apps.custody"
    label = "custody"
