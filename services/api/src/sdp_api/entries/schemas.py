"""Entries files, as the web and scripts see them."""

from sdp_api.schema import Answer


class PlaceRead(Answer):
    """Who stands in a roster place: nobody where `name` is null. A locked place cannot change any more."""

    slot: str
    name: str | None
    draftable_id: int | None
    is_locked: bool


class EntryRead(Answer):
    """One entry; `is_known` is false where it holds somebody who is not on this slate: it is then left alone."""

    entry_id: str
    contest_id: str
    contest_name: str
    fee_usd: float | None
    is_known: bool
    places: list[PlaceRead]


class EntriesRead(Answer):
    """An entries file that was kept: its entries, how many places are locked, and how many entries are all locked."""

    upload_id: int
    slate_id: int
    entries: list[EntryRead]
    places_locked: int
    finished: int
    unknown: int
