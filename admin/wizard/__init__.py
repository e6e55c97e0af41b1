"""A campaign made step by step: the same draft as the form of all settings, a step a page."""
