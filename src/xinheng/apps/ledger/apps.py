from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "xinheng.apps.ledger"
    label = "ledger"
