import { useCallback, useState } from "react";

/** How wide an element is, in CSS pixels, followed as it changes: so that a chart's text is as large on a phone. */
export function useWidth(before: number): [(element: Element | null) => (() => void) | undefined, number] {
  const [width, setWidth] = useState(before);
  const frame = useCallback((element: Element | null) => {
    if (!element || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(([entry]) => { if (entry && entry.contentRect.width > 0) setWidth(entry.contentRect.width); });
    observer.observe(element);
    return () => { observer.disconnect(); };
  }, []);
  return [frame, width];
}
