"""`xinheng import`: whole files, returns and deltas."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.factories import files
from xinheng.cli.commands import import_
from xinheng.rulebook import catalog, exports, samples

pytestmark = pytest.mark.django_db
ONE = next(each for each in samples.organizations(20) if each.code.startswith("91"))


def run(*arguments):
    return CliRunner().invoke(import_.command, [*map(str, arguments), "--json"])


@pytest.fixture(autouse=True)
def _directory(settings, tmp_path, monkeypatch):
    settings.KEYS_DIR = tmp_path / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700)
    monkeypatch.setattr(import_, "prepare", lambda *_, **__: None)


class TestImport:
    def test_takes_the_return_of_a_registrar(self, tmp_path):
        path = tmp_path / "return.csv"
        item = catalog.dataset("market_registration")
        path.write_bytes(exports.sample_csv(item, rows=10))

        answer = json.loads(run(path, "--kind", "market").stdout)

        assert (answer["new"], answer["rejected"], answer["absent"]) == (10, 0, 0)

    def test_takes_a_list_of_industries(self, tmp_path):
        rows = [{"code": "A0111", "name": "稻谷种植"}, {"code": "0111", "name": "无"}]
        path = files.write_csv(tmp_path / "list.csv", rows)

        done = run(path, "--kind", "industries")

        answer = json.loads(done.stdout)
        assert done.exit_code == 1
        assert (answer["list"], answer["new"], answer["rejected"]) == (
            "industries",
            1,
            1,
        )

    def test_knows_no_delta_of_a_list(self, tmp_path):
        done = run(tmp_path / "list.csv", "--kind", "industries", "--delta")

        assert done.exit_code == 2

    def test_ends_what_a_delta_ends(self, tmp_path):
        row = {"名称": ONE.name, "信用代码": ONE.code}
        run(files.write_csv(tmp_path / "a.csv", [row]))
        row |= {"变更类型": "注销", "变更日期": "2019-05-01"}

        done = run(files.write_csv(tmp_path / "b.csv", [row]), "--delta")

        answer = json.loads(done.stdout)
        assert done.exit_code == 0
        assert (answer["changed"], answer["absent"]) == (1, None)

    def test_leaves_with_one_where_a_row_is_not_taken(self, tmp_path):
        row = {"名称": ONE.name, "信用代码": "无"}

        done = run(files.write_csv(tmp_path / "a.csv", [row]))

        answer = json.loads(done.stdout)
        assert done.exit_code == 1
        assert (answer["rejected"], answer["issues"]) == (1, 1)

    def test_refuses_a_file_whose_codes_are_names(self, tmp_path):
        rows = [{"名称": "示例市", "信用代码": f"示例市第{n}公司"} for n in range(20)]

        done = run(files.write_csv(tmp_path / "a.csv", rows))

        assert done.exit_code == 2
        assert json.loads(done.stdout)["error"]["code"] == "CODES_ARE_NAMES"

    def test_names_the_column_of_each_refusal(self, tmp_path):
        row = {"名称": ONE.name, "信用代码": ONE.code, "变更类型": "", "变更日期": ""}
        path = files.write_csv(tmp_path / "delta.csv", [row])

        done = CliRunner().invoke(import_.command, [str(path), "--delta"])

        assert "第 1 行 row\tchange\tREQUIRED" in done.output
        assert "第 1 行 row\tchanged_on\tREQUIRED" in done.output
