import { describe, expect, it } from "vitest";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { Recording, Recordings } from "../../gateway-core/contract/recording.ts";
import { shownRecordings } from "../../gateway-core/page/shown-recordings.ts";

describe("A list of recordings", () => {
  const listed = (evidence: JsonObject | undefined) => {
    const one: Recording = {
      ...{ id: "one", device: "deck", form: "dv", state: "whole", startedAt: 0, seconds: 1, octets: 1 },
      ...(evidence === undefined ? {} : { evidence }),
    };
    const recordings: Pick<Recordings, "list"> = { list: () => [one] };
    return shownRecordings(recordings, { id: "deck", hasStream: true }, wholeGrant)?.recordings[0];
  };

  it("tells that something is missing, and not what", () => {
    const loss = { chunk: 3, timeCode: null, missingBlocks: 1, lostDataBlocks: 0, droppedChunks: 0 };
    expect(listed({ losses: [loss], breaks: [] })).toMatchObject({ hasGaps: true });
    expect(listed({ losses: [], breaks: [], interruptions: 2 })).toMatchObject({ hasGaps: true });
    expect(listed({ losses: [loss] })).not.toHaveProperty("evidence");
  });

  it("tells nothing of one that is whole, and takes the cut of a tape for no gap", () => {
    const cut = { chunk: 3, from: "00:00:01:00", to: "00:07:00:00" };
    for (const evidence of [undefined, { losses: [], breaks: [cut] }, { interruptions: 0, losses: [] }]) {
      expect(listed(evidence)).not.toHaveProperty("hasGaps");
    }
  });
});
