"""What is asked: questions, papers, marking, banks and their files. Pure: knows no web, no SQL, no Redis, no WeChat."""
