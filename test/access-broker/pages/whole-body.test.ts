import { describe, expect, it } from "vitest";
import { shortJson } from "../../../access-broker/pages/whole-body.ts";

describe("What a home answers to the broker itself", () => {
  it("is read to its end where it is short", async () => {
    expect(await shortJson(new Response('{"devices":[]}').body, 100)).toEqual({ devices: [] });
  });

  it("is let go with a typed error when it goes on beyond its bound, however long it would have been", async () => {
    let pulled = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1_000).fill(0x20));
      },
      cancel() {
        isCancelled = true;
      },
    });
    await expect(shortJson(endless, 10_000)).rejects.toMatchObject({
      code: "body-too-large",
      details: { maximum: 10_000 },
    });
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(20);
  });
});
