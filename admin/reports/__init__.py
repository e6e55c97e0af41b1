"""Reports that go upward, in the browser: written, made as files, with photos and the office's own Word templates."""
