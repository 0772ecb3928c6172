"""Which providers exist: the modules of the `providers` folder."""

import importlib
import pkgutil
from functools import cache

from sdp_common.errors import BadInput, Misconfigured

from sdp_ingestion import providers as package
from sdp_ingestion.provider import Provider


@cache
def providers() -> dict[str, Provider]:
    """Return every provider; a module in `providers/` is registered by being there.

    Raises:
        Misconfigured: Two modules give their provider the same name.
    """
    found: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.ispkg:
            continue
        provider: Provider = importlib.import_module(f"{package.__name__}.{module.name}").PROVIDER
        if provider.name in found:
            raise Misconfigured(f"two providers are named {provider.name}")
        found[provider.name] = provider
    return found


def provider(name: str) -> Provider:
    """Return a provider by its name.

    Raises:
        BadInput: There is none of that name; the message lists those there are.
    """
    known = providers()
    if name not in known:
        raise BadInput(f"there is no provider {name!r}; there are {', '.join(sorted(known))}")
    return known[name]
