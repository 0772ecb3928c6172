import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { slateQuery } from "@/api/slates";
import { Badge, Modelled } from "@/components/ui/badge";
import { Failure, Loading } from "@/components/ui/state";
import { when } from "@/lib/format";

const TABS = [
  { to: "/slates/$slateId", label: "Players", exact: true },
  { to: "/slates/$slateId/games", label: "Games", exact: false },
  { to: "/slates/$slateId/optimize", label: "Optimize", exact: false },
  { to: "/slates/$slateId/lineups", label: "Lineups", exact: false },
  { to: "/slates/$slateId/entries", label: "Entries", exact: false },
  { to: "/slates/$slateId/swap", label: "Late swap", exact: false },
  { to: "/slates/$slateId/contest", label: "Contest", exact: false },
  { to: "/slates/$slateId/grade", label: "Grade", exact: false },
  { to: "/slates/$slateId/what-if", label: "What if", exact: false },
] as const;

/** The head and the tabs that every page of a slate shares. */
export function SlateLayout({ slateId }: { slateId: number }) {
  const slate = useQuery(slateQuery(slateId));
  if (slate.isPending) return <Loading />;
  if (slate.isError) return <Failure error={slate.error} retry={() => void slate.refetch()} />;
  const s = slate.data;
  return (
    <div className="space-y-5">
      <header>
        <Link to="/" className="text-sm text-muted hover:text-ink">
          Slates
        </Link>
        <div className="mt-1 flex flex-wrap items-center gap-2">
          <h1 className="mr-1 text-2xl font-semibold tracking-tight">{s.name}</h1>
          <Badge>{s.contest_title}</Badge>
          {s.salary_source === "modelled" && <Modelled />}
        </div>
        <p className="mt-1 text-sm text-muted">
          {s.is_locked ? "Locked" : "Locks"} {when(s.starts_at)} · {s.games} games · {s.players} players
        </p>
      </header>
      <Tabs slateId={slateId} />
      <Outlet />
    </div>
  );
}

/** The slate's pages side by side; on a phone the present one is scrolled into sight. */
function Tabs({ slateId }: { slateId: number }) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const tab = nav.current?.querySelector<HTMLElement>("[data-status=active]");
    if (nav.current && tab) nav.current.scrollLeft = tab.offsetLeft - (nav.current.clientWidth - tab.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav ref={nav} aria-label="Slate" className="relative -mx-4 flex gap-1 overflow-x-auto border-b border-line px-4">
      {TABS.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          params={{ slateId: String(slateId) }}
          activeOptions={{ exact: tab.exact }}
          className="border-b-2 border-transparent px-3 py-2.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[status=active]:border-accent data-[status=active]:text-ink"
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
