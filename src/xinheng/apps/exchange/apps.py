from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "xinheng.apps.exchange"
    label = "exchange"
