from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "xinheng.apps.units"
    label = "units"
