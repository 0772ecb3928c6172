import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { PitChart, ReliabilityChart } from "@/components/charts/calibration";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Failure, Loading } from "@/components/ui/state";
import { count, date, number, words } from "@/lib/format";
import { better, modelQuery, SCORES, type Model } from "./registry";

interface Props {
  models: Model[];
  mayChange: boolean;
  busy: boolean;
  promote: (id: number) => void;
}

/** One model looked into, or two beside each other. */
export function Comparison({ models, mayChange, busy, promote }: Props) {
  const [one, two] = models;
  return (
    <Card
      title={two == null ? one?.title : one?.market === two.market ? `${one.title}: two versions` : `${one?.title ?? ""} and ${two.title}`}
      note={two == null ? "Choose a second one to compare." : one?.market === two.market ? "The better of two scores is marked." : "Two markets: their scores are in different units and are not compared."}
    >
      <div className={clsx("grid gap-8", two != null && "lg:grid-cols-2")}>
        {models.map((model) => (
          <One key={model.id} model={model} rival={models.find((m) => m.id !== model.id && m.market === model.market)} mayChange={mayChange} busy={busy} promote={promote} />
        ))}
      </div>
    </Card>
  );
}

function One({ model, rival, mayChange, busy, promote }: Omit<Props, "models"> & { model: Model; rival: Model | undefined }) {
  const detail = useQuery(modelQuery(model.id));
  return (
    <article aria-label={`${model.title}, ${model.family}`} className="min-w-0 space-y-4">
      <header className="flex min-h-10 flex-wrap items-center gap-2">
        <h3 className="font-semibold">{words(model.family)}</h3>
        <Badge>{model.mode}</Badge>
        {model.stage === "promoted" ? <Badge tone="good">in use</Badge> : mayChange && <Button busy={busy} onClick={() => { promote(model.id); }}>Promote</Button>}
      </header>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <Fact name="Version">{model.version}</Fact>
        <Fact name="Trained until">{date(model.trained_until)}{model.rows != null && `, on ${count(model.rows)} player games`}</Fact>
        <Fact name="Judged on">{count(model.metrics["rows"])} player games{detail.data?.held_out_from != null && ` from ${date(detail.data.held_out_from)} on`}</Fact>
        <Fact name="Digest"><span title={model.sha256} className="font-mono text-xs break-all">{model.sha256.slice(0, 16)}…</span></Fact>
      </dl>
      <table className="w-full text-sm">
        <caption className="sr-only">Scores of {model.title}, {model.family}</caption>
        <tbody>
          {SCORES.map((score) => {
            const wins = rival != null && better(score, model.metrics[score.key], rival.metrics[score.key]) === -1;
            return (
              <tr key={score.key} className="border-b border-line/60 last:border-0">
                <th scope="row" title={score.help} className="py-1.5 pr-4 text-left font-normal text-muted">{score.header}</th>
                <td className={clsx("tabular py-1.5 text-right", wins && "font-semibold text-good")}>{number(model.metrics[score.key], score.digits)}{wins && <span className="sr-only"> (better)</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {detail.isPending ? <Loading rows={4} label="Loading the calibration" /> : detail.isError ? <Failure error={detail.error} retry={() => void detail.refetch()} /> : detail.data.calibration == null ? (
        <p className="text-sm text-muted">Its calibration was not kept: train it again to see it.</p>
      ) : (
        <div className="grid gap-6 sm:grid-cols-2">
          <figure>
            <PitChart shares={detail.data.calibration.pit} label="Probability integral transform" />
            <figcaption className="mt-1 text-xs text-muted">Where outcomes fell in what was told. Flat is calibrated; a hump is too wide, a bowl too narrow.</figcaption>
          </figure>
          <figure>
            <ReliabilityChart bins={detail.data.calibration.reliability} label={`Chance of more than ${detail.data.calibration.line}`} />
            <figcaption className="mt-1 text-xs text-muted">More than {detail.data.calibration.line}: how often it happened, by how likely it was told to be. On the diagonal is calibrated.</figcaption>
          </figure>
        </div>
      )}
      {detail.data != null && (
        <details className="text-sm">
          <summary className="cursor-pointer text-muted hover:text-ink">It reads {detail.data.features.length} features</summary>
          <p className="mt-2 text-xs leading-relaxed text-muted">{detail.data.features.map(words).join(", ")}</p>
        </details>
      )}
    </article>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
