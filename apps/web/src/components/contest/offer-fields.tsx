import { SelectField, TextArea, TextField } from "@/components/ui/field";
import { parsed, written, type Prize } from "@/lib/prizes";

/** A contest's money as it is typed. */
export interface OfferForm {
  name: string;
  fee: string;
  entries: string;
  most: string;
  prizes: string;
  ticketPercent: string;
}

export const OFFER_START: OfferForm = { name: "My contest", fee: "5", entries: "1000", most: "", prizes: "1: 500\n2-10: 60\n11-50: 25\n51-250: 11", ticketPercent: "100" };

interface Told {
  name: string | null;
  fee_usd: number | null;
  entries: number | null;
  entries_max_per_user: number | null;
  prizes: Prize[];
}

/** Put what a site or a file says of a contest into the form. */
export function filled(offer: Told): Partial<OfferForm> {
  return {
    name: offer.name ?? "Contest",
    ...(offer.fee_usd != null && { fee: String(offer.fee_usd) }),
    ...(offer.entries != null && { entries: String(offer.entries) }),
    most: offer.entries_max_per_user == null ? "" : String(offer.entries_max_per_user),
    prizes: written(offer.prizes),
  };
}

/** Put the form into the API's words; a text where the prizes cannot be read. */
export function offerOf(form: OfferForm) {
  const prizes = parsed(form.prizes);
  if (typeof prizes === "string") return prizes;
  return { name: form.name, fee_usd: Number(form.fee), entries: Number(form.entries), entries_max_per_user: form.most === "" ? null : Number(form.most), prizes };
}

interface Props {
  form: OfferForm;
  /** What the site offers on this slate. */
  offers: readonly (Told & { id: number })[];
  onChange: (part: Partial<OfferForm>) => void;
}

/** What a contest costs and what it pays. */
export function OfferFields({ form, offers, onChange }: Props) {
  const prizes = parsed(form.prizes);
  return (
    <>
      {offers.length > 0 && (
        <SelectField label="Contest of this slate" defaultValue="" onChange={(e) => { const o = offers.find((x) => x.id === Number(e.target.value)); if (o) onChange(filled(o)); }}>
          <option value="">Choose one to fill in</option>
          {offers.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
        </SelectField>
      )}
      <TextField label="Name" required maxLength={200} value={form.name} onChange={(e) => { onChange({ name: e.target.value }); }} />
      <div className="grid grid-cols-2 gap-3">
        <TextField label="Entry fee, $" type="number" min={0} step="any" required value={form.fee} onChange={(e) => { onChange({ fee: e.target.value }); }} />
        <TextField label="Entries" type="number" min={2} max={500000} required value={form.entries} onChange={(e) => { onChange({ entries: e.target.value }); }} />
      </div>
      <TextArea label="Prizes" rows={6} required value={form.prizes} error={typeof prizes === "string" ? prizes : undefined} hint="A line for each range of ranks, in dollars: 2-10: 25, or 11: 0 + ticket 5" onChange={(e) => { onChange({ prizes: e.target.value }); }} />
      <div className="grid grid-cols-2 gap-3">
        <TextField label="Most entries a user" type="number" min={1} placeholder="any" value={form.most} onChange={(e) => { onChange({ most: e.target.value }); }} />
        <TextField label="A ticket is worth, %" type="number" min={0} max={100} required value={form.ticketPercent} onChange={(e) => { onChange({ ticketPercent: e.target.value }); }} />
      </div>
    </>
  );
}
