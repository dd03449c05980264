from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "xinheng.apps.measures"
    label = "measures"
