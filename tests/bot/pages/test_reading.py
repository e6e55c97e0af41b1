"""In Chinese or English, in ordinary or large letters."""

from __future__ import annotations

import re

import pytest
from campaign_made import SUMMER
from flask import Flask
from phone import ADDRESS, Phone


def test_english_is_kept_and_what_organisers_wrote_stays_as_it_is(phone: Phone) -> None:
    page = phone.open("/q/week?lang=en")
    assert '<html lang="en">' in page.html
    assert "Begin" in page.text
    assert '<h1 class="hero__name" lang="zh-CN">节能宣传周有奖答题</h1>' in page.html
    question = phone.begin("/q/week")
    assert "Question 1 of 4 · one answer · 10 pts" in question.text
    assert SUMMER.stem in question.text
    verdict = phone.submit(question.form, option="C")
    assert "✅ Right, +10 points" in verdict.text
    assert 'lang="zh-CN"' in phone.open("/q/week?lang=zh").html


def test_an_english_page_is_english_but_for_names_and_questions(phone: Phone) -> None:
    phone.open("/q/week?lang=en")
    page = phone.begin("/q/week")
    for fields in ({"option": "C"}, {"option": "B"}, {"option": ["A", "B", "D"]}, {"blank": "1"}):
        page = phone.submit(page.form, **fields)  # type: ignore[arg-type]
    for path in ("", "/result", "/review?show=all", "/rankings", "/rankings/units", "/record", "/rules", "/bind"):
        html = phone.open(f"/q/week{path}").html
        said = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\".*?</\1>", "", html, flags=re.S)
        said = re.sub(r"机关事务管理局|节能宣传周有奖答题", "", said)
        assert re.findall(r"[一-鿿]+", said) == [], path


def test_one_readers_language_is_not_the_next_ones(app: Flask, phone: Phone) -> None:
    phone.open("/q/week?lang=en")
    assert "开始答题" in Phone(app).open("/q/week").text
    assert "No such campaign" in phone.open("/q/none").text
    assert "没有找到这个活动" in Phone(app).open("/q/none").text


@pytest.mark.parametrize("query", ["lang=fr", "text=huge", "lang=%00&text="])
def test_what_cannot_be_chosen_changes_nothing(phone: Phone, query: str) -> None:
    page = phone.open(f"/q/week?{query}")
    assert '<html lang="zh-CN">' in page.html
    assert "lvda_reading" not in str(page.headers)


def test_the_links_stay_on_this_site_and_on_this_page(phone: Phone) -> None:
    question = phone.begin("/q/week")
    assert 'href="/q/week/question?text=large"' in question.html
    strange = phone.client.get("//evil.example/%22%3E", base_url=ADDRESS).get_data(as_text=True)
    assert 'href="//' not in strange


def test_what_goes_wrong_is_told_in_the_readers_language_too(phone: Phone) -> None:
    phone.open("/q/week?lang=en")
    page = phone.begin("/q/week")
    page.form.fields["csrf_token"] = "stale"
    assert "This page was left open for too long" in phone.submit(page.form, option="C").text


@pytest.mark.parametrize("path", ["/wechat", "/wechat/main", "/wecom", "/healthz"])
def test_what_programs_ask_for_is_read_by_nobody(phone: Phone, path: str) -> None:
    response = phone.client.get(f"{path}?lang=en&text=large", base_url=ADDRESS)
    assert "lvda_reading" not in str(response.headers)
    assert "lvda_reading" in str(phone.client.get("/wechats?lang=en", base_url=ADDRESS).headers)
