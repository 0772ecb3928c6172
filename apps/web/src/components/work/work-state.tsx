import { Button } from "@/components/ui/button";
import { Problems } from "@/components/ui/problems";
import { Progress } from "@/components/ui/progress";
import { Notice } from "@/components/ui/state";
import { isOver, type Work } from "@/lib/work";

interface WorkStateProps {
  work: Work | null;
  /** What is told until the work says itself what it does. */
  waiting: string;
  /** What cancelled work left behind. */
  stopped?: string;
  onCancel: (id: number) => unknown;
}

/** Work under way, with its progress and a way to stop it; or why it ended without a result. Nothing once it succeeded. */
export function WorkState({ work, waiting, stopped = "Stopped. Nothing was saved.", onCancel }: WorkStateProps) {
  if (work == null) return null;
  if (!isOver(work)) {
    return (
      <div className="space-y-2">
        <Progress share={work.progress} label={work.message ?? waiting} />
        {work.remaining > 0 && <p className="text-xs text-faint">{work.remaining} more {work.remaining === 1 ? "step" : "steps"} after this one</p>}
        <Button kind="quiet" className="h-8 px-2" onClick={() => { onCancel(work.id); }}>Cancel</Button>
      </div>
    );
  }
  if (work.status === "succeeded") return null;
  return work.error ? <Problems error={work.error} /> : <Notice>{stopped}</Notice>;
}
