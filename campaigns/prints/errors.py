"""What cannot be printed; each text is one plain sentence for the person who asked for the print.

PrintError               a branch of CampaignsError
  +-- UnusableAddress    an address that no QR code should hold
  +-- PictureTooSmall    fewer pixels than a phone can read
  +-- UnusableLogo       no picture that could stand in the middle of a code
  +-- UnprintableText    characters that the bundled fonts do not have
  +-- TextTooLong        a text that does not fit its place even in the smallest legible type
"""

from __future__ import annotations

from campaigns.errors import CampaignsError


class PrintError(CampaignsError):
    """What cannot be printed."""


class UnusableAddress(PrintError):
    """Not a plain http(s) address of at most 300 ASCII characters."""


class PictureTooSmall(PrintError):
    """The code would have modules too small for a phone; its text says how many pixels are needed."""


class UnusableLogo(PrintError):
    """Not a picture that can be opened, or a larger one than is safe to open."""


class UnprintableText(PrintError):
    """The bundled fonts lack `characters`; printed, they would be empty boxes."""

    def __init__(self, characters: str) -> None:
        super().__init__(f"海报字库里没有这些字：{'、'.join(characters)}。请换一种写法，再生成一次。")
        self.characters = characters


class TextTooLong(PrintError):
    """The text of one field does not fit; `field` is its Chinese name."""

    def __init__(self, field: str) -> None:
        super().__init__(f"“{field}”太长，海报上放不下。请缩短后再生成一次。")
        self.field = field
