"""The database: models, migrations, sessions and bulk writes."""
