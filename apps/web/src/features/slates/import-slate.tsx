import { useMutation } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useRef, useState } from "react";
import { sendFile, type Schemas } from "@/api/client";
import { useRun, type Run } from "@/api/runs";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/state";
import { Problems } from "@/components/ui/problems";
import { isOver } from "@/lib/work";

/** Bring a salary file exported from a site; says what was matched, and everything that is wrong with it. */
export function ImportSlate() {
  const picker = useRef<HTMLInputElement>(null);
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const send = useMutation({
    mutationFn: (file: File) => sendFile<Schemas["SlateImportRead"]>("/api/slates/import", file),
    onSuccess: (answer) => { setRunId(answer.run_id); },
  });
  const busy = send.isPending || (runId != null && (run == null || !isOver(run)));
  return (
    <div className="flex max-w-xl flex-col items-end gap-3">
      <input
        ref={picker}
        type="file"
        accept=".csv,text/csv"
        className="sr-only"
        aria-label="Salary file"
        onChange={(e) => {
          const file = e.target.files?.[0];
          e.target.value = "";
          if (file) {
            setRunId(null);
            send.mutate(file);
          }
        }}
      />
      <Button kind="primary" busy={busy} onClick={() => picker.current?.click()}>
        <Upload aria-hidden className="size-4" /> Import salaries
      </Button>
      {send.isError && <Problems error={send.error} />}
      {run && isOver(run) && <Outcome run={run} />}
    </div>
  );
}

function Outcome({ run }: { run: Run }) {
  if (run.status !== "succeeded") {
    return <Problems error={{ message: run.error?.message ?? "The import was stopped.", problems: run.error?.problems ?? [] }} />;
  }
  const result = (run.result ?? {}) as { matched?: number; rows?: number; unmatched?: unknown[] };
  const unmatched = Array.isArray(result.unmatched) ? result.unmatched.length : 0;
  return (
    <Notice tone={unmatched > 0 ? "warn" : "good"}>
      Imported: {result.matched ?? 0} players matched{unmatched > 0 && `, ${unmatched} not matched (marked in the pool)`}.
    </Notice>
  );
}
