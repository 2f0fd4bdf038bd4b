"""The textbook's figures and examples, held against mazefit: `python -m book` writes docs/book.md (not part of the package)."""
