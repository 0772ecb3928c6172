"""`.env.example`, written from the settings: `python -m sdp_common.environment > .env.example`."""

import sys

from pydantic.fields import FieldInfo

from sdp_common.settings import Settings

_HEAD = """\
# Every setting of the platform. Copy this file to .env and change what you need; what is commented out or empty
# keeps its default. Variables of the environment win over this file. Never commit .env: it may hold secrets.
"""


def example() -> str:
    """Return the text of `.env.example`: every setting with what it means and its default; secrets stay empty."""
    return _HEAD + "".join(_entry(name, field) for name, field in Settings.model_fields.items())


def _entry(name: str, field: FieldInfo) -> str:
    meaning = f"{(field.description or '')[:1].upper()}{(field.description or '')[1:]}."
    variable = f"SDP_{name.upper()}"
    if field.default is None or field.default == "":
        return f"\n# {meaning}\n{variable}=\n"
    value = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"\n# {meaning}\n# {variable}={value}\n"


if __name__ == "__main__":
    sys.stdout.write(example())
