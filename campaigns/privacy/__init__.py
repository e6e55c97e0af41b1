"""Personal data: masked where others see them, sealed where nobody should, kept no longer than was said.

The names below are what most of the house needs. The rooms beside them know the tables: `kept` says what is kept, why
and how long; `retention` and `purging` end that; `own_data`, `correcting` and `forgetting` serve the person whom it is
about; `requests` keeps what persons asked for.
"""

from campaigns.privacy.masking import TAIL, guest, masked, masked_phone, shown
from campaigns.privacy.seals import CLAIMS, CODES, PHONES, Seal, fernet

__all__ = [
    "CLAIMS",
    "CODES",
    "PHONES",
    "TAIL",
    "Seal",
    "fernet",
    "guest",
    "masked",
    "masked_phone",
    "shown",
]
