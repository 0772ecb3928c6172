"""Health: of this process, of the sources and of the services."""
