import { useMutation, useQuery } from "@tanstack/react-query";
import { sendFile, type Schemas } from "@/api/client";
import { contestOffersQuery } from "@/api/contests";
import { filled, OfferFields, type OfferForm } from "@/components/contest/offer-fields";
import { SelectField, TextField } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";

/** What lineups are built for. */
export interface AimForm extends OfferForm {
  of: "points" | "quantile" | "contest";
  quantile: string;
  candidates: string;
}

interface Props {
  slateId: number;
  form: AimForm;
  worlds: string;
  onChange: (part: Partial<AimForm>) => void;
  onWorlds: (worlds: string) => void;
}

/** What is maximised, and on how many simulated worlds each lineup is built. */
export function Aim({ slateId, form, worlds, onChange, onWorlds }: Props) {
  return (
    <>
      <SelectField label="Build for" value={form.of} onChange={(e) => { onChange({ of: e.target.value as AimForm["of"] }); }} hint={HINTS[form.of]}>
        <option value="points">Projected points</option>
        <option value="quantile">A good day of every player</option>
        <option value="contest">A contest’s payouts</option>
      </SelectField>
      {form.of === "quantile" && <TextField label="How good, %" type="number" min={1} max={99} required value={form.quantile} onChange={(e) => { onChange({ quantile: e.target.value }); }} hint="80: what a player reaches on one day in five" />}
      {form.of !== "quantile" && <TextField label="Worlds a lineup" type="number" min={1} placeholder={form.of === "contest" ? "1" : "none: projected points"} value={worlds} onChange={(e) => { onWorlds(e.target.value); }} hint="Each lineup is the best on the mean of so many simulated worlds: one is the most upside, all the mean" />}
      {form.of === "contest" && <ContestFields slateId={slateId} form={form} onChange={onChange} />}
    </>
  );
}

const HINTS: Record<AimForm["of"], string> = {
  points: "The best lineups one after another, each proven",
  quantile: "The same quantile of every player’s distribution instead of his mean",
  contest: "Each lineup adds most to what all of them win together",
};

function ContestFields({ slateId, form, onChange }: Omit<Props, "worlds" | "onWorlds">) {
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
