import { useMutation, useQuery } from "@tanstack/react-query";
import { sendFile, type Schemas } from "@/api/client";
import { contestOffersQuery } from "@/api/contests";
import { filled, OfferFields, type OfferForm } from "@/components/contest/offer-fields";
import { SelectField, TextField } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";

/** What lineups are built for. */
export interface AimForm extends OfferForm {
  of: "points" | "quantile" | "column" | "contest";
  quantile: string;
  column: string;
  candidates: string;
}

interface Props {
  slateId: number;
  form: AimForm;
  /** The user's own columns of the projections. */
  columns: readonly string[];
  worlds: string;
  seed: string;
  onChange: (part: Partial<AimForm>) => void;
  onWorlds: (part: { worlds: string } | { seed: string }) => void;
}

/** What is maximised, and on how many simulated worlds each lineup is built. */
export function Aim({ slateId, form, columns, worlds, seed, onChange, onWorlds }: Props) {
  return (
    <>
      <SelectField label="Build for" value={form.of} onChange={(e) => { onChange({ of: e.target.value as AimForm["of"], column: columns.includes(form.column) ? form.column : (columns[0] ?? "") }); }} hint={HINTS[form.of]}>
        <option value="points">Projected points</option>
        <option value="quantile">A good day of every player</option>
        <option value="contest">A contest’s payouts</option>
        {(columns.length > 0 || form.of === "column") && <option value="column">A column of my projections</option>}
      </SelectField>
      {form.of === "column" && (
        <SelectField label="Column" value={form.column} onChange={(e) => { onChange({ column: e.target.value }); }}>
          {columns.map((name) => <option key={name} value={name}>{name}</option>)}
        </SelectField>
      )}
      {form.of === "quantile" && <TextField label="How good, %" type="number" min={1} max={99} required value={form.quantile} onChange={(e) => { onChange({ quantile: e.target.value }); }} hint="80: what a player reaches on one day in five" />}
      {(form.of === "points" || form.of === "contest") && <TextField label="Worlds a lineup" type="number" min={1} placeholder={form.of === "contest" ? "1" : "none: projected points"} value={worlds} onChange={(e) => { onWorlds({ worlds: e.target.value }); }} hint="Each lineup is the best on the mean of so many simulated worlds: one is the most upside, all the mean" />}
      {(form.of === "contest" || (form.of === "points" && worlds !== "")) && <TextField label="Seed of the worlds" type="number" min={0} placeholder="1" value={seed} onChange={(e) => { onWorlds({ seed: e.target.value }); }} hint="Another seed draws other worlds, and builds other lineups" />}
      {form.of === "contest" && <ContestFields slateId={slateId} form={form} onChange={onChange} />}
    </>
  );
}

const HINTS: Record<AimForm["of"], string> = {
  points: "The best lineups one after another, each proven",
  quantile: "The same quantile of every player’s distribution instead of his mean",
  column: "The sum of a column of your file; who has no number in it is left out",
  contest: "Each lineup adds most to what all of them win together",
};

function ContestFields({ slateId, form, onChange }: Omit<Props, "columns" | "worlds" | "seed" | "onWorlds">) {
  const offers = useQuery(contestOffersQuery(slateId));
  const send = useMutation({ mutationFn: (file: File) => sendFile<Schemas["OfferRead"]>("/api/contests/payouts", file), onSuccess: (told) => { onChange(filled(told)); } });
  return (
    <fieldset className="space-y-4 rounded-lg border border-line p-3">
      <legend className="px-1 text-sm font-medium">Contest</legend>
      <FileButton label="Payout table" accept=".csv,.json,text/csv,application/json" className="w-full" busy={send.isPending} onPick={(file) => { send.mutate(file); }}>Payout table from a file</FileButton>
      {send.isError && <Problems error={send.error} />}
      <OfferFields form={form} offers={offers.data ?? []} onChange={onChange} />
      <TextField label="Candidates" type="number" min={50} max={5000} required value={form.candidates} onChange={(e) => { onChange({ candidates: e.target.value }); }} hint="Worlds that each propose their best lineup" />
    </fieldset>
  );
}
