import { useMutation } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { sendFile, type Schemas } from "@/api/client";
import { filled, OfferFields } from "@/components/contest/offer-fields";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextField } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";
import { count } from "@/lib/format";
import type { Group, GroupForm, Share } from "./groups";

interface Props {
  group: Group;
  form: GroupForm;
  /** The user's own columns of the projections. */
  columns: readonly string[];
  people: readonly { key: string; label: string }[];
  offers: readonly (Schemas["OfferRead"] & { id: number })[];
  onChange: (part: Partial<GroupForm>) => void;
}

/** What one contest's lineups are chosen for, and its own exposures. */
export function GroupCard({ group, form, columns, people, offers, onChange }: Props) {
  const fee = group.fee_usd == null ? "" : `, $${String(group.fee_usd)} each`;
  const closed = group.closed > 0 ? `; ${count(group.closed)} with a started player are left alone` : "";
  return (
    <Card title={group.name} note={`${count(group.open)} ${group.open === 1 ? "entry" : "entries"}${fee}${closed}`}>
      <div role="group" aria-label={group.name} className="space-y-4">
        <div className="grid gap-3 sm:grid-cols-3">
          <SelectField label="Chosen for" value={form.of} onChange={(e) => { onChange({ of: e.target.value as GroupForm["of"], column: form.column || (columns[0] ?? "") }); }}>
            <option value="points">Projected points</option>
            <option value="quantile">A good day of the lineup</option>
            <option value="contest">This contest’s payouts</option>
            {columns.length > 0 && <option value="column">A column of the projections</option>}
          </SelectField>
          <TextField label="Max exposure, %" type="number" min={1} max={100} placeholder="as for all" value={form.maxExposure} onChange={(e) => { onChange({ maxExposure: e.target.value }); }} />
          <TextField label="Unique players" type="number" min={1} placeholder="as for all" value={form.minUnique} onChange={(e) => { onChange({ minUnique: e.target.value }); }} />
        </div>
        {form.of === "quantile" && <TextField label="How good, %" type="number" min={1} max={99} required value={form.quantile} onChange={(e) => { onChange({ quantile: e.target.value }); }} hint="90: what the whole lineup reaches in one world of ten" />}
        {form.of === "column" && (
          <SelectField label="Column" value={form.column} onChange={(e) => { onChange({ column: e.target.value }); }}>
            {columns.map((name) => <option key={name} value={name}>{name}</option>)}
          </SelectField>
        )}
        {form.of === "contest" && <Money form={form} offers={offers} onChange={onChange} />}
        <Shares shares={form.shares} people={people} onChange={(shares) => { onChange({ shares }); }} />
      </div>
    </Card>
  );
}

function Money({ form, offers, onChange }: Pick<Props, "form" | "offers" | "onChange">) {
  const send = useMutation({ mutationFn: (file: File) => sendFile<Schemas["OfferRead"]>("/api/contests/payouts", file), onSuccess: (told) => { onChange(filled(told)); } });
  return (
    <div className="space-y-4">
      <FileButton label="Payout table" accept=".csv,.json,text/csv,application/json" busy={send.isPending} onPick={(file) => { send.mutate(file); }}>Payout table from a file</FileButton>
      {send.isError && <Problems error={send.error} />}
      <OfferFields form={form} offers={offers} onChange={onChange} />
    </div>
  );
}

function Shares({ shares, people, onChange }: { shares: readonly Share[]; people: Props["people"]; onChange: (shares: Share[]) => void }) {
  const change = (key: number, part: Partial<Share>) => { onChange(shares.map((s) => (s.key === key ? { ...s, ...part } : s))); };
  const next = Math.max(0, ...shares.map((s) => s.key)) + 1;
  return (
    <div className="space-y-3">
      {shares.map((s, i) => (
        <div key={s.key} role="group" aria-label={`Share ${String(i + 1)}`} className="flex items-end gap-2">
          <div className="grid flex-1 gap-3 sm:grid-cols-[2fr_1fr_1fr]">
            <SelectField label="Player" value={s.player} onChange={(e) => { change(s.key, { player: e.target.value }); }}>
              <option value="">Choose one</option>
              {people.map((p) => <option key={p.key} value={p.key}>{p.label}</option>)}
            </SelectField>
            <TextField label="At least, %" type="number" min={0} max={100} placeholder="0" value={s.least} onChange={(e) => { change(s.key, { least: e.target.value }); }} />
            <TextField label="At most, %" type="number" min={0} max={100} placeholder="100" value={s.most} onChange={(e) => { change(s.key, { most: e.target.value }); }} />
          </div>
          <button type="button" aria-label={`Remove share ${String(i + 1)}`} className="grid size-10 shrink-0 place-items-center rounded-md text-faint hover:bg-raised hover:text-bad" onClick={() => { onChange(shares.filter((x) => x.key !== s.key)); }}><Trash2 aria-hidden className="size-4" /></button>
        </div>
      ))}
      <Button className="h-8 px-3" onClick={() => { onChange([...shares, { key: next, player: "", least: "", most: "" }]); }}><Plus aria-hidden className="size-4" />A player’s own share</Button>
    </div>
  );
}
