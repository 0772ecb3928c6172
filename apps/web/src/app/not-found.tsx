import { Link } from "@tanstack/react-router";
import { buttonClass } from "@/components/ui/button";
import { Empty } from "@/components/ui/state";

export function NotFound() {
  return (
    <Empty title="There is no such page" action={<Link to="/" className={buttonClass("primary")}>Go to the slates</Link>}>
      The address may be old, or mistyped.
    </Empty>
  );
}
