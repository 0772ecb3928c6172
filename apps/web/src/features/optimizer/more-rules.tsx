import { useState } from "react";
import { ExposureRules } from "./exposure-rules";
import { GroupRules } from "./group-rules";
import type { Choices } from "./people";
import type { Faults, Rules } from "./request";
import { NumberField } from "./rule-section";
import { OpposingRules, OwnershipRules, TeamRules } from "./slate-rules";
import { StackRules } from "./stack-rules";

interface Props {
  rules: Rules;
  choices: Choices;
  faults: Faults;
  onChange: (part: Partial<Rules>) => void;
}

/** The rules most builds do without, folded away until asked for, or until one of them is refused. */
export function MoreRules({ rules, choices, faults, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const stated = rules.groups.length + rules.stacks.length + rules.exposures.length + rules.teams.length + rules.opposing.length + rules.ownership.length + [rules.maxSalary, rules.minGames, rules.minTeams].filter((x) => x !== "").length;
  const refused = Object.values(faults).some((rows) => rows.size > 0);
  return (
    <details open={open || refused} onToggle={(e) => { setOpen(e.currentTarget.open); }} className="rounded-card border border-line bg-surface shadow-card">
      <summary className="cursor-pointer px-5 py-4 text-[0.95rem] font-semibold">
        More rules <span className="text-sm font-normal text-muted">{stated === 0 ? "groups, stacks, exposures, teams, ownership" : `${stated} stated`}</span>
      </summary>
      <div className="divide-y divide-line/60 border-t border-line">
        <GroupRules rows={rules.groups} choices={choices} faults={faults.groups} onChange={onChange} />
        <StackRules rows={rules.stacks} choices={choices} faults={faults.stacks} onChange={onChange} />
        <ExposureRules rows={rules.exposures} choices={choices} faults={faults.exposures} onChange={onChange} />
        <TeamRules rules={rules} choices={choices} faults={faults} onChange={onChange} />
        <OpposingRules rules={rules} choices={choices} faults={faults} onChange={onChange} />
        <OwnershipRules rules={rules} faults={faults} onChange={onChange} />
        <div className="grid grid-cols-2 gap-3 px-5 py-4 sm:grid-cols-3">
          <NumberField label="Most salary spent, $" placeholder="the cap" value={rules.maxSalary} onChange={(maxSalary) => { onChange({ maxSalary }); }} />
          <NumberField label="Games, at least" placeholder="site's rule" value={rules.minGames} onChange={(minGames) => { onChange({ minGames }); }} />
          <NumberField label="Teams, at least" placeholder="site's rule" value={rules.minTeams} onChange={(minTeams) => { onChange({ minTeams }); }} />
        </div>
      </div>
    </details>
  );
}
