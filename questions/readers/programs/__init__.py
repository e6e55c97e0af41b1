"""Formats that quiz programs write: GIFT, Aiken, Moodle's XML, QTI and packages of it."""
