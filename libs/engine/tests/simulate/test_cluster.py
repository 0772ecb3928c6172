"""Worlds drawn by the processes of a Dask cluster are the worlds that are drawn here."""

import numpy as np
import pytest
from sdp_engine.simulate import cluster, simulate

distributed = pytest.importorskip("distributed", reason="Dask is not installed: it comes with the extra `cluster`")

WORLDS, SEED = 700, 11


@pytest.fixture(scope="module")
def given(two_games):
    return two_games.slate, two_games.predicted, SEED


@pytest.fixture(scope="module")
def here(given):
    return simulate(*given, WORLDS)


def same(one, other) -> bool:
    return (
        one.worlds == other.worlds
        and one.players.equals(other.players)
        and one.games.equals(other.games)
        and set(one.sheets) == set(other.sheets)
        and all(np.array_equal(sheet, other.sheets[name]) for name, sheet in one.sheets.items())
    )


def test_any_number_of_workers_draws_the_same_bits(given, here):
    """One cluster that grows: every process of it draws, and the answer stays."""
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        for workers in (1, 2, 4):
            local.scale(workers)
            client.wait_for_workers(workers, timeout=90)
            assert len(client.nthreads()) == workers
            assert same(cluster.simulate_on(client, *given, WORLDS, part=60), here)


def test_what_cannot_be_drawn_is_refused_before_anything_is_sent(given):
    class Nobody:
        def scatter(self, data, *, broadcast):
            raise AssertionError("sent")

        map = gather = scatter

    for worlds, part in ((0, 10), (10**9, 10), (10, 0)):
        with pytest.raises(ValueError, match="is not between"):
            cluster.simulate_on(Nobody(), *given, worlds, part=part)


def test_only_draws_of_the_same_players_are_joined(here, make):
    with pytest.raises(ValueError, match="no draws"):
        cluster.join([])
    alone = make().game(2.5, 44.0)
    other = simulate(alone.slate, alone.predicted, SEED, 10)
    with pytest.raises(ValueError, match="same players"):
        cluster.join([here, other])
    first, rest = (simulate(alone.slate, alone.predicted, SEED, n, first=at) for n, at in ((4, 0), (6, 4)))
    assert same(cluster.join([first, rest]), other)
