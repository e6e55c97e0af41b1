"""The console in English: its templates stay in plain Chinese, and are translated when they are first loaded.

``pages.tsv`` has a line for every piece of Chinese in the templates: the piece, a tab, its English (empty where English
says nothing there), and, where the same piece means different things, a tab and the template that this is for.
``said.tsv`` has what the program's code says: labels, and sentences with ``{}`` for what is filled in. What it does not
have is shown in Chinese, as are banks, campaigns and everything else that people wrote.
"""

from admin.english.said import in_english
from admin.english.translated import BilingualEnvironment

__all__ = ["BilingualEnvironment", "in_english"]
