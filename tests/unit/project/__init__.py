"""The project's own files: documents, packaging."""
