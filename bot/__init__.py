"""The participant's door: chat channels, the dialogue, the phone pages."""
