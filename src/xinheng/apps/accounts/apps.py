from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xinheng.apps.accounts"
    label = "accounts"
