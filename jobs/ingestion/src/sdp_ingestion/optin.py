"""What the opt-in sources share: they are undocumented, their terms may forbid programs, they are off until named."""

from sdp_ingestion.provider import Quality


def opt_in(whose: str, rate_per_s: float, *, key: bool = False, recorded: bool = True) -> Quality:
    """Return the quality of an undocumented source: off by default; a refusal means that it is unavailable."""
    return Quality(
        terms=f"{whose}, an undocumented endpoint whose terms may forbid automated access: switching it on is yours",
        rate_per_s=rate_per_s,
        recorded=recorded,
        default_on=False,
        key=key,
    )
