import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { lineupSetsQuery } from "@/api/slates";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { number, when } from "@/lib/format";

/** The lineup sets the user built on this slate, the newest first. */
export function LineupSets({ slateId }: { slateId: number }) {
  const sets = useQuery(lineupSetsQuery(slateId));
  if (sets.isPending) return <Loading />;
  if (sets.isError) return <Failure error={sets.error} retry={() => void sets.refetch()} />;
  return (
    <Card flush>
      {sets.data.length === 0 ? (
        <Empty title="No lineups yet" action={<Link to="/slates/$slateId/optimize" params={{ slateId: String(slateId) }} className={buttonClass("primary")}>Build some</Link>}>
          State your rules and the optimizer returns the best lineups that satisfy them.
        </Empty>
      ) : (
        <ul className="divide-y divide-line">
          {sets.data.map((set) => (
            <li key={set.id}>
              <Link to="/lineups/$setId" params={{ setId: String(set.id) }} className="flex items-center gap-4 px-5 py-4 hover:bg-raised/60">
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-center gap-2 font-medium">
                    {set.name} <Badge>{set.lineups} lineups</Badge>
                    {set.realised_mean != null && <Badge tone="good">settled</Badge>}
                  </p>
                  <p className="mt-1 text-sm text-muted">{when(set.created_at)} · from {set.projection_set_name}</p>
                </div>
                <div className="tabular text-right text-sm">
                  <p><span className="text-faint">best</span> <b>{number(set.projected_best)}</b></p>
                  {set.realised_best != null && <p className="text-warn"><span className="text-faint">actual best</span> {number(set.realised_best)}</p>}
                </div>
                <ChevronRight aria-hidden className="size-5 shrink-0 text-faint" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
