from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "xinheng.apps.intake"
    label = "intake"
