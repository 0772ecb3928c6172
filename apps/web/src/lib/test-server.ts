/** What a test says in place of the server: answers by method and path; everything asked is kept. */
export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Answers = Record<string, (body: unknown) => { status?: number; body: unknown }>;

let answers: Answers = {};
let asked: Asked[] = [];
let streams: TestStream[] = [];

/** Answer so from now on; returns what is asked. */
export function answering(given: Answers): Asked[] {
  answers = given;
  asked = [];
  streams = [];
  return asked;
}

/** Tell those who follow a run what became of it. */
export function tellRun(run: object): void {
  for (const stream of streams) stream.tell(run);
}

class TestRequest extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, "http://localhost") : input, init);
  }
}

async function answer(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const sent = input instanceof Request ? input : null;
  const method = sent?.method ?? init?.method ?? "GET";
  const path = new URL(sent?.url ?? (input as string), "http://localhost").pathname;
  const text = sent ? await sent.text() : "";
  const body: unknown = text === "" ? init?.body : JSON.parse(text);
  asked.push({ method, path, body });
  const given = answers[`${method} ${path}`]?.(body) ?? { status: 404, body: { message: `nothing answers ${method} ${path}` } };
  return new Response(JSON.stringify(given.body), { status: given.status ?? 200, headers: { "Content-Type": "application/json" } });
}

class TestStream extends EventTarget {
  constructor() {
    super();
    streams.push(this);
  }
  tell(run: object): void {
    this.dispatchEvent(new MessageEvent("run", { data: JSON.stringify(run) }));
  }
  close(): void {
    streams = streams.filter((one) => one !== this);
  }
}

Object.assign(globalThis, { Request: TestRequest, fetch: answer, EventSource: TestStream });
