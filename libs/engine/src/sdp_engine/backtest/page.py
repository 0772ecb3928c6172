"""A back-test as one page of HTML: tables and plots, nothing fetched from anywhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sdp_engine.backtest.table import ALL, OURS

Row = Mapping[str, Any]
COLUMNS = (
    "n",
    "mae",
    "rmse",
    "bias",
    "crps",
    "pit_ece",
    "pit_bound",
    "cov80",
    "logloss",
    "brier",
    "gain",
    "gain_se",
    "gain_p",
)
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2430;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #dde3ea}
th:nth-child(-n+3),td:nth-child(-n+3){text-align:left}tr.ours td{font-weight:600;background:#eef5ff}
figure{display:inline-block;margin:0 1.5rem 1rem 0}figcaption{font-size:.85rem;color:#556}
"""
SIZE = 160


def page(rows: Sequence[Row], title: str, notes: Sequence[str] = ()) -> str:
    """Return the page.

    Args:
        rows: As the back-test gives them.
        title: What it is of.
        notes: Sentences put under the title.
    """
    whole = [row for row in rows if row["season"] == ALL and row["position"] == ALL]
    markets = sorted({str(row["market"]) for row in whole})
    body = "".join(_market(market, [row for row in whole if row["market"] == market]) for market in markets)
    said = "".join(f"<p>{escape(note)}</p>" for note in notes)
    links = " · ".join(f'<a href="#{escape(m)}">{escape(m.replace("_", " "))}</a>' for m in markets)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{said}<p>{links}</p>{body}</body></html>\n"
    )


def _market(market: str, rows: Sequence[Row]) -> str:
    name = escape(market.replace("_", " "))
    head = "".join(f"<th>{escape(column)}</th>" for column in ("population", "mode", "model", *COLUMNS))
    lines = "".join(_line(row) for row in rows)
    plots = "".join(_histogram(row) + _reliability(row) for row in rows if row["model"] == OURS)
    return f'<h2 id="{escape(market)}">{name}</h2><table><tr>{head}</tr>{lines}</table>{plots}'


def _line(row: Row) -> str:
    cells = [escape(str(row[name])) for name in ("population", "mode", "model")]
    cells += [_number(row.get(name)) for name in COLUMNS]
    kind = ' class="ours"' if row["model"] == OURS else ""
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _number(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}".rstrip("0").rstrip(".")


def _histogram(row: Row) -> str:
    """Draw how often the outcome fell into each tenth of the predicted distribution; a flat line is calibrated."""
    shares = row.get("pit_histogram")
    if not shares:
        return ""
    width, unit = SIZE / len(shares), SIZE / 2 * len(shares)
    bars = "".join(
        f'<rect x="{i * width:.1f}" y="{SIZE - min(share * unit, SIZE):.1f}" width="{width - 1:.1f}" '
        f'height="{min(share * unit, SIZE):.1f}" fill="#5b8def"/>'
        for i, share in enumerate(shares)
    )
    even = f'<line x1="0" x2="{SIZE}" y1="{SIZE / 2}" y2="{SIZE / 2}" stroke="#333" stroke-dasharray="4 3"/>'
    return _figure(bars + even, f"PIT, {row['population']}, {row['mode']}")


def _reliability(row: Row) -> str:
    """Draw how often an over happened against how likely it was said to be; the diagonal is calibrated."""
    bins = row.get("reliability")
    if not bins:
        return ""
    dots = "".join(
        f'<circle cx="{b["p"] * SIZE:.1f}" cy="{(1 - b["rate"]) * SIZE:.1f}" r="{2 + min(b["n"], 900) ** 0.5 / 6:.1f}" '
        'fill="#e0803a" fill-opacity=".8"/>'
        for b in bins
    )
    diagonal = f'<line x1="0" y1="{SIZE}" x2="{SIZE}" y2="0" stroke="#333" stroke-dasharray="4 3"/>'
    return _figure(diagonal + dots, f"the chance said and how often it happened, {row['population']}, {row['mode']}")


def _figure(drawing: str, caption: str) -> str:
    frame = f'<rect width="{SIZE}" height="{SIZE}" fill="none" stroke="#cbd3dd"/>'
    label = escape(caption)
    return (
        f'<figure><svg role="img" aria-label="{label}" viewBox="-2 -2 {SIZE + 4} {SIZE + 4}" width="{SIZE}">'
        f"{frame}{drawing}</svg><figcaption>{label}</figcaption></figure>"
    )
