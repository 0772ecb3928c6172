export interface Prize {
  first: number;
  last: number;
  cash_usd: number;
  ticket_usd: number;
}

/** Prizes as a person edits them: a line each, "1: 500", "2-10: 25", "11: 0 + ticket 5". */
export function written(prizes: Prize[]): string {
  return prizes
    .map((p) => `${p.first === p.last ? String(p.first) : `${String(p.first)}-${String(p.last)}`}: ${String(p.cash_usd)}${p.ticket_usd > 0 ? ` + ticket ${String(p.ticket_usd)}` : ""}`)
    .join("\n");
}

const LINE = /^(\d+)(?:\s*-\s*(\d+))?\s*:\s*\$?([\d,.]+)(?:\s*\+\s*ticket\s*\$?([\d,.]+))?$/;
const dollars = (text: string | undefined): number => Number((text ?? "0").replaceAll(",", ""));

/** The prizes of such lines, or what is wrong with the first that is none. */
export function parsed(text: string): Prize[] | string {
  const prizes: Prize[] = [];
  for (const line of text.split("\n").map((l) => l.trim()).filter(Boolean)) {
    const found = LINE.exec(line);
    if (!found) return `“${line}” is not like “2-10: 25”`;
    const first = Number(found[1]);
    prizes.push({ first, last: Number(found[2] ?? first), cash_usd: dollars(found[3]), ticket_usd: dollars(found[4]) });
  }
  return prizes.length > 0 ? prizes : "State what the ranks are paid";
}
