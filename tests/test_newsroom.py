"""Twenty-four real news channels through the whole method: what they do together is syndication or one owner's, never supported."""

from __future__ import annotations

import pytest

from investigate import Case


@pytest.mark.slow
def test_news_channels_give_leads_and_no_more(shared_data, tmp_path):
    """By links, by equal and by similar texts, at 60 s and 5 min: groups are found, each with an explanation, each at E1."""
    case = Case.create(tmp_path / "case")
    case.load(shared_data("telegram_news.tar.gz"), "telegram_news")
    for relations, window in ((None, "60s"), (["co_url", "similar_text"], "60s"), (["similar_text"], "5m")):
        case.relate(relations, window=window)
        case.score()
        case.group()
        found = case.find()
        assert len(found) >= 2, relations
        for finding in found:
            verdicts = [a.verdict for a in finding.alternatives]
            assert finding.evidence_grade == "E1" and finding.status == "lead", (relations, window, finding.members)
            assert "explains" in verdicts or verdicts.count("partly") >= 2
    case.close()
