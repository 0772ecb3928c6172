import { useState } from "react";
import type { ApiError } from "@/api/client";
import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";

/** Whether a file was refused because a column that is needed was not recognised. */
export function lacksColumns(error: unknown): boolean {
  return (error as Partial<ApiError>).problems?.some((p) => p.message.startsWith("there is no column")) ?? false;
}

/** What the first row of a file calls its columns, by the separator that it has most of. */
export function columnsOf(text: string): string[] {
  const first = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "";
  const separator = [",", ";", "\t"].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
  return first.split(separator).map((label) => label.trim().replace(/^"|"$/g, "")).filter((label) => label !== "");
}

interface Props {
  columns: string[];
  busy: boolean;
  onChoose: (mapping: { name: string; points: string }) => void;
}

/** Ask which column names the players and which their points; the answer is remembered for files with the same columns. */
export function ColumnMapping({ columns, busy, onChoose }: Props) {
  const [name, setName] = useState(columns[0] ?? "");
  const [points, setPoints] = useState(columns[1] ?? "");
  const options = columns.map((label) => <option key={label} value={label}>{label}</option>);
  return (
    <div role="group" aria-label="Columns of the file" className="grid max-w-xl gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-end">
      <SelectField label="Column of players" value={name} onChange={(e) => { setName(e.target.value); }}>{options}</SelectField>
      <SelectField label="Column of points" value={points} onChange={(e) => { setPoints(e.target.value); }}>{options}</SelectField>
      <Button busy={busy} onClick={() => { onChoose({ name, points }); }}>Read it so</Button>
    </div>
  );
}
