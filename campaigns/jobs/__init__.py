"""Long work: asked for in a request, done by a worker in steps, with progress, and taken up again after a death.

Rooms: `kinds` says what a kind of job is, `asking` asks for one, finds, cancels it and gives its file, `working` does
them, `imports` are those of files that are too long for a request.
"""
