import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";

interface SectionProps<R extends { key: number }> {
  title: string;
  hint: string;
  /** One rule of this kind, as in "Add a group". */
  one: string;
  rows: readonly R[];
  fresh: (key: number) => R;
  faults: ReadonlyMap<number, string[]>;
  onChange: (rows: R[]) => void;
  children: (row: R, change: (part: Partial<R>) => void) => ReactNode;
}

/** The rules of one kind as rows that are added, changed and removed; what the API refused stands in its row. */
export function RuleSection<R extends { key: number }>({ title, hint, one, rows, fresh, faults, onChange, children }: SectionProps<R>) {
  const next = Math.max(0, ...rows.map((r) => r.key)) + 1;
  return (
    <section aria-label={title} className="px-5 py-4">
      <div className="flex items-start justify-between gap-3">
        <div>
          <h3 className="text-sm font-semibold">{title}</h3>
          <p className="mt-0.5 text-xs text-faint">{hint}</p>
        </div>
        <Button className="h-8 shrink-0 px-3" aria-label={`Add a ${one}`} onClick={() => { onChange([...rows, fresh(next)]); }}><Plus aria-hidden className="size-4" />Add</Button>
      </div>
      {rows.length > 0 && (
        <ol className="mt-3 space-y-3">
          {rows.map((row, i) => (
            <li key={row.key} aria-label={`${one} ${i + 1}`} className="rounded-lg border border-line p-3">
              <div className="flex items-start gap-2">
                <div className="min-w-0 flex-1 space-y-3">{children(row, (part) => { onChange(rows.map((r) => (r.key === row.key ? { ...r, ...part } : r))); })}</div>
                <button type="button" aria-label={`Remove ${one} ${i + 1}`} className="grid size-8 shrink-0 place-items-center rounded-md text-faint hover:bg-raised hover:text-bad" onClick={() => { onChange(rows.filter((r) => r.key !== row.key)); }}><Trash2 aria-hidden className="size-4" /></button>
              </div>
              {faults.has(row.key) && (
                <ul role="alert" className="mt-2 space-y-1 text-xs text-bad">{faults.get(row.key)?.map((fault) => <li key={fault}>{fault}</li>)}</ul>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

interface NumberProps {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

/** A number the API judges, so that a folded form never holds a fault the browser cannot show. */
export function NumberField({ label, value, placeholder, onChange }: NumberProps) {
  return <TextField label={label} type="number" step="any" inputMode="decimal" value={value} placeholder={placeholder ?? ""} onChange={(e) => { onChange(e.target.value); }} />;
}

/** What the rule is called where it is refused. */
export function NameField({ value, onChange }: { value: string; onChange: (part: { name: string }) => void }) {
  return <TextField label="Name" value={value} placeholder="for messages, if you like" onChange={(e) => { onChange({ name: e.target.value }); }} />;
}

/** From which to which share of the lineups. */
export function ShareFields({ least, most, onChange }: { least: string; most: string; onChange: (part: { least?: string; most?: string }) => void }) {
  return (
    <>
      <NumberField label="At least, %" value={least} placeholder="0" onChange={(value) => { onChange({ least: value }); }} />
      <NumberField label="At most, %" value={most} placeholder="100" onChange={(value) => { onChange({ most: value }); }} />
    </>
  );
}
