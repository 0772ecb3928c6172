import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { api, ask } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { TextField } from "@/components/ui/field";
import { Problems } from "@/components/ui/problems";
import { Failure, Loading, Notice } from "@/components/ui/state";
import { ago } from "@/lib/format";

const tokensQuery = queryOptions({ queryKey: ["tokens"], queryFn: () => ask(api.GET("/api/tokens")) });

/** The user's own password, and tokens for scripts. */
export function Account() {
  return (
    <div className="max-w-2xl space-y-5">
      <h1 className="text-2xl font-semibold tracking-tight">Account</h1>
      <Password />
      <Tokens />
    </div>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    meta: { door: true },
    mutationFn: () => ask(api.PUT("/api/password", { body: { current_password: current, new_password: next } })),
    onSuccess: () => { setCurrent(""); setNext(""); },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Card title="Password">
      <form onSubmit={submit} className="space-y-4">
        <TextField label="Current password" type="password" autoComplete="current-password" required value={current} onChange={(e) => { setCurrent(e.target.value); }} />
        <TextField label="New password" type="password" autoComplete="new-password" hint="At least 12 characters." required value={next} onChange={(e) => { setNext(e.target.value); }} />
        <Button type="submit" busy={change.isPending}>Change password</Button>
        {change.isError && <Problems error={change.error} />}
        {change.isSuccess && <Notice tone="good">Changed.</Notice>}
      </form>
    </Card>
  );
}

function Tokens() {
  const cache = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState("");
  const refresh = () => cache.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const make = useMutation({ mutationFn: () => ask(api.POST("/api/tokens", { body: { name } })), onSuccess: () => { setName(""); void refresh(); } });
  const drop = useMutation({ mutationFn: (id: number) => ask(api.DELETE("/api/tokens/{token_id}", { params: { path: { token_id: id } } })), onSuccess: refresh });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Card title="Tokens" note="For scripts: send one as “Authorization: Bearer …”">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <div className="min-w-48 flex-1"><TextField label="Name" required value={name} onChange={(e) => { setName(e.target.value); }} placeholder="notebook" /></div>
        <Button type="submit" busy={make.isPending}>Create</Button>
      </form>
      <div className="mt-3 space-y-3">
        {make.isError && <Problems error={make.error} />}
        {make.isSuccess && <Notice tone="good">Copy it now, it is shown once: <code className="break-all select-all">{make.data.secret}</code></Notice>}
        {tokens.isPending ? <Loading rows={2} /> : tokens.isError ? <Failure error={tokens.error} /> : (
          <ul className="divide-y divide-line">
            {tokens.data.map((t) => (
              <li key={t.id} className="flex items-center justify-between gap-3 py-2.5 text-sm">
                <span><b className="font-medium">{t.name}</b> <span className="text-faint">created {ago(t.created_at)}, used {ago(t.last_used_at)}</span></span>
                <Button kind="danger" className="h-8 px-3" onClick={() => { drop.mutate(t.id); }}>Delete</Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
