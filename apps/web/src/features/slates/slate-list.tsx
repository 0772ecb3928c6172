import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { Schemas } from "@/api/client";
import { slatesQuery } from "@/api/slates";
import { Badge, Modelled } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { count, when } from "@/lib/format";
import { ImportSlate } from "./import-slate";

/** Every slate we know, the next lock first. */
export function SlateList() {
  const slates = useQuery(slatesQuery);
  return (
    <div className="space-y-6">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">Slates</h1>
          <p className="mt-1 text-sm text-muted">Games drafted together under one contest format.</p>
        </div>
        <ImportSlate />
      </div>
      <Card flush>
        {slates.isPending ? (
          <Loading />
        ) : slates.isError ? (
          <Failure error={slates.error} retry={() => void slates.refetch()} />
        ) : slates.data.items.length === 0 ? (
          <Empty title="No slates yet">
            Import a salary file exported from your site, or run <code>make demo</code> to price a past week from packaged data.
          </Empty>
        ) : (
          <ul className="divide-y divide-line">
            {slates.data.items.map((slate) => (
              <SlateRow key={slate.id} slate={slate} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  );
}

function SlateRow({ slate }: { slate: Schemas["SlateRead"] }) {
  return (
    <li>
      <Link to="/slates/$slateId" params={{ slateId: String(slate.id) }} className="flex items-center gap-4 px-5 py-4 hover:bg-raised/60">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{slate.name}</span>
            <Badge>{slate.contest_title}</Badge>
            {slate.salary_source === "modelled" && <Modelled />}
            {slate.has_projections ? <Badge tone="good">projected</Badge> : <Badge>not yet projected</Badge>}
          </div>
          <p className="mt-1 text-sm text-muted">
            {slate.is_locked ? "Locked" : "Locks"} {when(slate.starts_at)} · {slate.games} games · {count(slate.players)} players
            {slate.matched < slate.players && `, ${slate.players - slate.matched} unmatched`}
          </p>
        </div>
        <ChevronRight aria-hidden className="size-5 shrink-0 text-faint" />
      </Link>
    </li>
  );
}
