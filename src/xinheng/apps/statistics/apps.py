from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "xinheng.apps.statistics"
    label = "statistics"
