"""The app in a real browser, on the platform that ran the main job: laptop and phone, light and dark."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.running import ROOT, Platform

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP = {"width": 1366, "height": 860}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}
Theme = Literal["light", "dark"]
SIZES: dict[str, tuple[dict[str, int], tuple[Theme, ...]]] = {
    "laptop": (LAPTOP, ("light", "dark")),
    "tablet": (TABLET, ("light",)),
    "phone": (PHONE, ("dark",)),
}
AXE = ROOT / "apps/web/node_modules/axe-core/axe.min.js"
SHOTS = ROOT / "test-results"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: `make system` installs it where it may")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, platform: Platform) -> Path:
    """The state of a browser that signed in through the form."""
    SHOTS.mkdir(exist_ok=True)
    state = SHOTS / "state.json"
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(platform.address)
    page.get_by_label("User name").fill(platform.username)
    page.get_by_label("Password").fill(platform.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Slates")).to_be_visible()
    context.storage_state(path=state)
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, platform: Platform, signed_in: Path) -> Iterator[Page]:
    """A page of a signed-in laptop; anything the console calls an error fails the test."""
    context = browser.new_context(viewport=LAPTOP, storage_state=signed_in, base_url=platform.address)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # A refusal is an answer, which the browser reports as an error of its own.
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" and "status of 422" not in m.text else None)
    yield page
    context.close()
    assert errors == []


def slate(platform: Platform) -> str:
    return f"/slates/{platform.story['slate']['id']}"


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=SHOTS / f"{name}.png")


def violations(page: Page) -> list[str]:
    """Return what axe, which the page has loaded, finds against WCAG 2.1 A and AA."""
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})"
        ".then(r => r.violations)"
    )
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]


def test_a_wrong_password_is_told_and_nothing_is_lost(browser: Browser, platform: Platform) -> None:
    page = browser.new_page(viewport=LAPTOP)
    page.goto(platform.address)
    page.get_by_label("User name").fill(platform.username)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("password", re.IGNORECASE))
    expect(page.get_by_label("User name")).to_have_value(platform.username)
    page.close()


def test_the_pool_sorts_filters_and_searches(page: Page, platform: Platform) -> None:
    page.goto("/")
    page.get_by_role("link", name=re.compile(re.escape(platform.story["slate"]["name"]))).click()
    expect(page.get_by_text("modelled salaries").first).to_be_visible()
    table = page.get_by_role("table", name="Players of the slate")
    rows = table.locator("tbody tr")
    expect(rows.nth(100)).to_be_visible()
    everybody = rows.count()
    page.get_by_role("group", name="Position").get_by_role("button", name="QB").click()
    expect(rows.first).to_be_visible()
    assert 0 < rows.count() < everybody
    table.get_by_role("button", name="Salary").click()
    prices = [int(re.sub(r"\D", "", cell)) for cell in table.locator("tbody tr td:nth-child(4)").all_inner_texts()]
    assert prices == sorted(prices, reverse=True)
    name = rows.first.get_by_role("link").inner_text()
    page.get_by_placeholder("Search players").fill(name)
    expect(rows).to_have_count(1)
    shoot(page, "pool-search")


def test_a_player_shows_his_distribution_and_past_games(page: Page, platform: Platform) -> None:
    page.goto(slate(platform))
    page.get_by_role("group", name="Position").get_by_role("button", name="QB").click()
    page.get_by_role("table", name="Players of the slate").get_by_role("link").first.click()
    expect(page.get_by_role("img", name=re.compile("^Distribution of"))).to_be_visible()
    page.get_by_role("button", name="Passing yards").click()
    expect(page.get_by_role("img", name=re.compile("Distribution of Passing yards"))).to_be_visible()
    expect(page.get_by_role("table", name="Past games").locator("tbody tr").first).to_be_visible()
    expect(page.get_by_text("What drives it")).to_be_visible()
    shoot(page, "player")


def test_lineups_are_built_watched_and_downloaded(page: Page, platform: Platform) -> None:
    page.goto(f"{slate(platform)}/optimize")
    page.get_by_label("Lineups").fill("5")
    page.get_by_label("Max exposure, %").fill("80")
    page.get_by_role("button", name="Build lineups").click()
    page.get_by_role("link", name="See the lineups").click(timeout=60_000)
    expect(page.get_by_role("table", name="Lineup 5")).to_be_visible()
    expect(page.get_by_text("modelled salaries").first).to_be_visible()
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("actual mean")).to_be_visible(timeout=30_000)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Upload file").click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("QB,RB,RB,WR,WR,WR,TE,FLEX,DST")
    assert len(lines) == 6
    shoot(page, "lineups")


def test_a_portfolio_is_chosen_for_what_a_contest_pays(page: Page, platform: Platform) -> None:
    page.goto(f"{slate(platform)}/optimize")
    page.get_by_label("Build for").select_option("contest")
    page.get_by_label("Lineups").fill("3")
    page.get_by_label("Max exposure, %").fill("100")
    page.get_by_label("Candidates").fill("60")
    page.get_by_role("button", name="Build lineups").click()
    expect(page.get_by_role("img", name=re.compile("ROI|return", re.IGNORECASE)).first).to_be_visible(timeout=90_000)
    shoot(page, "portfolio")
    page.get_by_role("link", name="See the lineups").click()
    expect(page.get_by_role("table", name="Lineup 3")).to_be_visible()


ENTRIES = """Entry ID,Contest Name,Contest ID,Entry Fee,QB,RB,RB,WR,WR,WR,TE,FLEX,DST,,Instructions
4001,NFL $5 Double Up,77,$5,,,,,,,,,,,1. Column A lists all of your contest entries
4002,NFL $5 Double Up,77,$5,,,,,,,,,,,
4003,NFL $1 Quarter Jukebox,88,$1,,,,,,,,,,,
"""


def test_an_entries_file_is_filled_contest_by_contest(page: Page, platform: Platform) -> None:
    page.goto(f"{slate(platform)}/entries")
    fill = page.get_by_role("button", name="Fill the entries")
    expect(fill).to_be_disabled()
    file = {"name": "DKEntries.csv", "mimeType": "text/csv", "buffer": ENTRIES.encode()}
    page.get_by_label("Entries file").set_input_files(file)  # type: ignore[arg-type]
    double = page.get_by_role("group", name="NFL $5 Double Up")
    expect(double).to_be_visible()
    jukebox = page.get_by_role("group", name="NFL $1 Quarter Jukebox")
    jukebox.get_by_label("Chosen for").select_option("quantile")
    jukebox.get_by_label("How good, %").fill("95")
    double.get_by_label("Unique players").fill("3")
    shoot(page, "entries")
    fill.click()
    expect(page.get_by_text("3 entries filled")).to_be_visible(timeout=90_000)
    table = page.get_by_role("table", name="What each contest was given")
    expect(table.locator("tbody tr")).to_have_count(2)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the file").click()
    before, after = ENTRIES.splitlines(), Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert after[0] == before[0]
    lineups = [line.split(",")[4:13] for line in after[1:]]
    assert all(all(cells) for cells in lineups)
    assert len(set(map(frozenset, lineups))) == 3
    assert len(set(lineups[0]) - set(lineups[1])) >= 3
    assert [line.split(",")[:4] for line in after] == [line.split(",")[:4] for line in before]
    shoot(page, "entries-filled")


def test_rules_that_clash_are_named(page: Page, platform: Platform) -> None:
    page.goto(f"{slate(platform)}/optimize")
    page.get_by_label("Least salary spent").fill("50000")
    page.get_by_label("Max from a team").fill("1")
    page.get_by_role("button", name="Build lineups").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("stack|team", re.IGNORECASE), timeout=60_000)


def test_own_projections_with_faults_are_refused_row_by_row(page: Page, platform: Platform, tmp_path: Path) -> None:
    bad = tmp_path / "mine.csv"
    bad.write_text("Name,Points\nNobody Atall,few\nSomebody Else,many\n")
    page.goto(slate(platform))
    page.get_by_label("Own projections").set_input_files(bad)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Row 2")
    expect(told).to_contain_text("Row 3")


def test_own_projections_of_strangers_are_left_out_and_told_of(page: Page, platform: Platform, tmp_path: Path) -> None:
    template = page.request.get(f"/api{slate(platform)}/projections/template.csv").text()
    mine = tmp_path / "strangers.csv"
    lines = ["Name;Points", *(f"{p};{n},5" for n, p in enumerate(["Nobody Atall", *names(template)]))]
    mine.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page.goto(slate(platform))
    page.get_by_label("Own projections").set_input_files(mine)
    expect(page.get_by_text("3 projections taken")).to_be_visible()
    expect(page.get_by_role("list", name="Left out")).to_contain_text("Row 2: Nobody Atall")
    shoot(page, "strangers")
    newest = page.request.get(f"/api{slate(platform)}/projection-sets").json()[0]
    assert newest["name"] == mine.name
    gone = page.request.delete(f"/api/projection-sets/{newest['id']}", headers={"Origin": platform.address})
    assert gone.status == 204, gone.text()


def names(template: str) -> list[str]:
    """The first three players of a template whose names nobody else bears."""
    found = [row["name"] for row in csv.DictReader(io.StringIO(template))]
    return [name for name in found if found.count(name) == 1][:3]


def test_what_is_no_standings_file_says_what_to_bring(page: Page, platform: Platform, tmp_path: Path) -> None:
    bad = tmp_path / "salaries.csv"
    bad.write_text("name,points\nAl Guard,12\n")
    page.goto(f"{slate(platform)}/grade")
    expect(page.get_by_role("button", name="Grade", exact=True)).to_be_disabled()
    page.locator("input[type=file]").first.set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("bring the contest's standings")
    shoot(page, "grade-refused")


def test_projections_are_made_step_by_step_and_followed_to_the_end(page: Page, platform: Platform) -> None:
    page.goto(slate(platform))
    button = page.get_by_role("button", name="Update projections")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_be_enabled(timeout=120_000)
    expect(page.get_by_role("alert")).to_have_count(0)


def salaries(page: Page, platform: Platform) -> bytes:
    """Return an export in the site's form for the early games of the demo's Sunday: what a user would bring."""
    found = page.request.get(f"/api{slate(platform)}").json()
    starts = {g["home"]["abbreviation"]: datetime.fromisoformat(g["starts_at"]) for g in found["game_list"]}
    head = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
    rows = [head]
    for number, player in enumerate(page.request.get(f"/api{slate(platform)}/players").json()["players"], 1):
        away, home = (player["opponent"], player["team"]) if player["is_home"] else (player["team"], player["opponent"])
        starts_at = starts[home].astimezone(ZoneInfo("America/New_York"))
        name, position = player["name"], player["position"]
        seat = f"{position}/FLEX" if position in {"RB", "WR", "TE"} else position
        game = f"{away}@{home} {starts_at:%m/%d/%Y %I:%M%p} ET"
        cells = (position, f"{name} ({number})", name, number, seat, player["salary_usd"], game, player["team"], "9.9")
        rows += [",".join(map(str, cells))] if starts[home] == min(starts.values()) else []
    return "\n".join(rows).encode()


def test_an_imported_slate_gets_projections_in_the_browser(page: Page, platform: Platform) -> None:
    page.goto("/")
    file = {"name": "DKSalaries.csv", "mimeType": "text/csv", "buffer": salaries(page, platform)}
    page.get_by_label("Salary file").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text(re.compile(r"Imported: \d+ players matched"))).to_be_visible(timeout=60_000)
    page.get_by_role("link").filter(has_text="not yet projected").click()
    expect(page.get_by_text("This slate has no projections yet")).to_be_visible()
    page.get_by_role("button", name="Make projections").click()
    expect(page.get_by_role("button", name="Update projections")).to_be_visible(timeout=180_000)
    expect(page.get_by_text("10,000 simulated worlds")).to_be_visible()
    page.get_by_role("link", name="Optimize").click()
    page.get_by_label("Lineups").fill("3")
    page.get_by_role("button", name="Build lineups").click()
    page.get_by_role("link", name="See the lineups").click(timeout=60_000)
    expect(page.get_by_role("table", name="Lineup 3")).to_be_visible()


def test_data_health_names_every_source_and_process(page: Page) -> None:
    page.goto("/data")
    expect(page.get_by_role("table", name="Sources")).to_contain_text("nflgame")
    processes = page.get_by_role("table", name="Processes")
    for name in ("ingest-odds", "sim-engine", "optimizer", "inference"):
        expect(processes).to_contain_text(name)
    shoot(page, "data-health")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(browser: Browser, platform: Platform, signed_in: Path, size: str) -> None:
    viewport, themes = SIZES[size]
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        storage_state=signed_in,
        base_url=platform.address,
        reduced_motion="reduce",
    )
    page = context.new_page()
    here = slate(platform)
    pool = page.request.get(f"/api{here}/players").json()["players"]
    places = {
        "slates": "/",
        "pool": here,
        "games": f"{here}/games",
        "optimize": f"{here}/optimize",
        "player": f"{here}/players/{pool[0]['draftable_id']}",
        "entries": f"{here}/entries",
        "swap": f"{here}/swap",
        "lineup sets": f"{here}/lineups",
        "lineups": f"/lineups/{platform.story['lineup_set_id']}",
        "contest": f"{here}/contest",
        "grade": f"{here}/grade",
        "what-if": f"{here}/what-if",
        "review": "/review",
        "models": "/models",
        "health": "/data",
        "account": "/account",
    }
    for name, place in places.items():
        page.goto(place)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("main")).to_be_visible()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            shoot(page, f"{name}-{size}-{theme}")
            assert violations(page) == [], f"{name} on a {size}, {theme}"
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} scrolls sideways on a {size}"
    context.close()
