import { Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  /** What the file is, for people and screen readers. */
  label: string;
  accept: string;
  busy?: boolean;
  className?: string;
  onPick: (file: File) => void;
  children: React.ReactNode;
}

/** A button that asks for a file; the same file may be chosen again after it was changed. */
export function FileButton({ label, accept, busy = false, className, onPick, children }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept={accept}
        className="sr-only"
        aria-label={label}
        onChange={(e) => {
          const file = e.target.files?.[0];
          e.target.value = "";
          if (file) onPick(file);
        }}
      />
      <Button busy={busy} {...(className == null ? {} : { className })} onClick={() => picker.current?.click()}>
        <Upload aria-hidden className="size-4" /> {children}
      </Button>
    </>
  );
}
