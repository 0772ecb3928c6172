import { SelectField } from "@/components/ui/field";
import type { Choices } from "./people";
import { isNarrowed, NOBODY, type ExposureRow } from "./request";
import { NameField, NumberField, RuleSection, ShareFields } from "./rule-section";
import { SelectionFields } from "./selection-fields";

interface Props {
  rows: readonly ExposureRow[];
  choices: Choices;
  faults: ReadonlyMap<number, string[]>;
  onChange: (part: { exposures: ExposureRow[] }) => void;
}

/** Whether a row is about so many of some players, and not about one player or a team. */
const counted = (row: ExposureRow): boolean => row.of === "captain" || (row.of === "players" && (row.who.people.length !== 1 || isNarrowed(row.who)));

/** In which share of the lineups a player, a captain, a team or so many of some players stand. */
export function ExposureRules({ rows, choices, faults, onChange }: Props) {
  const fresh = (key: number): ExposureRow => ({ key, name: "", of: "players", who: NOBODY, team: choices.teams[0]?.id ?? "", count: "1", least: "", most: "" });
  return (
    <RuleSection title="Exposures" hint="The share of the lineups that hold a player, several together, or a team" one="share" rows={rows} fresh={fresh} faults={faults} onChange={(exposures) => { onChange({ exposures }); }}>
      {(row, change) => (
        <>
          <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
            <SelectField label="Lineups with" value={row.of} onChange={(e) => { change({ of: e.target.value as ExposureRow["of"] }); }}>
              <option value="players">players</option>
              {choices.hasCaptain && <option value="captain">a captain</option>}
              <option value="team">any player of a team</option>
            </SelectField>
            {row.of === "team" && (
              <SelectField label="Team" value={row.team} onChange={(e) => { change({ team: e.target.value }); }}>
                {choices.teams.map((t) => <option key={t.id} value={t.id}>{t.name}</option>)}
              </SelectField>
            )}
          </div>
          {row.of !== "team" && <SelectionFields label={row.of === "captain" ? "Any of them as captain" : "Players"} choices={{ ...choices, hasCaptain: false }} chosen={row.who} onChange={(who) => { change({ who }); }} />}
          {counted(row) && <NameField value={row.name} onChange={change} />}
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            {row.of === "players" && counted(row) && <NumberField label="Together, or more" value={row.count} onChange={(count) => { change({ count }); }} />}
            <ShareFields least={row.least} most={row.most} onChange={change} />
          </div>
        </>
      )}
    </RuleSection>
  );
}
