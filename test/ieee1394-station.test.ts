import { describe, expect, it } from "vitest";
import type { StationStatus } from "../gateway-core/contract/station.ts";
import { absentBus } from "../gateway-core/ieee1394/absent-bus.ts";
import type { TellTrouble } from "../gateway-core/ieee1394/bus.ts";
import { joinIeee1394 } from "../gateway-core/ieee1394-station.ts";
import { createSearchAnew } from "../gateway-core/search-anew.ts";
import { parseSettings } from "../gateway-core/settings.ts";
import { createStation } from "../gateway-core/station.ts";
import { fakeHost, settle } from "./fakes/fake-host.ts";

const denied = { reason: "bus-denied", detail: "/dev/fw0 may not be opened" } as const;

describe("The discovery of IEEE 1394", () => {
  it("shows why there is no bus, each reason once, and that there is one when it comes", async () => {
    const host = fakeHost();
    let tell: TellTrouble = () => undefined;
    const joined = joinIeee1394(
      parseSettings({ ieee1394: { bus: "/dev/fw0" } }),
      host,
      createSearchAnew(host.clock),
      (_name, _host, told) => {
        tell = told ?? tell;
        tell(denied);
        return absentBus;
      },
    );
    const station = createStation(joined.discovery, host.clock, host.log);
    const shown: StationStatus[] = [];
    station.onStatus((status) => shown.push(status));
    const { release } = station.hold();
    await settle();
    tell(denied);
    tell(undefined);
    tell(undefined);
    expect(shown.map(({ text, detail }) => [text, detail])).toEqual([
      ["opening", undefined],
      ["bus-denied", "/dev/fw0 may not be opened"],
      ["open", "/dev/fw0"],
    ]);
    release();
    await station[Symbol.asyncDispose]();
    tell(denied);
    expect(station.status.state).toBe("closed");
  });
});
