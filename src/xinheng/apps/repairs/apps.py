from django.apps import AppConfig


class RepairsConfig(AppConfig):
    name = "xinheng.apps.repairs"
    label = "repairs"
