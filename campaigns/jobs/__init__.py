"""Long work: asked for in a request, done by a worker in steps, with progress, and taken up again after a death."""
