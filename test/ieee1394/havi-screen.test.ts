import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../gateway-core/contract/json.ts";
import { type OperationForm, operationForm } from "../../gateway-core/ieee1394/havi/operation-form.ts";
import type { HaviMessenger } from "../../gateway-core/ieee1394/havi-messenger.ts";
import { createHaviScreen } from "../../gateway-core/ieee1394/havi-screen.ts";
import { fakeHost, settle } from "../fakes/fake-host.ts";

const panelId = (handle: number): JsonObject => ({ type: "DDI_PANEL", handle });
const textId = (panel: number): JsonObject => ({ type: "DDI_TEXT", handle: 1_000 + panel });
const contentOf = (panel: number): JsonObject => ({ type: "UNICODE", handle: 5_000 + panel });

/** A device whose every panel is a new one, with one text of its own. */
const messenger: Pick<HaviMessenger, "call"> = {
  async call(_seid: string, { api, operation }: OperationForm, fields: JsonObject): Promise<JsonObject> {
    const is = (name: string): boolean => {
      const form = operationForm("DdiTarget", name);
      return form.api === api && form.operation === operation;
    };
    const handleOf = (id: Json | undefined): number => Number((id as JsonObject)["handle"]);
    if (is("Subscribe")) return { rootPanel: panelId(0) };
    if (is("GetDdiContent")) return { content: { text: `text ${handleOf(fields["content"]) - 5_000}` } };
    if (!is("GetDdiPanel")) throw new Error(`operation ${operation} of ${api} is not expected`);
    const handle = handleOf(fields["element"]);
    return {
      panel: { name: `panel ${handle}`, elements: [textId(handle)] },
      elements: [{ id: textId(handle), type: "DDI_TEXT", name: `name ${handle}`, content: contentOf(handle) }],
    };
  },
};

describe("A screen that a device sends", () => {
  it("is shown however often the device turns to a new panel", async () => {
    const { signal } = new AbortController();
    const screen = createHaviScreen({
      ...{ seid: "0011223344556677ffff", generation: () => 1, log: fakeHost().log, signal },
      messenger: { ...messenger, serve: () => undefined, guid: async () => "", dispose: () => undefined },
    });
    await screen.open(signal);
    expect(Object.values(screen.screen.values)).toEqual(["text 0"]);
    for (let turn = 1; turn <= 400; turn++) {
      screen.takeChange({ targetPanel: panelId(turn), changed: [], deletedPanels: [panelId(turn - 1)] });
      if (turn % 10 === 0) await settle();
    }
    await settle();
    expect(Object.values(screen.screen.values)).toEqual(["text 0", "text 400"]);
  });
});
