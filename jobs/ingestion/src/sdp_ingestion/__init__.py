"""Ingestion: five feeds, one module a source, one shell that fetches and saves."""
