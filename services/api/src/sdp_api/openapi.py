"""The contract: `python -m sdp_api.openapi > contracts/openapi.json`."""

import json
import sys

from sdp_common.settings import Settings

from sdp_api.app import create_app


def contract() -> str:
    """Return the OpenAPI document, the same text every time: sorted keys, two spaces, a newline at the end."""
    document = create_app(Settings.model_construct()).openapi()
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(contract())
