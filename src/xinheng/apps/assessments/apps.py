from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "xinheng.apps.assessments"
    label = "assessments"
