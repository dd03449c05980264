from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "xinheng.apps.indicators"
    label = "indicators"
