"""The training process."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any

import polars as pl
from sdp_common.errors import BadInput, Conflict
from sdp_common.moments import read_moment
from sdp_common.service import Job, Service
from sdp_common.store import features, stats
from sdp_engine.features import build as engine
from sdp_sports.spec import load
from threadpoolctl import threadpool_limits

from sdp_training import candidates
from sdp_training.promotion import promote

service = Service("training")
THREADS = 2
"""Models that are fitted side by side; each fit is one thread, outside Python's lock."""
LISTEN_S = 0.5
"""How often a long fit looks whether the user wants to stop."""


@service.job(attempts=3)
def train(job: Job, sport: str, until: str | None = None) -> dict[str, Any]:
    """Fit every market in every family on what was known by a moment, register the artifacts, promote the best.

    Where the data and the configuration are those of a registered model nothing is fitted anew.

    Args:
        job: This execution.
        sport: The sport's code.
        until: ISO 8601; nothing known later is learnt from. Now where None.

    Raises:
        BadInput: No such sport, or not a moment.
        Conflict: No features were built by then, or too few games are known.
    """
    try:
        declared = load(sport)
    except KeyError as error:
        raise BadInput(str(error.args[0])) from error
    moment = read_moment(until, job.now)
    job.progress(0.01, "reading features and stat lines")
    data = _read(job, sport, moment)
    root = job.settings.artifacts_dir
    with job.session() as session:
        known = candidates.known(session, sport, root)
    # The widest markets first, so that no thread is left alone with one at the end.
    markets = sorted(declared.markets, key=lambda name: -len(declared.markets[name].positions))
    ids: list[int] = []
    done, trained = 0, 0
    # One thread of linear algebra a fit: no quarrel over cores, and the same sums in the same order.
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        waiting = {pool.submit(candidates.fit, declared, name, data, known, moment): name for name in markets}
        try:
            while waiting:
                finished, _ = wait(waiting, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    market, fitted = waiting.pop(future), future.result()
                    done += 1
                    trained += sum(isinstance(model, candidates.Candidate) for model in fitted)
                    ids += [_land(job, model) for model in fitted]
                    job.progress(0.05 + 0.9 * done / len(markets), f"{done} of {len(markets)} markets: {market}")
                if not finished:
                    job.progress(0.05 + 0.9 * done / len(markets))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    with job.session() as session:
        promoted = promote(session, sport, ids)
    return {
        "rows": data[0].height,
        "models": len(ids),
        "trained": trained,
        "unchanged": len(ids) - trained,
        "promoted": promoted,
    }


def _read(job: Job, sport: str, moment: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return feature rows and stat lines known by the moment."""
    with job.session() as session:
        rows = features.history(session, sport, engine.NAME, until=moment)
        lines = stats.player_games(session, sport, as_of=moment)
    if rows.is_empty():
        raise Conflict(f"no {sport} features of games before {moment:%Y-%m-%d}: run the features job `build` first")
    return rows, lines


def _land(job: Job, fitted: candidates.Candidate | candidates.Known) -> int:
    if isinstance(fitted, candidates.Known):
        return fitted.version_id
    with job.session() as session:
        return candidates.land(session, job.settings.artifacts_dir, fitted).id


def main() -> None:
    """Run the service's command line."""
    service.main()
