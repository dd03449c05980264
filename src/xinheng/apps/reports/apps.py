"""The app of credit reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "xinheng.apps.reports"
    label = "reports"
