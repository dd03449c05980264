from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "xinheng.apps.objections"
    label = "objections"
