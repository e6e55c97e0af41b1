"""The screens of personal data: what persons ask for, how long campaigns keep them, what is kept, one person's own."""
