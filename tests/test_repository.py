"""What stands in the repository besides code: locks, licence, versions, metadata."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
import yaml

from tests.committed import ROOT, files, pyproject

SHARED_DATA = ROOT.parent / "shared" / "data"
# The licence's own text, as the Apache Software Foundation publishes it.
APACHE_2_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
MACHINE_PATH = re.compile(
    r"(?:^|[^\w.])/(?:work|tmp|farm|home|root)/[\w.]", re.MULTILINE
)
INDEX_HOST = re.compile(r"pypi[.]org|python[h]osted|registry[.]npmjs|deb[.]debian")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")
PUBLICCODE_MANDATORY = {
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus",
    "softwareType", "description", "legal", "maintenance", "localisation",
}  # fmt: skip
REQUIREMENT = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def project() -> dict:
    return pyproject()["project"]


def locked(name: str) -> set[tuple[str, str]]:
    """Return package and version of every line; one package may have two versions."""
    found = REQUIREMENT.findall(read(name))
    return {(package.lower(), version) for package, version in found}


def packages(name: str) -> set[str]:
    return {package for package, _ in locked(name)}


def names(requirements: list[str]) -> set[str]:
    return {
        re.match(r"[\w.-]+", each)[0].lower().replace("_", "-") for each in requirements
    }


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}: {found[0].strip()}"
        for name, content in files().items()
        for found in pattern.finditer(content.decode("utf-8", errors="replace"))
    ]


LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-peers.lock")


class TestLocks:
    def test_every_dependency_is_locked(self):
        assert names(project()["dependencies"]) <= packages("requirements.lock")

    def test_every_development_dependency_is_locked(self):
        extras = project()["optional-dependencies"]

        assert names(extras["dev"]) <= packages("requirements-dev.lock")
        assert names(extras["peers"]) <= packages("requirements-peers.lock")

    def test_every_lock_has_the_versions_that_production_uses(self):
        assert locked("requirements.lock") <= locked("requirements-dev.lock")
        assert locked("requirements-dev.lock") <= locked("requirements-peers.lock")

    @pytest.mark.parametrize("name", LOCKS)
    def test_every_locked_package_has_a_hash(self, name):
        starts = re.split(r"^(?=[A-Za-z0-9])", read(name), flags=re.MULTILINE)
        blocks = [block for block in starts if REQUIREMENT.match(block)]

        assert len(blocks) == len(locked(name))
        assert [block for block in blocks if "--hash=sha256:" not in block] == []

    @pytest.mark.parametrize("name", LOCKS)
    def test_no_lock_names_where_packages_come_from(self, name):
        assert not re.search(
            r"https?://|--(?:extra-)?index-url|--find-links", read(name)
        )

    def test_the_script_lock_holds_hashes_and_no_addresses(self):
        lock = json.loads(read("package-lock.json"))
        installed = {name: each for name, each in lock["packages"].items() if name}

        assert installed
        assert [n for n, each in installed.items() if "integrity" not in each] == []
        assert [n for n, each in installed.items() if "resolved" in each] == []

    def test_the_script_lock_is_that_of_the_package_file(self):
        wanted, lock = (
            json.loads(read("package.json")),
            json.loads(read("package-lock.json")),
        )

        for kind in ("dependencies", "devDependencies"):
            assert lock["packages"][""].get(kind) == wanted.get(kind)


class TestLicence:
    def test_the_licence_is_apache_2_word_for_word(self):
        assert hashlib.sha256(read("LICENSE").encode()).hexdigest() == APACHE_2_SHA256

    def test_the_package_metadata_say_the_same(self):
        assert project()["license"] == "Apache-2.0"
        assert json.loads(read("package.json"))["license"] == "Apache-2.0"


class TestChangelog:
    def test_the_newest_version_is_that_of_the_package(self):
        headings = re.findall(
            r"^## \[(\d+\.\d+\.\d+)\]", read("CHANGELOG.md"), re.MULTILINE
        )

        assert headings[0] == project()["version"]

    def test_the_newest_version_tells_what_changes_for_rules_and_operators(self):
        newest = re.split(r"^## ", read("CHANGELOG.md"), flags=re.MULTILINE)[1]

        assert "\n### Rules and catalog\n" in newest
        assert "\n### Upgrade notes\n" in newest


class TestPubliccode:
    """The keys that the publiccode.yml standard demands, with the values it allows."""

    @pytest.fixture
    def metadata(self):
        return yaml.safe_load(read("publiccode.yml"))

    def test_has_every_mandatory_key(self, metadata):
        assert metadata.keys() >= PUBLICCODE_MANDATORY
        assert metadata["localisation"].keys() >= {
            "localisationReady",
            "availableLanguages",
        }

    def test_uses_the_values_that_the_standard_lists(self, metadata):
        statuses = {"concept", "development", "beta", "stable", "obsolete"}

        assert metadata["developmentStatus"] in statuses
        assert metadata["softwareType"] == "standalone/web"
        assert metadata["maintenance"]["type"] in {
            "internal",
            "contract",
            "community",
            "none",
        }

    def test_names_people_where_it_says_that_people_maintain_it(self, metadata):
        maintained = metadata["maintenance"]["type"] in {"internal", "community"}

        assert maintained == bool(metadata["maintenance"].get("contacts"))

    def test_describes_itself_within_the_lengths_allowed(self, metadata):
        assert metadata["description"]
        for text in metadata["description"].values():
            assert len(text["shortDescription"].strip()) <= 150
            assert 150 <= len(text["longDescription"].strip()) <= 10_000
            assert text["features"]

    def test_names_the_licence_of_the_package(self, metadata):
        assert metadata["legal"]["license"] == project()["license"]


class TestFiles:
    def test_no_file_holds_a_path_of_some_machine(self):
        assert lines_with(MACHINE_PATH) == []

    def test_no_file_names_a_package_index(self):
        assert lines_with(INDEX_HOST) == []

    def test_no_file_holds_a_private_key(self):
        assert lines_with(PRIVATE_KEY) == []

    @pytest.mark.shared_data
    def test_no_file_is_a_copy_of_the_shared_data(self):
        if not SHARED_DATA.is_dir():
            pytest.skip("../shared/data is absent")
        theirs = {
            hashlib.sha256(path.read_bytes()).digest(): path.name
            for path in SHARED_DATA.iterdir()
        }

        copies = [
            name
            for name, content in files().items()
            if hashlib.sha256(content).digest() in theirs
        ]

        assert copies == []
