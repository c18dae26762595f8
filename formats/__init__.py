"""What makes the PDF and the EPUB of the book, and packs its pages as a zip."""
