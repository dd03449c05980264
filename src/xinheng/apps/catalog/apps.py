from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "xinheng.apps.catalog"
    label = "catalog"
