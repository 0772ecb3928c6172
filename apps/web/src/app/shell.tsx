import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Activity, ChartScatter, LayoutList, LogOut, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { api, ask } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { Failure, Loading } from "@/components/ui/state";
import { SignIn } from "@/features/account/sign-in";
import { ThemeButton } from "./theme-button";

const PLACES = [
  { to: "/", label: "Slates", icon: LayoutList, exact: true },
  { to: "/models", label: "Models", icon: ChartScatter, exact: false },
  { to: "/data", label: "Data health", icon: Activity, exact: false },
] as const;

/** The frame of every page; without a session it is the door instead. */
export function Shell({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Loading label="Opening" />;
  if (session.isError) return <Failure error={session.error} retry={() => void session.refetch()} />;
  if (session.data == null) return <SignIn />;
  return (
    <div className="min-h-dvh">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        Skip to the content
      </a>
      <header className="sticky top-0 z-20 border-b border-line bg-surface/95 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-7xl items-center gap-2 px-4 sm:gap-4">
          <Link to="/" aria-label="Sports Data Platform, slates" className="flex items-center gap-2.5 font-semibold tracking-tight">
            <img src="/icon.svg" alt="" className="size-7 shrink-0" />
            <span className="hidden sm:inline">Sports Data Platform</span>
          </Link>
          <nav aria-label="Main" className="flex sm:ml-2 sm:gap-1">
            {PLACES.map(({ to, label, icon: Icon, exact }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact }}
                className="flex items-center gap-2 rounded-lg px-2 py-2 text-sm whitespace-nowrap sm:px-3 font-medium text-muted hover:text-ink data-[status=active]:bg-raised data-[status=active]:text-ink"
              >
                <Icon aria-hidden className="hidden size-4 sm:block" /> {label}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center gap-1">
            <ThemeButton />
            <Link to="/account" aria-label={`Account of ${session.data.user.username}`} className="flex h-9 items-center gap-2 rounded-lg px-2 text-sm text-muted hover:bg-raised hover:text-ink">
              <UserRound aria-hidden className="size-4.5" />
              <span className="hidden md:inline">{session.data.user.username}</span>
            </Link>
            <SignOut />
          </div>
        </div>
      </header>
      <main id="main" className="mx-auto max-w-7xl px-4 py-7">
        {children}
      </main>
      <footer className="mx-auto max-w-7xl px-4 pb-8 text-xs text-faint">
        For personal, non-commercial research. Data belongs to its providers. No betting advice. Problem gambling help (US): 1-800-GAMBLER.
      </footer>
    </div>
  );
}

function SignOut() {
  const cache = useQueryClient();
  const leave = useMutation({
    mutationFn: () => ask(api.DELETE("/api/session")),
    onSettled: () => {
      cache.clear();
      cache.setQueryData(sessionQuery.queryKey, null);
    },
  });
  return (
    <button type="button" onClick={() => { leave.mutate(); }} aria-label="Sign out" title="Sign out" className="grid size-9 place-items-center rounded-lg text-muted hover:bg-raised hover:text-ink">
      <LogOut aria-hidden className="size-4.5" />
    </button>
  );
}
