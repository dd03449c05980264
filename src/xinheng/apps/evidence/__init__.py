"""Files of evidence: what proves a correction, an objection, a repair, a listing.

    ref = operations.store(content=bytes, name="决定书.pdf", actor=account_id, at=now)
    queries.open(ref.digest)       the bytes again
    queries.find([digest, ...])    name, type and size, for pages

`store` belongs into the transaction of the act that the file proves, and raises
`EvidenceError` with a stable fault where it can't be kept; `web/desk/evidence.py` has
the form field and the words. The app that keeps a digest says who may see the file: a
digest alone opens nothing on a page.
"""
