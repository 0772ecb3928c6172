import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, Flag } from "lucide-react";
import { useState } from "react";
import { api, ask, type Schemas } from "@/api/client";
import { useRun } from "@/api/runs";
import { lineupSetQuery } from "@/api/slates";
import { Modelled, Position } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Problems } from "@/components/ui/problems";
import { Failure, Loading, Notice } from "@/components/ui/state";
import { count, number, percent, salary } from "@/lib/format";
import { isOver } from "@/lib/work";

type Detail = Schemas["LineupSetDetail"];

/** Lineups that are shown at a time. */
const STEP = 150;

/** The lineups one by one, who is in how many of them, and the file for the site. */
export function LineupSet({ setId }: { setId: number }) {
  const set = useQuery(lineupSetQuery(setId));
  const [shown, setShown] = useState(STEP);
  if (set.isPending) return <Loading rows={12} />;
  if (set.isError) return <Failure error={set.error} retry={() => void set.refetch()} />;
  const s = set.data;
  return (
    <div className="space-y-5">
      <header className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <Link to="/slates/$slateId/lineups" params={{ slateId: String(s.slate_id) }} className="text-sm text-muted hover:text-ink">Lineups of this slate</Link>
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <h1 className="text-2xl font-semibold tracking-tight">{s.name}</h1>
            {s.salary_source === "modelled" && <Modelled />}
          </div>
          <p className="tabular mt-1 text-sm text-muted">
            {s.lineups} lineups from {s.projection_set_name} · projected mean {number(s.projected_mean)}, best {number(s.projected_best)}
            {s.realised_mean != null && <span className="text-warn"> · actual mean {number(s.realised_mean)}, best {number(s.realised_best)}</span>}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Settle set={s} />
          <a href={`/api/lineup-sets/${setId}/lineups.csv`} download className={buttonClass()}>Plain CSV</a>
          {s.upload_files === 1 && (
            <a href={`/api/lineup-sets/${setId}/upload.csv`} download className={buttonClass("primary")}>
              <Download aria-hidden className="size-4" /> Upload file
            </a>
          )}
        </div>
      </header>
      {s.upload_files === 0 && <Notice>The format of this site’s upload is not known: enter the lineups by hand, from the plain file.</Notice>}
      {s.upload_files > 1 && <UploadFiles setId={setId} count={s.upload_files} />}
      {s.note != null && <Notice>{s.note}</Notice>}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid gap-4 sm:grid-cols-2">
          {s.lineup_list.slice(0, shown).map((lineup) => <LineupCard key={lineup.id} lineup={lineup} cap={s.salary_cap_usd} quantile={quantileOf(s.rules)} />)}
          {shown < s.lineup_list.length && <Button className="sm:col-span-2" onClick={() => { setShown(shown + STEP); }}>Show more of {count(s.lineup_list.length)} lineups</Button>}
        </div>
        <Exposures set={s} />
      </div>
    </div>
  );
}

/** The files of a set that is larger than the site takes at once. */
function UploadFiles({ setId, count: files }: { setId: number; count: number }) {
  return (
    <nav aria-label="Upload files" className="flex flex-wrap items-center gap-2 text-sm">
      <span className="text-muted">The site takes these lineups in {count(files)} files:</span>
      {Array.from({ length: files }, (_, i) => (
        <a key={i} href={`/api/lineup-sets/${setId}/upload.csv?part=${i + 1}`} download aria-label={`Upload file ${i + 1} of ${files}`} className={buttonClass("plain", "h-8 px-3")}>
          <Download aria-hidden className="size-4" /> {i + 1}
        </a>
      ))}
    </nav>
  );
}

function Settle({ set }: { set: Detail }) {
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const start = useMutation({
    mutationFn: () => ask(api.POST("/api/runs/settle", { body: { lineup_set_id: set.id } })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  const busy = start.isPending || (runId != null && (run == null || !isOver(run)));
  return (
    <div className="max-w-sm space-y-2">
      <Button busy={busy} onClick={() => { start.mutate(); }}>
        <Flag aria-hidden className="size-4" /> {set.realised_mean == null ? "Settle" : "Settle again"}
      </Button>
      {start.isError && <Problems error={start.error} />}
      {run && isOver(run) && run.status !== "succeeded" && <Problems error={run.error ?? { message: "Settling was stopped." }} />}
    </div>
  );
}

/** The quantile that lineups were built for, in percent. */
function quantileOf(rules: Detail["rules"]): number | null {
  const asked = rules["quantile"];
  return typeof asked === "number" ? Math.round(asked * 100) : null;
}

function LineupCard({ lineup, cap, quantile }: { lineup: Schemas["LineupRead"]; cap: number; quantile: number | null }) {
  return (
    <Card
      flush
      title={`Lineup ${lineup.rank}`}
      note={<span className="tabular">{salary(lineup.salary_usd)} of {salary(cap)}</span>}
      actions={
        <p className="tabular text-right text-sm">
          <b className="text-lg">{number(lineup.projected_points)}</b> <span className="text-xs text-faint">mean</span>
          {lineup.quantile_points != null && <span className="block text-xs text-muted">{quantile != null && `${String(quantile)} % of worlds stay below `}{number(lineup.quantile_points)}</span>}
          {lineup.realised_points != null && <span className="block text-xs text-warn">actual {number(lineup.realised_points)}</span>}
        </p>
      }
    >
      <table className="w-full text-sm">
        <caption className="sr-only">Lineup {lineup.rank}</caption>
        <tbody>
          {lineup.players.map((p) => (
            <tr key={p.draftable_id} className="border-t border-line/60">
              <th scope="row" className="w-14 py-1.5 pl-5 text-left text-xs font-normal text-faint">{p.slot}</th>
              <td className="py-1.5"><span className="font-medium">{p.name}</span> <span className="text-xs text-faint">{p.team}</span></td>
              <td className="tabular py-1.5 text-right text-xs text-muted">{salary(p.salary_usd)}</td>
              <td className="tabular w-20 py-1.5 pr-5 text-right">
                {number(p.projected_points)}
                {p.realised_points != null && <span className="block text-xs text-warn">{number(p.realised_points)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Exposures({ set }: { set: Detail }) {
  return (
    <div className="space-y-5">
      <Card title="Exposure" note="Share of the lineups a player stands in" flush>
        <ul className="pb-3">
          {set.player_exposures.map((p) => (
            <li key={p.draftable_id} className="flex items-center gap-2 px-5 py-1.5 text-sm">
              <Position code={p.position} />
              <span className="min-w-0 flex-1 truncate">{p.name}</span>
              <Share share={p.share} />
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Teams" flush>
        <ul className="pb-3">
          {set.team_exposures.map((t) => (
            <li key={t.team} className="flex items-center gap-2 px-5 py-1.5 text-sm">
              <span className="flex-1">{t.team}</span>
              <Share share={t.share} />
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span className="flex w-28 items-center gap-2">
      <span className="h-1.5 flex-1 overflow-hidden rounded-full bg-raised"><span className="block h-full rounded-full bg-accent" style={{ width: percent(share) }} /></span>
      <span className="tabular w-10 text-right text-xs text-muted">{percent(share)}</span>
    </span>
  );
}
