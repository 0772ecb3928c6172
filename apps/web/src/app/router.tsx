import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { DataHealth } from "@/features/health/data-health";
import { LineupSet } from "@/features/lineups/lineup-set";
import { LineupSets } from "@/features/lineups/lineup-sets";
import { Pool } from "@/features/players/pool";
import { Games } from "@/features/slates/games";
import { SlateLayout } from "@/features/slates/slate-layout";
import { SlateList } from "@/features/slates/slate-list";
import { Failure } from "@/components/ui/state";
import { NotFound } from "./not-found";
import { Shell } from "./shell";

const root = createRootRoute({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => <Failure error={error} />,
});

const slates = createRoute({ getParentRoute: () => root, path: "/", component: SlateList });
const health = createRoute({ getParentRoute: () => root, path: "/data", component: DataHealth });
const review = createRoute({ getParentRoute: () => root, path: "/review", component: lazyRouteComponent(() => import("@/features/review/review-queue"), "ReviewQueue") });
const models = createRoute({ getParentRoute: () => root, path: "/models", component: lazyRouteComponent(() => import("@/features/models/models"), "Models") });
const account = createRoute({ getParentRoute: () => root, path: "/account", component: lazyRouteComponent(() => import("@/features/account/account"), "Account") });

const slate = createRoute({
  getParentRoute: () => root,
  path: "/slates/$slateId",
  component: function Slate() {
    return <SlateLayout slateId={Number(slate.useParams().slateId)} />;
  },
});
const pool = createRoute({
  getParentRoute: () => slate,
  path: "/",
  component: function PoolPage() {
    return <Pool slateId={Number(pool.useParams().slateId)} />;
  },
});
const games = createRoute({
  getParentRoute: () => slate,
  path: "/games",
  component: function GamesPage() {
    return <Games slateId={Number(games.useParams().slateId)} />;
  },
});
const optimize = createRoute({ getParentRoute: () => slate, path: "/optimize", component: lazyRouteComponent(() => import("./pages"), "OptimizePage") });
const lineups = createRoute({
  getParentRoute: () => slate,
  path: "/lineups",
  component: function LineupsPage() {
    return <LineupSets slateId={Number(lineups.useParams().slateId)} />;
  },
});
const entries = createRoute({ getParentRoute: () => slate, path: "/entries", component: lazyRouteComponent(() => import("./pages"), "EntriesPage") });
const swap = createRoute({ getParentRoute: () => slate, path: "/swap", component: lazyRouteComponent(() => import("./pages"), "SwapPage") });
const contest = createRoute({ getParentRoute: () => slate, path: "/contest", component: lazyRouteComponent(() => import("./pages"), "ContestPage") });
const grade = createRoute({ getParentRoute: () => slate, path: "/grade", component: lazyRouteComponent(() => import("./pages"), "GradePage") });
const whatIf = createRoute({ getParentRoute: () => slate, path: "/what-if", component: lazyRouteComponent(() => import("./pages"), "WhatIfPage") });
const player = createRoute({ getParentRoute: () => slate, path: "/players/$draftableId", component: lazyRouteComponent(() => import("./pages"), "PlayerPage") });
const lineupSet = createRoute({
  getParentRoute: () => root,
  path: "/lineups/$setId",
  component: function LineupSetPage() {
    return <LineupSet setId={Number(lineupSet.useParams().setId)} />;
  },
});

export const router = createRouter({
  routeTree: root.addChildren([slates, health, models, review, account, slate.addChildren([pool, games, optimize, lineups, entries, swap, contest, grade, whatIf, player]), lineupSet]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
