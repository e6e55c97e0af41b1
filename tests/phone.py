"""A phone's browser without JavaScript: it keeps cookies, follows redirects, and submits the forms that pages hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ADDRESS = "https://quiz.example.gov.cn"

Fields = dict[str, str | list[str]]


@dataclass
class Form:
    action: str
    fields: Fields = field(default_factory=dict)
    """What the page filled in itself."""


class Page(HTMLParser):
    """What a person sees of a response, and the forms in it."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.status = response.status_code
        self.path = response.request.full_path.rstrip("?")
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._hidden = False
        self.feed(self.html)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._words))

    @property
    def form(self) -> Form:
        (form,) = self.forms
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._hidden = tag in {"title", "style", "script"}
        if tag == "form":
            self.forms.append(Form(named["action"]))
        if tag == "input" and named.get("type") == "hidden":
            self.forms[-1].fields[named["name"]] = named["value"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)


class Phone:
    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def open(self, path: str) -> Page:
        """A page, behind whatever redirects lead to it."""
        return Page(self.client.get(path, base_url=ADDRESS, follow_redirects=True))

    def submit(self, form: Form, **fields: str | list[str]) -> Page:
        """The page behind a form, filled in by the person."""
        return Page(
            self.client.post(form.action, data={**form.fields, **fields}, base_url=ADDRESS, follow_redirects=True)
        )

    def begin(self, path: str) -> Page:
        """The first question of a campaign's entry page."""
        return self.submit(self.open(path).form)
