import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { api, ask } from "@/api/client";
import { sessionQuery, setupQuery } from "@/api/session";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Failure, Loading, Notice } from "@/components/ui/state";

/** The door: create the first account on a new installation, else sign in. */
export function SignIn() {
  const setup = useQuery(setupQuery);
  if (setup.isPending) return <Door><Loading rows={3} /></Door>;
  if (setup.isError) return <Door><Failure error={setup.error} retry={() => void setup.refetch()} /></Door>;
  return <Door>{setup.data.needed ? <Form first /> : <Form />}</Door>;
}

function Door({ children }: { children: React.ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center bg-canvas px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-3">
          <img src="/icon.svg" alt="" className="size-10" />
          <div>
            <p className="text-lg font-semibold tracking-tight">Sports Data Platform</p>
            <p className="text-sm text-muted">Projections, simulations, lineups. Yours.</p>
          </div>
        </div>
        <div className="rounded-card border border-line bg-surface p-6 shadow-card">{children}</div>
      </div>
    </main>
  );
}

function Form({ first = false }: { first?: boolean }) {
  const cache = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const enter = useMutation({
    meta: { door: true },
    mutationFn: () => {
      const body = { username, password };
      return first ? ask(api.POST("/api/setup", { body })) : ask(api.POST("/api/session", { body }));
    },
    onSuccess: (session) => {
      cache.setQueryData(sessionQuery.queryKey, session);
      void cache.invalidateQueries();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <h1 className="text-xl font-semibold">{first ? "Create the first account" : "Sign in"}</h1>
      {first && <p className="text-sm text-muted">This installation is new. The first account administers it.</p>}
      {enter.isError && <Notice tone="bad">{enter.error.message}</Notice>}
      <TextField label="User name" name="username" autoComplete="username" required value={username} onChange={(e) => { setUsername(e.target.value); }} />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete={first ? "new-password" : "current-password"}
        required
        hint={first ? "At least 12 characters." : undefined}
        value={password}
        onChange={(e) => { setPassword(e.target.value); }}
      />
      <Button type="submit" kind="primary" className="w-full" busy={enter.isPending}>
        {first ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}
