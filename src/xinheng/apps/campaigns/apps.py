from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "xinheng.apps.campaigns"
    label = "campaigns"
