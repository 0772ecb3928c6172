"""The job `backtest`: reads the store, walks, and leaves the report as two files beside the models."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sdp_common.errors import BadInput, Conflict, Misconfigured
from sdp_common.service import Job
from sdp_common.store import players, reference, roles, stats
from sdp_engine.backtest import moneyline
from sdp_engine.backtest.page import page
from sdp_engine.features.panel import Sources
from sdp_sports.spec import load
from threadpoolctl import threadpool_limits

from sdp_training import backtest

FOLDER = "backtests"
"""Where reports lie in the artifacts directory."""
CONNECT_S = "30s"


def judge(job: Job, plan: backtest.Plan, workers: int) -> dict[str, Any]:
    """Run a back-test and write `backtests/<run>.json` and `.html` into the artifacts directory.

    Raises:
        BadInput: A season is not in the store, or there is no such market or folder.
        Conflict: The store has no stat line.
    """
    staged = staged_of(job, plan)
    with _machine(job.settings.dask_scheduler, workers) as machine, threadpool_limits(1):
        rows = _moneyline(job, staged) + backtest.run(staged, machine, job.progress)
    title = f"{load(plan.sport).name} back-test, {plan.seasons[0]}-{plan.seasons[-1]}, refitted {plan.every}"
    silent = [name for name in plan.markets if all(row["market"] != name for row in rows)]
    report = {"title": title, "made_at": job.now.isoformat(), "silent": silent, "rows": rows}
    root = job.settings.artifacts_dir / FOLDER
    root.mkdir(parents=True, exist_ok=True)
    names = {kind: root / f"{job.now:%Y%m%dT%H%M%S}-{job.run_id}.{kind}" for kind in ("json", "html")}
    _write(names["json"], json.dumps(report))
    _write(names["html"], page(rows, title, _notes(plan, silent)))
    return {"rows": len(rows), **{kind: str(Path(FOLDER) / file.name) for kind, file in names.items()}}


def _moneyline(job: Job, held: backtest.Stage) -> list[dict[str, Any]]:
    """Return how the simulation's chances of winning did, where the sport has what its scores are made of."""
    plan = held.plan
    if not set(moneyline.STATS) <= set(held.sport.stats) or set(plan.markets) != set(held.sport.markets):
        return []
    with job.session() as session:
        touchdowns = stats.team_touchdowns(session, plan.sport, as_of=job.now)
    return moneyline.rows(held.games, touchdowns, held.passers, plan.seasons, lambda: job.progress(0.04, "who wins"))


def staged_of(job: Job, plan: backtest.Plan) -> backtest.Stage:
    """Read the store and build what every walk reads.

    Raises:
        BadInput: As of `judge`.
        Conflict: As of `judge`.
    """
    _check(plan)
    job.progress(0.01, "reading games, stat lines, rosters and snaps")
    with job.session() as session:
        sources = Sources(
            games=reference.games(session, plan.sport, as_of=job.now),
            lines=stats.player_games(session, plan.sport, as_of=job.now),
            snaps=stats.snaps(session, plan.sport, as_of=job.now),
            roles=roles.roles(session, plan.sport, as_of=job.now),
            drafts=roles.drafts(session, plan.sport),
        )
        people = players.identities(session, plan.sport, as_of=job.now).select("player_id", "normalised_name")
        known = players.ids(session, plan.sport)
    ids = {external: player for (source, external), player in known.items() if source == "gsis"}
    if sources.lines.is_empty():
        raise Conflict(f"no {plan.sport} stat line is in the store: run `sdp ingest stats --seasons 2009-2024` first")
    held = sorted(set(sources.games["season"].unique()) & set(plan.seasons))
    if missing := sorted(set(plan.seasons) - set(held)):
        raise BadInput(f"the store has no season {', '.join(map(str, missing))}: load it with `sdp ingest stats` first")
    job.progress(0.03, "building features")
    return backtest.stage(plan, sources, people, ids)


def _write(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = file.with_name(f".{file.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _check(plan: backtest.Plan) -> None:
    if not plan.seasons:
        raise BadInput("name the seasons to judge, for example 2021-2024")
    if unknown := sorted(set(plan.markets) - set(load(plan.sport).markets)):
        raise BadInput(f"{plan.sport} has no market {', '.join(unknown)}")
    if plan.against is not None and not plan.against.is_dir():
        raise BadInput(f"there is no folder {plan.against}: name the one that holds the other projections")
    if plan.informed and plan.against is None:
        raise BadInput("the informed mode needs prop lines: name their folder with --against")


@contextmanager
def _machine(address: str, workers: int) -> Iterator[backtest.Machine]:
    """Give where the walks are walked: threads here, or the Dask cluster at the address."""
    if not address:
        with ThreadPoolExecutor(workers) as pool:
            yield backtest.Machine(pool, workers)
        return
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise Misconfigured("SDP_DASK_SCHEDULER is set: install the package distributed beside the platform") from error
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
    except OSError as error:
        raise Misconfigured(f"no Dask scheduler answers at {address}: start one with `dask scheduler`") from error
    with client, client.get_executor(pure=False) as pool:
        yield backtest.Machine(pool, max(sum(client.nthreads().values()), 1), is_here=False)


def _notes(plan: backtest.Plan, silent: list[str]) -> list[str]:
    untold = [f"No figures, for want of earlier games that tell of it: {', '.join(silent)}."] if silent else []
    return [
        *untold,
        "Every fit saw only what was known before the games it predicts. The centre is the mean; coverage is by the "
        "probability integral transform, pit_bound what the error of a perfect forecast of so many outcomes stays "
        "under 19 times in 20 (pit_noise in the JSON: its mean); "
        "gain is the mean absolute error that ours is better by, its "
        "standard error clustered by game.",
        "baseline: players with four earlier games who got an attempt, a carry or a target, a quarterback given that "
        "he starts. honest: every player with an offensive snap, zeros in, quarterbacks as expected at the lock "
        "(expected to start: those alone). props: everybody with a snap and a real line, zeros in "
        "(baseline with lines: those of the baseline alone). active: everybody on the active roster.",
        f"Refitted {plan.every}; models: the average of boosted trees and a ridge by position.",
    ]
