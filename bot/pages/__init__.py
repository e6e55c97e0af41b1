"""The H5 pages: a campaign's entry page, its questions, the result. They work without JavaScript.

`handle_errors` gives the whole application a kind page where nothing else answers.
"""

from bot.pages.quiz import blueprint
from bot.pages.troubles import handle_errors

__all__ = ["blueprint", "handle_errors"]
