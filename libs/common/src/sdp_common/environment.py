"""`.env.example`, written from the settings: `python -m sdp_common.environment > .env.example`."""

import sys

from pydantic.fields import FieldInfo

from sdp_common.settings import Settings

_HEAD = """\
# Every setting of the platform. Copy this file to .env and change what you need; what is commented out or empty
# keeps its default. Variables of the environment win over this file. Never commit .env: it may hold secrets.
"""

_CONTAINERS = """
# What docker-compose.yml reads beside these; `sdp up` needs none of it.

# Password of the containers' database: letters and digits, e.g. what `openssl rand -hex 24` prints.
POSTGRES_PASSWORD=

# Where the web app is published: 127.0.0.1 is this machine alone.
# WEB_ADDRESS=127.0.0.1
# WEB_PORT=8080

# Tag of the images that are built and started.
# IMAGE_TAG=dev

# ingestion-demo adds the packaged seasons of 2009-2019 to the ingest containers.
# INGESTION_REQUIREMENTS=ingestion
"""


def example() -> str:
    """Return the text of `.env.example`: each setting with what it means and its default; secrets stay empty."""
    return _HEAD + "".join(_entry(name, field) for name, field in Settings.model_fields.items()) + _CONTAINERS


def _entry(name: str, field: FieldInfo) -> str:
    meaning = f"{(field.description or '')[:1].upper()}{(field.description or '')[1:]}."
    variable = f"SDP_{name.upper()}"
    if field.default is None or field.default == "":
        return f"\n# {meaning}\n{variable}=\n"
    value = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"\n# {meaning}\n# {variable}={value}\n"


if __name__ == "__main__":
    sys.stdout.write(example())
