import { SelectField } from "@/components/ui/field";
import { SetPicker } from "@/components/ui/set-picker";
import type { Choices } from "./people";
import type { StackRow } from "./request";
import { NameField, NumberField, RuleSection, ShareFields } from "./rule-section";

const fresh = (key: number): StackRow => ({ key, name: "", of: "team", sizes: ["2", ""], teams: [], positions: [], opponents: "", opponentPositions: [], least: "100", most: "100" });

const FURTHER = ["another", "a third", "a fourth"];

/** Return the sizes with one changed, and an empty one behind the last as long as there may be more. */
function resized(sizes: readonly string[], place: number, now: string): string[] {
  const stated = sizes.map((size, at) => (at === place ? now : size)).filter((size, at) => at === 0 || size !== "");
  return stated.length <= FURTHER.length ? [...stated, ""] : stated;
}

interface Props {
  rows: readonly StackRow[];
  choices: Choices;
  faults: ReadonlyMap<number, string[]>;
  onChange: (part: { stacks: StackRow[] }) => void;
}

/** Players of a team or game together, with their bring-back, in a share of the lineups. */
export function StackRules({ rows, choices, faults, onChange }: Props) {
  const positions = choices.positions.map((p) => ({ id: p, name: p }));
  return (
    <RuleSection title="Stacks" hint="Players of one team, game, line or batting order together, in all lineups or a share of them" one="stack" rows={rows} fresh={fresh} faults={faults} onChange={(stacks) => { onChange({ stacks }); }}>
      {(row, change) => (
        <>
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            <NumberField label="Players" value={row.sizes[0] ?? ""} onChange={(size) => { change({ sizes: [size, ...row.sizes.slice(1)] }); }} />
            <SelectField label="of one" value={row.of} onChange={(e) => { change({ of: e.target.value as StackRow["of"] }); }}>
              <option value="team">team</option>
              <option value="game">game</option>
              {(choices.hasLines || row.of === "line") && <option value="line">line</option>}
              {(choices.hasOrder || row.of === "order") && <option value="order">batting order</option>}
            </SelectField>
            {row.sizes.slice(1).map((size, place) => (
              <NumberField key={place} label={`and of ${FURTHER[place] ?? "another"} ${row.of === "order" ? "batting order" : row.of}`} placeholder="none" value={size} onChange={(now) => { change({ sizes: resized(row.sizes, place + 1, now) }); }} />
            ))}
          </div>
          <SetPicker label="Positions" options={positions} chosen={row.positions} onChange={(chosen) => { change({ positions: chosen }); }} />
          <SetPicker label="Teams" options={choices.teams} chosen={row.teams} onChange={(teams) => { change({ teams }); }} />
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            <NumberField label="Bring-back" placeholder="0 opponents" value={row.opponents} onChange={(opponents) => { change({ opponents }); }} />
            <ShareFields least={row.least} most={row.most} onChange={change} />
          </div>
          {Number(row.opponents) > 0 && (
            <SetPicker label="Bring-back positions" options={positions} chosen={row.opponentPositions} onChange={(chosen) => { change({ opponentPositions: chosen }); }} />
          )}
          <NameField value={row.name} onChange={change} />
        </>
      )}
    </RuleSection>
  );
}
