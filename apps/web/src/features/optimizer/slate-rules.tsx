import { SelectField } from "@/components/ui/field";
import { SetPicker } from "@/components/ui/set-picker";
import type { Choices } from "./people";
import type { Faults, OpposingRow, OwnershipRow, Rules, TeamRow } from "./request";
import { NumberField, RuleSection } from "./rule-section";

interface Props {
  rules: Rules;
  choices: Choices;
  faults: Faults;
  onChange: (part: Partial<Rules>) => void;
}

/** How many players of a team every lineup holds. */
export function TeamRules({ rules, choices, faults, onChange }: Props) {
  const fresh = (key: number): TeamRow => ({ key, team: choices.teams[0]?.id ?? "", least: "", most: "" });
  return (
    <RuleSection title="Teams" hint="How many players of one team every lineup holds" one="team" rows={rules.teams} fresh={fresh} faults={faults.teams} onChange={(teams) => { onChange({ teams }); }}>
      {(row, change) => (
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          <SelectField label="Team" value={row.team} onChange={(e) => { change({ team: e.target.value }); }}>
            {choices.teams.map((t) => <option key={t.id} value={t.id}>{t.name}</option>)}
          </SelectField>
          <NumberField label="At least" placeholder="0" value={row.least} onChange={(least) => { change({ least }); }} />
          <NumberField label="At most" placeholder="any" value={row.most} onChange={(most) => { change({ most }); }} />
        </div>
      )}
    </RuleSection>
  );
}

/** How many players may face others of the same lineup. */
export function OpposingRules({ rules, choices, faults, onChange }: Props) {
  const positions = choices.positions.map((p) => ({ id: p, name: p }));
  const fresh = (key: number): OpposingRow => ({ key, positions: [], against: [], most: "0" });
  return (
    <RuleSection title="Opponents" hint="How many players may face others of the same lineup, such as batters a pitcher" one="limit" rows={rules.opposing} fresh={fresh} faults={faults.opposing} onChange={(opposing) => { onChange({ opposing }); }}>
      {(row, change) => (
        <>
          <SetPicker label="With a" options={positions} chosen={row.positions} onChange={(chosen) => { change({ positions: chosen }); }} />
          <SetPicker label="of those who face him" options={positions} chosen={row.against} onChange={(against) => { change({ against }); }} />
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            <NumberField label="at most" value={row.most} onChange={(most) => { change({ most }); }} />
          </div>
        </>
      )}
    </RuleSection>
  );
}

/** How popular a lineup is; needs a projection set that tells of ownership. */
export function OwnershipRules({ rules, faults, onChange }: Omit<Props, "choices">) {
  const fresh = (key: number): OwnershipRow => ({ key, measure: "sum", least: "", most: "" });
  const unit = (row: OwnershipRow) => (row.measure === "product" ? "" : ", %");
  return (
    <RuleSection title="Ownership" hint="How popular a lineup is; your projections must have a column of ownership" one="ownership rule" rows={rules.ownership} fresh={fresh} faults={faults.ownership} onChange={(ownership) => { onChange({ ownership }); }}>
      {(row, change) => (
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
          <SelectField label="The players’" value={row.measure} onChange={(e) => { change({ measure: e.target.value as OwnershipRow["measure"] }); }}>
            <option value="sum">sum</option>
            <option value="mean">mean</option>
            <option value="product">product</option>
          </SelectField>
          <NumberField label={`At least${unit(row)}`} placeholder="any" value={row.least} onChange={(least) => { change({ least }); }} />
          <NumberField label={`At most${unit(row)}`} placeholder="any" value={row.most} onChange={(most) => { change({ most }); }} />
        </div>
      )}
    </RuleSection>
  );
}
