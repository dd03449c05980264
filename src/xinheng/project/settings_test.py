"""Settings of the test suite: a throwaway directory, fast hashes, no TLS redirect."""

import os
import tempfile

os.environ.setdefault("XINHENG_DIR", tempfile.mkdtemp(prefix="xinheng-test-"))
os.environ.setdefault(
    "XINHENG_SECRET_KEY", "only-for-the-test-suite-and-long-enough-to-pass-its-check"
)
os.environ.setdefault("XINHENG_INSECURE_HTTP", "1")

from xinheng.project.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = True
# The static files' server warns of a directory that isn't there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
