"""The five feeds: one module a provider, pure start and parse."""
