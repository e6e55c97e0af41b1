"""Official accounts of WeChat: what we ask of the platform, and what it gave us."""
