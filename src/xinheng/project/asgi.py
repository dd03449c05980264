"""The ASGI application that `xinheng serve` runs."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.project.settings")
application = get_asgi_application()
