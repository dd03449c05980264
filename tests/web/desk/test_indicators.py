"""The indicators at the desk: what is known, what is not, and what if."""

from __future__ import annotations


def text(answer):
    return answer.content.decode()


class TestIndicators:
    def test_show_known_points_and_leave_the_others_unknown(self, office):
        page = "/desk/indicators/?period=2019-05&edition="

        first, second = text(office.get(page + "2019")), text(office.get(page + "2020"))

        assert "未知" in first
        assert "重大诚信案例确认与弘扬" in first
        assert "修复效率" in second
        assert "本库未掌握" in second
        assert "分母为零" in second
        assert "未发现问题" in second

    def test_tell_what_an_act_moves(self, office):
        asked = "period=2019-05&action=report_case&times=3&hours=1.5"
        moved = text(office.get(f"/desk/indicators/?{asked}"))
        wrong = text(office.get("/desk/indicators/?action=report_case&times=0"))

        assert "0 → 3 (+3.00)" in moved
        assert "共 4.5 小时" in moved
        assert "请填写不小于 1 的数" in wrong

    def test_are_kept_month_by_month(self, office):
        kept = office.post("/desk/indicators/2019-05/keep")
        page = text(office.get(kept["Location"]))
        early = office.post("/desk/indicators/2099-05/keep")
        wrong = office.post("/desk/indicators/may/keep")

        assert "历次留存" in page
        assert "2019-05 0" in page
        assert early["Location"].endswith("done=open")
        assert wrong["Location"].endswith("done=open")
