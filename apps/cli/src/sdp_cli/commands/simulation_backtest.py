"""`sdp backtest simulation`: past weeks simulated as of their lock, against what happened and against targets."""

import json
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table
from sdp_common.errors import BadInput, Misconfigured
from sdp_engine.evaluate.figures import figures
from sdp_engine.evaluate.roles import DEFENCE
from sdp_engine.evaluate.simulated import Tally
from sdp_engine.models.families import FAMILIES
from sdp_engine.simulate import simulate
from sdp_engine.simulate.cluster import simulate_on

from sdp_cli.commands.simulated_weeks import Past, weeks
from sdp_cli.console import err, out
from sdp_cli.workplace import workplace

TUNING = (2021, 2022)
"""The seasons the simulation was tuned on by hand; others are held out. How games end is drawn from earlier games alone
and was tuned on nothing: the figures of scores, margins and totals are held out in every season."""
REFERENCES = ("corr_dk", "corr_role_sd", "sgp_joint_overs")
TARGETS: tuple[tuple[str, str, float], ...] = (
    ("correlation_error_mean", "role pairs: mean error of the correlation", 0.025),
    ("correlation_error_max", "role pairs: largest error", 0.06),
    ("pit_ece_home", "PIT error, home score", 0.015),
    ("pit_ece_away", "PIT error, away score", 0.015),
    ("pit_ece_margin", "PIT error, margin", 0.015),
    ("pit_ece_total", "PIT error, total", 0.015),
    ("margin_3_z", "margins of 3: standard errors off", 2.0),
    ("margin_7_z", "margins of 7: standard errors off", 2.0),
    ("margin_bias", "expected margin less line", 0.05),
    ("total_bias", "expected total less line", 0.05),
    ("overs_phi_excess", "joint overs: phi error beyond noise", 0.05),
    ("overs_phi_excess_of_others", "the same without the pair that is most off", 0.05),
    ("seen_overs_excess", "joint overs of the same rows: phi error beyond noise", 0.05),
    ("seen_correlation_excess", "role pairs of the same rows: error beyond noise", 0.06),
    ("dst_mean_bias", "mean of DST less the measured one", 0.3),
)
"""Figure, what it is, and the most its size may be."""
SPREADS: tuple[tuple[str, str, str], ...] = (
    ("role_sd_ratio", "sd of {}, where a regular, off by", "0.05"),
    ("residual_sd_ratio", "sd of {} off its residuals on the same rows by", ""),
)
"""Figure by role, what it is, and the most it may be off by; told of roles that any of the seasons know."""
SHOWN: tuple[tuple[str, str], ...] = (
    ("pit_ece_null_mean", "PIT error of a perfect forecast of so many games"),
    ("pit_ece_null_95", "the same, exceeded in one of twenty"),
    ("crps_raw", "DraftKings CRPS of the raw worlds"),
    ("crps_read_off", "of what is read off"),
    ("crps_model", "of the market models, same rows: at most this"),
    ("points_bias", "DraftKings points simulated less measured"),
    ("points_pit_ece", "PIT error of DraftKings points"),
    ("dst_mean_simulated", "mean of DST, simulated"),
    ("dst_mean_real", "mean of DST, measured"),
    ("dst_mean_se", "its standard error"),
    ("games", "games"),
)
"""Figures that are told beside."""


def simulation(
    seasons: Annotated[str, typer.Option(help="Seasons to simulate: 2021-2024 or 2023.")] = "2021-2024",
    worlds: Annotated[int, typer.Option(min=200, help="Worlds of each week.")] = 1500,
    every: Annotated[int, typer.Option(min=1, help="Every how many weeks; 1 is all.")] = 1,
    family: Annotated[str, typer.Option(help=f"Models to predict with: {', '.join(FAMILIES)}.")] = "boosted",
    seed: Annotated[int, typer.Option(min=0)] = 5,
    reference: Annotated[
        Path | None, typer.Option(help="Folder with corr_dk.csv, corr_role_sd.csv and sgp_joint_overs.csv.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler whose workers draw the worlds: tcp://HOST:8786.")
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="File to write every figure to.")] = None,
) -> None:
    """Simulate past weeks from models that have seen earlier seasons alone, and score what came of it."""
    wanted = _seasons(seasons)
    if family not in FAMILIES:
        raise BadInput(f"there is no family {family}: choose one of {', '.join(FAMILIES)}")
    known = _references(reference)
    draw = partial(simulate, threads=2) if scheduler is None else partial(simulate_on, _client(scheduler))
    tallies = {"tuning": Tally(), "held out": Tally()}
    with workplace(None) as place:
        until = f"{wanted[-1] + 1}-03-01T00:00:00+00:00"
        place.pipeline(keep=True).stage("features of past games", "features", "build", sport="nfl", until=until)
        past = Past.read(place.engine, "nfl")
    err.print(
        f"{family} models are fitted anew for each season: a minute or two before its first week", highlight=False
    )
    for week in weeks(past, wanted, every, family):
        err.print(f"{week.season} week {week.week}: {week.slate.games.height} games", highlight=False)
        draws = draw(week.slate, week.predictions, seed, worlds)
        part = tallies["tuning" if week.season in TUNING else "held out"]
        number = week.season * 100 + week.week
        part.add(week.season, draws, past.contest, (week.predictions, past.market), week.real, number, past.regulars)
    if all(tally.games for tally in tallies.values()):
        tallies["all"] = tallies["tuning"].with_(tallies["held out"])
    told = {name: figures(tally, known) for name, tally in tallies.items() if tally.games}
    if not told:
        raise BadInput(f"no finished game of {seasons} with a line and features is known: ingest and build them first")
    _show(told)
    if as_json is not None:
        document = {
            "backtest": "simulation",
            "tuned_on": TUNING,
            "family": family,
            "worlds": worlds,
            "seed": seed,
            "figures": told,
        }
        as_json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _client(address: str) -> Any:
    """Return a client of a Dask cluster.

    Raises:
        Misconfigured: Dask is not installed, or no scheduler answers.
    """
    try:
        client: Any = import_module("distributed").Client  # what one machine never needs is not loaded there
    except ImportError as error:
        raise Misconfigured("Dask is not installed: install `sdp-cli[cluster]` here and on the workers") from error
    try:
        return client(address, timeout=20)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"no Dask scheduler answers at {address}: start one with `dask scheduler`") from error


def _seasons(text: str) -> list[int]:
    first, _, last = text.partition("-")
    try:
        return list(range(int(first), int(last or first) + 1))
    except ValueError as error:
        raise BadInput(f"{text!r} are no seasons: write 2021-2024 or 2023") from error


def _references(folder: Path | None) -> dict[str, pl.DataFrame]:
    """Read what there is of the references."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder")
    return {name: pl.read_csv(folder / f"{name}.csv") for name in REFERENCES if (folder / f"{name}.csv").exists()}


def _show(told: dict[str, dict[str, Any]]) -> None:
    """Print measured beside target."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("figure")
    for name in told:
        table.add_column(name, justify="right")
    table.add_column("at most", justify="right")
    for key, title, most in TARGETS:
        if any(key in part for part in told.values()):
            table.add_row(title, *(_mark(part.get(key), most) for part in told.values()), f"{most:g}")
    for key, title, bound in SPREADS:
        for role in sorted({role for part in told.values() for role in part.get(key, {})}):
            ratios = (part.get(key, {}).get(role) for part in told.values())
            off = (None if ratio is None else abs(ratio - 1) for ratio in ratios)
            table.add_row(title.format(role), *(_mark(value, 0.05) for value in off), bound)
    for key, title in SHOWN:
        if any(key in part for part in told.values()):
            table.add_row(title, *(str(part.get(key, "")) for part in told.values()), "")
    for margin in (3, 7):
        shares = [part.get(f"margin_{margin}") for part in told.values()]
        table.add_row(f"share of margins of {margin}: simulated, measured", *map(_beside, shares), "")
    for stat in DEFENCE:
        pairs = [part.get("dst_components", {}).get(stat) for part in told.values()]
        if any(pairs):
            table.add_row(f"DST points from {stat.removeprefix('def_')}: simulated, measured", *map(_beside, pairs), "")
    out.print(table)


def _beside(pair: dict[str, float] | None) -> str:
    return "" if pair is None else f"{pair['simulated']:.3f} {pair['real']:.3f}"


def _mark(value: float | None, most: float) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if abs(value) <= most else f"[red]{value:.4f}[/]"
