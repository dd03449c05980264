from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "xinheng.apps.evidence"
    label = "evidence"
