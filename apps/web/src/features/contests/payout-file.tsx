import { useMutation } from "@tanstack/react-query";
import { sendFile, type Schemas } from "@/api/client";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";

/** Read a payout table from a file. */
export function PayoutFile({ onRead }: { onRead: (offer: Schemas["OfferRead"]) => void }) {
  const send = useMutation({ mutationFn: (file: File) => sendFile<Schemas["OfferRead"]>("/api/contests/payouts", file), onSuccess: onRead });
  return (
    <div className="space-y-2">
      <FileButton label="Payout table" accept=".csv,.json,text/csv,application/json" className="w-full" busy={send.isPending} onPick={(file) => { send.mutate(file); }}>Payout table from a file</FileButton>
      {send.isError && <Problems error={send.error} />}
    </div>
  );
}
