import clsx from "clsx";
import { Ban, Lock } from "lucide-react";
import { useMemo, useState } from "react";
import type { Schemas } from "@/api/client";
import { Position } from "@/components/ui/badge";
import { slotsOfCopies } from "@/api/copies";
import { number, salary } from "@/lib/format";

interface Props {
  players: Schemas["PoolPlayer"][];
  locked: number[];
  excluded: number[];
  onChange: (part: { locked: number[]; excluded: number[] }) => void;
}

const SHOWN = 120;

/** Lock or leave out single players; a player is never both. */
export function PlayerRules({ players, locked, excluded, onChange }: Props) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const rows = useMemo(
    () =>
      players
        .filter((p) => p.mean != null && (wanted === "" || p.name.toLowerCase().includes(wanted) || p.team?.toLowerCase() === wanted))
        .sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0))
        .slice(0, SHOWN),
    [players, wanted],
  );
  const slots = useMemo(() => slotsOfCopies(players), [players]);
  const toggle = (id: number, kind: "locked" | "excluded") => {
    const without = { locked: locked.filter((x) => x !== id), excluded: excluded.filter((x) => x !== id) };
    const was = (kind === "locked" ? locked : excluded).includes(id);
    onChange(was ? without : { ...without, [kind]: [...without[kind], id] });
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 px-5 pb-3">
        <label className="flex-1 sm:max-w-72">
          <span className="sr-only">Search players or a team</span>
          <input type="search" placeholder="Search players or a team" value={search} onChange={(e) => { setSearch(e.target.value); }} className="h-10 w-full rounded-lg border border-line bg-surface px-3 text-sm" />
        </label>
        <span className="text-xs text-faint">{locked.length} locked, {excluded.length} left out</span>
      </div>
      <ul className="max-h-[34rem] divide-y divide-line/60 overflow-y-auto border-t border-line">
        {rows.map((p) => {
          const isLocked = locked.includes(p.draftable_id);
          const isOut = excluded.includes(p.draftable_id);
          const slot = slots.get(p.draftable_id);
          const named = slot == null ? p.name : `${p.name} as ${slot}`;
          return (
            <li key={p.draftable_id} className={clsx("flex items-center gap-2 px-5 py-2 text-sm", isOut && "opacity-50")}>
              <Position code={p.position} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{p.name} <span className="text-xs font-normal text-faint">{[p.team, slot].filter(Boolean).join(" · ")}</span></span>
                <span className="tabular text-xs text-muted sm:hidden">{salary(p.salary_usd)}</span>
              </span>
              <span className="tabular hidden w-16 text-right text-muted sm:block">{salary(p.salary_usd)}</span>
              <span className="tabular w-12 text-right font-medium">{number(p.mean)}</span>
              <IconToggle label={`Lock ${named}`} on={isLocked} onClick={() => { toggle(p.draftable_id, "locked"); }}><Lock aria-hidden className="size-4" /></IconToggle>
              <IconToggle label={`Leave out ${named}`} on={isOut} bad onClick={() => { toggle(p.draftable_id, "excluded"); }}><Ban aria-hidden className="size-4" /></IconToggle>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function IconToggle({ label, on, bad = false, onClick, children }: { label: string; on: boolean; bad?: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button type="button" aria-label={label} aria-pressed={on} title={label} onClick={onClick} className={clsx("grid size-8 place-items-center rounded-md", on ? (bad ? "bg-bad-soft text-bad" : "bg-accent-soft text-accent") : "text-faint hover:bg-raised")}>
      {children}
    </button>
  );
}
