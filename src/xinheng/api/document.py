"""The API's own document (OpenAPI 3.1), committed under docs/reference/openapi.json.

python -m xinheng.api.document > docs/reference/openapi.json
"""

from __future__ import annotations

import json
import os

import django


def document() -> str:
    """Return the document as it is committed; Django must be set up."""
    from xinheng.api.urls import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.project.settings")
    django.setup()
    print(document(), end="")
