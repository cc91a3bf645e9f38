// How the page reaches the API: queries and mutations as JSON, subscriptions as server-sent events.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-sse";

const ENDPOINT = "/graphql";
const MEDIA_TYPES = "application/graphql-response+json, application/json;q=0.9";

/** A GraphiQL fetcher that speaks for the owner of `token` and reports each HTTP status to `onStatus`. */
export function createFetcher(token, onStatus) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const request = async (url, init) => {
    const response = await fetch(url, { ...init, credentials: "omit" });
    onStatus(response.status);
    return response;
  };
  return createGraphiQLFetcher({
    url: ENDPOINT,
    enableIncrementalDelivery: false,
    headers: { ...headers, accept: MEDIA_TYPES },
    fetch: async (url, init) => Response.json(await readAnswer(await request(url, init))),
    // The header goes with an event stream as with any request, which a browser's WebSocket can't do.
    wsClient: { subscribe: (operation, sink) => subscribe(request, headers, operation, sink) },
  });
}

function subscribe(request, headers, operation, sink) {
  let refusal;
  const client = createClient({
    url: ENDPOINT,
    headers,
    retryAttempts: 0,
    fetchFn: async (url, init) => {
      const response = await request(url, init);
      if (contentType(response).startsWith("text/event-stream")) return response;
      refusal = await readAnswer(response);
      throw new Error("The server did not open a stream.");
    },
  });
  const error = (reason) => {
    if (!refusal) return sink.error(reason);
    sink.next(refusal);
    return sink.complete();
  };
  return client.subscribe(operation, { ...sink, error });
}

/** The answer's JSON; where a proxy answered something else, an error that says so. */
async function readAnswer(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    const what = contentType(response) || "no content type";
    return { errors: [{ message: `HTTP ${response.status} with ${what}: ${text.slice(0, 500)}` }] };
  }
}

function contentType(response) {
  return response.headers.get("content-type") ?? "";
}
