"""The files of spreadsheet programs → tables: xlsx, xls, ods, and text with separators."""
