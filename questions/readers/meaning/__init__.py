"""What a draft means: its kind, its answer, the codes of its file; `settle` makes questions of drafts."""
