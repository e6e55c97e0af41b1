"""The H5 pages: a campaign's entry page, its questions, the result. They work without JavaScript."""

from bot.pages.quiz import blueprint

__all__ = ["blueprint"]
