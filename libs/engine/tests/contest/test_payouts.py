import pytest
from sdp_engine.contest.payouts import Offer, Prize, prizes_of


def test_ranks_are_paid_cash_and_tickets_at_what_they_are_worth() -> None:
    offer = Offer("x", 5.0, 6, (Prize(1, 1, 20.0, ticket_usd=10.0), Prize(2, 3, 2.55)))
    assert offer.prize_cents().tolist() == [3000, 255, 255, 0, 0, 0]
    assert offer.prize_cents(ticket_value=0.5).tolist() == [2500, 255, 255, 0, 0, 0]
    assert offer.paid == 3
    assert offer.pool_usd == pytest.approx(35.10)


def test_a_contest_that_did_not_fill_pays_only_who_is_there() -> None:
    offer = Offer("x", 5.0, 2, (Prize(1, 5, 3.0),))
    assert offer.prize_cents().tolist() == [300, 300]
    assert offer.paid == 2
    assert offer.resized(4).paid == 4


@pytest.mark.parametrize(
    ("prizes", "word"),
    [
        ((Prize(1, 2, 1.0), Prize(2, 3, 1.0)), "twice"),
        ((Prize(0, 2, 1.0),), "ranks"),
        ((Prize(3, 2, 1.0),), "ranks"),
        ((Prize(1, 1, -1.0),), "negative"),
    ],
)
def test_an_impossible_payout_table_is_refused(prizes: tuple[Prize, ...], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Offer("x", 1.0, 10, prizes)


def test_an_offer_needs_entries_and_a_fee_that_can_be_paid() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Offer("x", 1.0, 0, ())
    with pytest.raises(ValueError, match="negative"):
        Offer("x", -1.0, 3, ())


def test_stored_rows_become_prizes() -> None:
    rows = [{"from_rank": 1, "to_rank": 2, "amount_usd": 4}, {"from_rank": 3, "to_rank": 3, "amount_usd": 0}]
    assert prizes_of(rows) == (Prize(1, 2, 4.0), Prize(3, 3, 0.0))
    assert prizes_of([rows[0] | {"ticket_usd": 9}])[0].ticket_usd == 9.0
