"""Things on paper and on screens that people scan or hang up: bytes out, no web.

`codes` makes QR codes, `posters` makes A4 posters; `fonts` holds what they are set in, `typesetting` breaks Chinese
text into lines that fit, `errors` says what cannot be printed.
"""
