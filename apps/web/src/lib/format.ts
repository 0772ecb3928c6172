/** Numbers and times as people read them. A missing number is a dash, never a zero. */
const DASH = "–";

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function number(value: number | null | undefined, digits = 1): string {
  return value == null || Number.isNaN(value) ? DASH : value.toFixed(digits);
}

export function count(value: number | null | undefined): string {
  return value == null ? DASH : integer.format(value);
}

export function salary(value: number | null | undefined): string {
  return value == null ? DASH : dollars.format(value);
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share == null ? DASH : `${(share * 100).toFixed(digits)}%`;
}

/** A signed number: "+2.5", "−3.0" (a true minus). */
export function signed(value: number | null | undefined, digits = 1): string {
  if (value == null) return DASH;
  const text = Math.abs(value).toFixed(digits);
  return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
}

const dayAndTime = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
});
const dayOfYearAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });

/** A moment in the reader's time zone; the year where it is another than that of `now`. */
export function when(iso: string | null | undefined, now: Date = new Date()): string {
  if (iso == null) return DASH;
  const moment = new Date(iso);
  return (moment.getFullYear() === now.getFullYear() ? dayAndTime : dayOfYearAndTime).format(moment);
}

export function date(iso: string | null | undefined): string {
  return iso == null ? DASH : day.format(new Date(iso));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 minutes ago", measured from `now` (milliseconds). */
export function ago(iso: string | null | undefined, now: number = Date.now()): string {
  if (iso == null) return "never";
  const seconds = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

/** Names whose spelling is not that of a common word. */
const SPELLINGS: Record<string, string> = {
  api: "API",
  cdn: "CDN",
  draftkings: "DraftKings",
  espn: "ESPN",
  fanduel: "FanDuel",
  meteo: "Meteo",
  mlb: "MLB",
  nba: "NBA",
  nflgame: "nflgame",
  nflverse: "nflverse",
  nhl: "NHL",
  nws: "NWS",
  prizepicks: "PrizePicks",
  rss: "RSS",
  statsapi: "StatsAPI",
  tds: "touchdowns",
};

/** `passing_yards` -> "Passing yards"; `draftkings_classic_points` -> "DraftKings classic points". */
export function words(key: string): string {
  const [first = "", ...rest] = key.split("_");
  const spelled = rest.map((word) => SPELLINGS[word] ?? word);
  return [SPELLINGS[first] ?? first.charAt(0).toUpperCase() + first.slice(1), ...spelled].join(" ");
}

/** `nfl:KC` -> "KC". */
export function team(id: string | null | undefined): string {
  return id == null ? DASH : id.slice(id.indexOf(":") + 1);
}
