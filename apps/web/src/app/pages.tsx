import { useParams } from "@tanstack/react-router";
import { Contest } from "@/features/contests/contest";
import { Grading } from "@/features/contests/grading";
import { Entries } from "@/features/entries/entries";
import { LateSwap } from "@/features/lineups/late-swap";
import { Optimizer } from "@/features/optimizer/optimizer";
import { Player } from "@/features/players/player";
import { WhatIf } from "@/features/scenarios/what-if";

/** The heavier pages, loaded when they are first opened. */
export function OptimizePage() {
  const { slateId } = useParams({ from: "/slates/$slateId/optimize" });
  return <Optimizer slateId={Number(slateId)} />;
}

export function EntriesPage() {
  const { slateId } = useParams({ from: "/slates/$slateId/entries" });
  return <Entries slateId={Number(slateId)} />;
}

export function SwapPage() {
  const { slateId } = useParams({ from: "/slates/$slateId/swap" });
  return <LateSwap slateId={Number(slateId)} />;
}

export function ContestPage() {
  const { slateId } = useParams({ from: "/slates/$slateId/contest" });
  return <Contest slateId={Number(slateId)} />;
}

export function GradePage() {
  const { slateId } = useParams({ from: "/slates/$slateId/grade" });
  return <Grading slateId={Number(slateId)} />;
}

export function PlayerPage() {
  const { slateId, draftableId } = useParams({ from: "/slates/$slateId/players/$draftableId" });
  return <Player slateId={Number(slateId)} draftableId={Number(draftableId)} />;
}

export function WhatIfPage() {
  const { slateId } = useParams({ from: "/slates/$slateId/what-if" });
  return <WhatIf slateId={Number(slateId)} />;
}
