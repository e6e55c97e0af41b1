"""Running the program: serving and supervising, the worker, the doctor."""
