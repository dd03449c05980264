from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "xinheng.apps.cases"
    label = "cases"
