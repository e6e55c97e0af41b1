"""A line of a document, as every reader of running text hands it to `written`."""

from __future__ import annotations

from dataclasses import dataclass

from questions.model import Picture


@dataclass(frozen=True, slots=True)
class Line:
    """One line or paragraph of text as its reader sees it, tidy, never empty unless it holds a picture."""

    where: str
    """``第12行`` or ``第12段``."""
    text: str
    """With what automatic numbering shows in front (``3. ``, ``A. ``), and tabs between the cells of a table's row."""
    automatic: int = 0
    """How many characters of the text automatic numbering has put there."""
    marked: tuple[tuple[int, int], ...] = ()
    """Spans (start, end) of the text that are set apart: another colour, bold, highlighted, underlined, a tick box."""
    heading: int = 0
    """The level of a heading (Word's styles, Markdown's #); 0 for running text."""
    pictures: tuple[Picture, ...] = ()
    """Pictures that stand in this line; their place is decided by whoever knows the question."""
    apart: bool = False
    """Whether an empty line stands above it."""
