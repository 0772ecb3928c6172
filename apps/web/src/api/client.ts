import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The one client; same origin, cookie session. */
export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });

export interface Problem {
  message: string;
  row?: number | null;
  column?: string | null;
}

/** What the API says went wrong: a sentence for a person, and every fault found. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: Problem[] = [],
    readonly rules: string[] = [],
  ) {
    super(message);
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

interface Told {
  code?: string;
  message?: string;
  problems?: Problem[];
  rules?: string[];
}

/** Return the data of an answer, or throw what the API said. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch {
    throw new ApiError(0, "unreachable", "The server cannot be reached. Check that it is running, then try again.");
  }
  if (got.response.ok) return got.data as T;
  throw told(got.response.status, got.error);
}

function told(status: number, error: unknown): ApiError {
  const body = (typeof error === "object" && error !== null ? error : {}) as Told;
  const message = body.message ?? (status >= 500 ? "The server failed. Its log says why." : `The request was refused (${status}).`);
  return new ApiError(status, body.code ?? "unknown", message, body.problems ?? [], body.rules ?? []);
}

/** Post a file as multipart form data; fields are added beside it. */
export async function sendFile<T>(path: string, file: File, fields: Record<string, string> = {}): Promise<T> {
  const body = new FormData();
  body.set("file", file);
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  let response: Response;
  try {
    response = await fetch(path, { method: "POST", body, credentials: "same-origin" });
  } catch {
    throw new ApiError(0, "unreachable", "The upload broke off. Check the file's size and your connection, then try again.");
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw told(response.status, answer);
  return answer as T;
}
