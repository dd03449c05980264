"""The project's settings with one more page, for the bench of the portal."""

from xinheng.project.settings import *  # noqa: F403

ROOT_URLCONF = "benches._portal_urls"
