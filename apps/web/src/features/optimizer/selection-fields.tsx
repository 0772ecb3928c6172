import { SelectField } from "@/components/ui/field";
import { SetPicker } from "@/components/ui/set-picker";
import type { Choices } from "./people";
import { PeoplePicker } from "./people-picker";
import { isNarrowed, type Selection } from "./request";

interface Props {
  label: string;
  hint?: string;
  choices: Choices;
  chosen: Selection;
  onChange: (chosen: Selection) => void;
}

/** Name players one by one, or all of some positions, teams, opponents, games or slots; of several, who is all of it. */
export function SelectionFields({ label, hint, choices, chosen, onChange }: Props) {
  const change = (part: Partial<Selection>) => { onChange({ ...chosen, ...part }); };
  return (
    <div className="space-y-2">
      <PeoplePicker label={label} {...(hint == null ? {} : { hint })} people={choices.people} chosen={chosen.people} onChange={(people) => { change({ people }); }} />
      <details open={isNarrowed(chosen)} aria-label={`${label}, by position or team`}>
        <summary className="cursor-pointer text-xs text-muted">{choices.hasCaptain ? "By position, team, game or captain" : "By position, team or game"}</summary>
        <div className="mt-3 space-y-3">
          <SetPicker label="Positions" options={choices.positions.map((p) => ({ id: p, name: p }))} chosen={chosen.positions} onChange={(positions) => { change({ positions }); }} />
          <SetPicker label="Teams" options={choices.teams} chosen={chosen.teams} onChange={(teams) => { change({ teams }); }} />
          <SetPicker label="Against" options={choices.teams} chosen={chosen.opponents} onChange={(opponents) => { change({ opponents }); }} />
          <SetPicker label="Games" options={choices.games} chosen={chosen.games} onChange={(games) => { change({ games }); }} />
          {choices.hasCaptain && (
            <SelectField label="Slot" value={chosen.captain} onChange={(e) => { change({ captain: e.target.value as Selection["captain"] }); }}>
              <option value="">any</option>
              <option value="yes">captain</option>
              <option value="no">not captain</option>
            </SelectField>
          )}
        </div>
      </details>
    </div>
  );
}
