import { expect, it } from "vitest";
import { createFarewell } from "../../../access-broker/pages/stream-farewell.ts";

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);

/** An answer of this type whose source is in the test's hands. */
function open(type = "text/event-stream") {
  let isCancelled = false;
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      source = controller;
    },
    cancel() {
      isCancelled = true;
    },
  });
  const farewell = createFarewell(() => 0.5);
  const answer = farewell.wrap(async () => new Response(body, { status: 200, headers: { "content-type": type } }));
  return {
    farewell,
    answer,
    say: (octets: string) => source?.enqueue(text(octets)),
    end: () => source?.close(),
    isCancelled: () => isCancelled,
  };
}

async function readAll(response: Response): Promise<string> {
  return await response.text();
}

it("An event stream that must end tells its viewer when to come back, and its source ends", async () => {
  const { farewell, answer, say, isCancelled } = open();
  const response = await answer();
  expect(farewell.open).toBe(1);
  const all = readAll(response);
  say("data: 1\n\n");
  await new Promise((resolve) => setImmediate(resolve));
  farewell.say();
  expect(await all).toBe("data: 1\n\nretry: 3250\n\n");
  expect([farewell.open, isCancelled()]).toEqual([0, true]);
});

it("In the middle of an event nothing is said: half an event is none", async () => {
  const { farewell, answer, say } = open();
  const all = readAll(await answer());
  say("data: 1\n\ndata: ha");
  await new Promise((resolve) => setImmediate(resolve));
  farewell.say();
  expect(await all).toBe("data: 1\n\ndata: ha");
});

it("A stream that begins when all is said ends at once; one that ends by itself is counted no more", async () => {
  const late = open();
  late.farewell.say();
  expect(await readAll(await late.answer())).toBe("retry: 3250\n\n");
  const own = open();
  const all = readAll(await own.answer());
  own.say("data: 1\n\n");
  own.end();
  expect([await all, own.farewell.open]).toEqual(["data: 1\n\n", 0]);
});

it("Any other answer is left as it is", async () => {
  const { farewell, answer, say, end } = open("text/html");
  const all = readAll(await answer());
  farewell.say();
  say("<p>whole</p>");
  end();
  expect([await all, farewell.open]).toEqual(["<p>whole</p>", 0]);
});
