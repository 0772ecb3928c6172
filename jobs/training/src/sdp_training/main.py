"""The training process."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
from sdp_common.errors import BadInput, Conflict
from sdp_common.moments import read_moment
from sdp_common.service import Job, Service
from sdp_common.store import features, roles, stats
from sdp_engine.backtest.walk import WEEKS
from sdp_engine.features import build as engine
from sdp_engine.models import training
from sdp_engine.models.model import KNOWN
from sdp_sports.spec import Sport, load
from threadpoolctl import threadpool_limits

from sdp_training import candidates
from sdp_training.backtest import LISTEN_S, Plan
from sdp_training.judging import judge
from sdp_training.promotion import promote

service = Service("training")
THREADS = 2
"""Models that are fitted side by side; each fit is one thread, outside Python's lock."""


@service.job(attempts=3)
def train(job: Job, sport: str, until: str | None = None, markets: list[str] | None = None) -> dict[str, Any]:
    """Fit every market in every family on what was known before a moment, register the artifacts, promote the best.

    Where the data and the configuration are those of a registered model nothing is fitted anew. A market that the
    data do not tell enough of (kickers in a source without them) is skipped, and said to be.

    Args:
        job: This execution.
        sport: The sport's code.
        until: ISO 8601; nothing known from then on is learnt from. Now where None.
        markets: The markets to fit; all where None.

    Raises:
        BadInput: No such sport or market, or not a moment.
        Conflict: No features were built by then, or too few games are known for any market.
    """
    try:
        declared = load(sport)
    except KeyError as error:
        raise BadInput(str(error.args[0])) from error
    if unknown := sorted(set(markets or ()) - set(declared.markets)):
        raise BadInput(f"{sport} has no market {', '.join(unknown)}; it has {', '.join(declared.markets)}")
    moment = read_moment(until, job.now)
    job.progress(0.01, "reading features and stat lines")
    data = _read(job, declared, moment)
    root = job.settings.artifacts_dir
    with job.session() as session:
        known = candidates.known(session, sport, root)
    # The widest markets first, so that no thread is left alone with one at the end.
    wanted = sorted(markets or declared.markets, key=lambda name: -len(declared.markets[name].positions))
    ids: list[int] = []
    skipped: dict[str, str] = {}
    done, trained = 0, 0
    # One thread of linear algebra a fit: no quarrel over cores, and the same sums in the same order.
    with threadpool_limits(1), ThreadPoolExecutor(THREADS) as pool:
        waiting = {pool.submit(candidates.fit, declared, name, data, known, moment): name for name in wanted}
        try:
            while waiting:
                finished, _ = wait(waiting, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    market = waiting.pop(future)
                    done += 1
                    try:
                        fitted = future.result()
                    except Conflict as error:
                        skipped[market] = error.message
                        continue
                    trained += sum(isinstance(model, candidates.Candidate) for model in fitted)
                    ids += [_land(job, model) for model in fitted]
                    job.progress(0.05 + 0.9 * done / len(wanted), f"{done} of {len(wanted)} markets: {market}")
                if not finished:
                    job.progress(0.05 + 0.9 * done / len(wanted))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if not ids:
        raise Conflict(next(iter(skipped.values())))
    with job.session() as session:
        promoted = promote(session, sport, ids)
    return {
        "rows": data[0].height,
        "models": len(ids),
        "trained": trained,
        "unchanged": len(ids) - trained,
        "promoted": promoted,
        "skipped": skipped,
    }


@service.job(attempts=1)
def backtest(
    job: Job,
    sport: str,
    seasons: list[int],
    mode: str | None = None,
    refit: Literal["weekly", "monthly"] = "weekly",
    markets: list[str] | None = None,
    against: str | None = None,
) -> dict[str, Any]:
    """Walk through seasons, refitting on the past alone, and leave the report beside the models.

    Args:
        job: This execution.
        sport: The sport's code.
        seasons: The seasons to judge; the store must hold them and some before.
        mode: `independent`, or `informed`: also moved to prop lines. Both where None, if `against` is given.
        refit: How often models are fitted anew.
        markets: The markets; all where None.
        against: A folder of other people's projections and prop lines.

    Raises:
        BadInput: No such sport, season, market, mode or folder.
        Conflict: The store has no stat line.
    """
    try:
        declared = load(sport)
    except KeyError as error:
        raise BadInput(str(error.args[0])) from error
    if mode not in (None, "independent", "informed"):
        raise BadInput(f"there is no mode {mode!r}; there are independent and informed")
    if refit not in WEEKS:
        raise BadInput(f"refit is {refit!r}: weekly or monthly")
    chosen = list(markets or declared.markets)
    folder = Path(against) if against else None
    informed = mode == "informed" or (mode is None and folder is not None)
    return judge(job, Plan(sport, sorted(set(seasons)), refit, chosen, folder, informed), THREADS)


def _read(job: Job, sport: Sport, moment: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return feature rows and what became of them, known before the moment."""
    with job.session() as session:
        rows = features.history(session, sport.code, engine.NAME, until=moment)
        lines = stats.player_games(session, sport.code, as_of=moment)
        snaps = stats.snaps(session, sport.code, as_of=moment)
        told = roles.roles(session, sport.code, as_of=moment)
    if rows.is_empty():
        raise Conflict(
            f"no {sport.code} features of games before {moment:%Y-%m-%d}: run the features job `build` first"
        )
    outcomes = training.outcomes_of(sport, rows, lines, snaps, told)
    return rows, outcomes.filter(pl.col(KNOWN) < moment)


def _land(job: Job, fitted: candidates.Candidate | candidates.Known) -> int:
    if isinstance(fitted, candidates.Known):
        return fitted.version_id
    with job.session() as session:
        return candidates.land(session, job.settings.artifacts_dir, fitted).id


def main() -> None:
    """Run the service's command line."""
    service.main()
