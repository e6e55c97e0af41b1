"""The rooms of the reader of Word documents: see `questions.readers.documents.docx`."""
