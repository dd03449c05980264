from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "xinheng.apps.disclosures"
    label = "disclosures"
