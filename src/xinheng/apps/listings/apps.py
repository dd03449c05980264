from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "xinheng.apps.listings"
    label = "listings"
