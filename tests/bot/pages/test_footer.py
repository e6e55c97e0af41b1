"""Registration numbers and where they lead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.pages.footer import ICP_REGISTER, POLICE_REGISTER, footer_parts


def test_registration_numbers_lead_to_their_registers() -> None:
    assert footer_parts("某局 京ICP备12345678号-1 京公网安备 11010102000001号") == [
        ("某局 ", ""),
        ("京ICP备12345678号-1", ICP_REGISTER),
        (" ", ""),
        ("京公网安备 11010102000001号", f"{POLICE_REGISTER}11010102000001"),
    ]


def test_without_a_footer_there_is_nothing() -> None:
    assert footer_parts("") == []


@given(st.text(alphabet="京ICP备公网安 0123456789号-x"))
def test_no_word_of_a_footer_is_lost(text: str) -> None:
    assert "".join(words for words, _ in footer_parts(text)) == text
