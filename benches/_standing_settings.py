"""The project's settings with one more page and no limit, for the bench of standing."""

from xinheng.project.settings import *  # noqa: F403

ROOT_URLCONF = "benches._standing_urls"
LOOK_UPS_PER_SECOND = 1_000_000_000
