from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "xinheng.apps.law"
    label = "law"
