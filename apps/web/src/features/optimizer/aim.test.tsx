import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { OFFER_START } from "@/components/contest/offer-fields";
import { answering } from "@/lib/test-server";
import { Aim, type AimForm } from "./aim";

const START: AimForm = { ...OFFER_START, of: "points", quantile: "80", column: "", candidates: "1000" };

function Harness({ columns, told }: { columns: string[]; told: (form: AimForm, worlds: string, seed: string) => void }) {
  const [form, setForm] = useState(START);
  const [rules, setRules] = useState({ worlds: "", seed: "" });
  told(form, rules.worlds, rules.seed);
  return <Aim slateId={1} form={form} columns={columns} {...rules} onChange={(part) => { setForm((old) => ({ ...old, ...part })); }} onWorlds={(part) => { setRules((old) => ({ ...old, ...part })); }} />;
}

function page(columns: string[] = []) {
  let now = { form: START, worlds: "", seed: "" };
  const asked = answering({
    "GET /api/slates/1/contests": () => ({ body: [{ id: 4, name: "Millions", fee_usd: 20, entries: 5000, entries_max_per_user: 150, prizes: [{ first: 1, last: 1, cash_usd: 9000, ticket_usd: 0 }] }] }),
    "POST /api/contests/payouts": () => ({ body: { name: "From a file", fee_usd: null, entries: 40, entries_max_per_user: null, prizes: [{ first: 1, last: 3, cash_usd: 30, ticket_usd: 0 }] } }),
  });
  render(<QueryClientProvider client={new QueryClient()}><Harness columns={columns} told={(form, worlds, seed) => { now = { form, worlds, seed }; }} /></QueryClientProvider>);
  return { now: () => now, asked };
}

test("a quantile asks how good, and knows no worlds", async () => {
  const { now } = page();
  expect(screen.queryByLabelText("Seed of the worlds")).toBeNull();
  await userEvent.type(screen.getByLabelText("Worlds a lineup"), "20");
  await userEvent.type(screen.getByLabelText("Seed of the worlds"), "7");
  expect(now()).toMatchObject({ worlds: "20", seed: "7" });
  await userEvent.selectOptions(screen.getByLabelText("Build for"), "quantile");
  expect(screen.queryByLabelText("Worlds a lineup")).toBeNull();
  await userEvent.clear(screen.getByLabelText("How good, %"));
  await userEvent.type(screen.getByLabelText("How good, %"), "95");
  expect(now().form).toMatchObject({ of: "quantile", quantile: "95" });
});

test("a column is offered where the projections have one", async () => {
  const { now } = page(["Leverage", "Upside"]);
  await userEvent.selectOptions(screen.getByLabelText("Build for"), "column");
  expect(now().form).toMatchObject({ of: "column", column: "Leverage" });
  await userEvent.selectOptions(screen.getByLabelText("Column"), "Upside");
  expect(now().form.column).toBe("Upside");
});

test("no column is offered where there is none", () => {
  page();
  expect(screen.queryByRole("option", { name: /column/ })).toBeNull();
});

test("a contest is filled in from the slate's own and from a file", async () => {
  const { now, asked } = page();
  await userEvent.selectOptions(screen.getByLabelText("Build for"), "contest");
  await userEvent.selectOptions(await screen.findByLabelText("Contest of this slate"), "Millions");
  expect(now().form).toMatchObject({ name: "Millions", fee: "20", entries: "5000", most: "150", prizes: "1: 9000" });
  await userEvent.upload(screen.getByLabelText("Payout table"), new File(["Place,Prize"], "table.csv", { type: "text/csv" }));
  expect(await screen.findByDisplayValue("From a file")).toBeInTheDocument();
  expect(now().form).toMatchObject({ fee: "20", entries: "40", most: "", prizes: "1-3: 30" });
  expect(asked.some((one) => one.path === "/api/contests/payouts")).toBe(true);
});
