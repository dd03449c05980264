"""The API under /api/v1/; its document is committed and compared in the tests."""

from __future__ import annotations

from ninja import NinjaAPI

from xinheng.api import (
    changes,
    ledger,
    measures,
    problems,
    public,
    standing,
    submissions,
    uploads,
)

api = NinjaAPI(
    title="Xinheng 信衡",
    version="1",
    description="Public credit information of organizations.",
    urls_namespace="api-v1",
    docs_url=None,
)
api.add_router("", public.router)
api.add_router("", changes.router)
api.add_router("", ledger.router)
api.add_router("", standing.router)
api.add_router("", measures.router)
api.add_router("", submissions.router)
api.add_router("", uploads.router)
problems.register(api)
