"""How we touch the world: settings, logs, errors, the job runner, HTTP, artifacts and the database."""
