from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "xinheng.apps.standing"
    label = "standing"
