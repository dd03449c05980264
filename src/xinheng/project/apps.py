"""The project as a Django app: directories made, system checks registered."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class ProjectConfig(AppConfig):
    name = "xinheng.project"
    label = "project"

    def ready(self) -> None:
        """Make the directories that settings name, private to this user."""
        from xinheng.project import checks  # noqa: F401  (registers on import)

        for directory in (settings.FILE_UPLOAD_TEMP_DIR, settings.KEYS_DIR):
            Path(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
