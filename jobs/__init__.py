"""The background edge: the only importer of Celery."""
