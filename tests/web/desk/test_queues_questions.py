"""Questions and publication holds at the desk: answered by name, with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from xinheng.apps.intake.models import Question
from xinheng.apps.records.models import PublicationHold
from xinheng.core.submissions.plausibility import CODES


def url(page: str, *arguments: object) -> str:
    return reverse(f"desk:{page}", args=arguments)


def text(answer) -> str:
    return answer.content.decode()


class TestQuestions:
    def test_stand_on_the_page_of_their_submission(self, clerk, question):
        submission = Question.objects.get().submission_id

        page = text(clerk.get(url("submission", submission)))

        assert "入库的20行的决定日期都是2019-05-31" in page

    def test_are_answered_with_a_reason(self, office, question):
        missing = office.post(url("question", question), {"choice": "WRONG"})
        sent = {"choice": "WRONG", "reason": "填成了报送日"}
        answer = office.post(url("question", question), sent, follow=True)

        assert "请说明理由" in text(missing)
        assert "您的答复已记录" in text(answer)
        assert answer.context["page"].total == 0
        page = text(office.get(url("questions"), {"answered": "1"}))
        assert "填成了报送日" in page

    def test_are_answered_once(self, office, question):
        sent = {"choice": "WRONG", "reason": "填成了报送日"}
        office.post(url("question", question), sent)

        assert "已有人答复" in text(office.post(url("question", question), sent))

    def test_are_not_found_where_there_is_none(self, office, city):
        assert office.get(url("question", 10**9)).status_code == 404

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("rule", CODES)
    def test_say_their_figures_in_both_languages(
        self, office, question, rule, language
    ):
        details = {"period": "2019-05", "count": 7, "usual": 4, "columns": 4}
        details |= {"day": "2019-05-31", "earlier": "2019-04", "names": ["permit"]}
        Question.objects.update(rule=rule, details=details)

        page = text(office.get(url("questions"), headers={"Accept-Language": language}))

        assert "{" not in page


class TestHolds:
    def test_are_let_pass_with_a_reason(self, office, hold):
        missing = office.post(url("hold", hold), {})
        answer = office.post(url("hold", hold), {"reason": "补报历史数据"}, follow=True)

        assert "请说明理由" in text(missing)
        assert "补报历史数据" in text(answer)
        assert PublicationHold.objects.get().released_by

    def test_are_let_pass_once(self, office, hold):
        for _ in range(2):
            answer = office.post(url("hold", hold), {"reason": "补报历史数据"})

        assert "已有人放行" in text(answer)

    def test_are_not_found_where_there_is_none(self, office, city):
        assert office.get(url("hold", 10**9)).status_code == 404
