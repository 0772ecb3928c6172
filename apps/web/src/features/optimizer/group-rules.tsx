import { SelectField } from "@/components/ui/field";
import type { Choices } from "./people";
import { NOBODY, type GroupRow } from "./request";
import { NameField, NumberField, RuleSection } from "./rule-section";
import { SelectionFields } from "./selection-fields";

const fresh = (key: number): GroupRow => ({ key, name: "", given: NOBODY, limit: "least", count: "1", who: NOBODY });

interface Props {
  rows: readonly GroupRow[];
  choices: Choices;
  faults: ReadonlyMap<number, string[]>;
  onChange: (part: { groups: GroupRow[] }) => void;
}

/** If one player, then so many of some others; at most 0 is never together. Either may be whole positions, teams or captains. */
export function GroupRules({ rows, choices, faults, onChange }: Props) {
  return (
    <RuleSection title="Groups" hint="If a lineup holds one player, position, team or captain, so many of others; at most 0 keeps them apart" one="group" rows={rows} fresh={fresh} faults={faults} onChange={(groups) => { onChange({ groups }); }}>
      {(row, change) => (
        <>
          <SelectionFields label="If a lineup holds any of" hint="Nobody: the rule holds for every lineup" choices={choices} chosen={row.given} onChange={(given) => { change({ given }); }} />
          <div className="grid grid-cols-2 gap-3">
            <SelectField label="it holds" value={row.limit} onChange={(e) => { change({ limit: e.target.value === "most" ? "most" : "least" }); }}>
              <option value="least">at least</option>
              <option value="most">at most</option>
            </SelectField>
            <NumberField label="how many" value={row.count} onChange={(count) => { change({ count }); }} />
          </div>
          <SelectionFields label="of" choices={choices} chosen={row.who} onChange={(who) => { change({ who }); }} />
          <NameField value={row.name} onChange={change} />
        </>
      )}
    </RuleSection>
  );
}
