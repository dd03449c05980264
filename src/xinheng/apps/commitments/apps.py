from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "xinheng.apps.commitments"
    label = "commitments"
