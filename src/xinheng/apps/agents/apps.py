from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "xinheng.apps.agents"
    label = "agents"
