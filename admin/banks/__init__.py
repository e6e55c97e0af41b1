"""The console's screens of banks: the list, questions one by one, uploads and what is seen of them before an import."""
