from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "xinheng.apps.outbox"
    label = "outbox"
