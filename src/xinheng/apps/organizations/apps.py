from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "xinheng.apps.organizations"
    label = "organizations"
