from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "xinheng.apps.duties"
    label = "duties"
