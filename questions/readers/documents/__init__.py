"""Documents: Word, web pages, Markdown and plain text → lines and tables in their order."""
