/** The station of the access link: joins the link to the page, the home's topics and what descriptors the house wants. */

import { parseDescriptor } from "../device-descriptors/catalogue.ts";
import { openAccess } from "./access-link/access.ts";
import { statusOf } from "./access-link/access-status.ts";
import { localEndOf } from "./access-link/link-interface.ts";
import type { OpenStream } from "./access-link/media-uplink.ts";
import { createRuledControl } from "./access-link/ruled-control.ts";
import type { Host } from "./contract/clock.ts";
import type { GatewayFacts } from "./contract/descriptor-offer.ts";
import type { Device } from "./contract/device.ts";
import type { JsonObject } from "./contract/json.ts";
import type { Control } from "./contract/messages.ts";
import type { Handler } from "./contract/web.ts";
import type { HomeDoors } from "./home-doors.ts";
import type { PageFeed } from "./page/page-feed.ts";
import { type LinkEvent, parseLinkEvent } from "./parse-message.ts";
import { createRemoteTopics } from "./remote-topics.ts";
import type { Settings } from "./settings.ts";
import type { Plan } from "./station.ts";

export interface AccessLinkPlanOptions {
  readonly settings: Settings;
  readonly host: Host;
  readonly doors: HomeDoors;
  readonly gateway: Omit<GatewayFacts, "id">;
  /** Where a provider may have left an enrolment card beforehand. */
  readonly cardFile: string | undefined;
  /** The page as it is told outside. */
  readonly feed: PageFeed;
  /** What whoever is outside reaches of the control. */
  readonly control: Control;
  readonly handlerAt: (home: string) => Handler;
  readonly openStream: OpenStream;
  /** Thing Descriptions of a home at this address, if it has one. */
  readonly describeAt: (home: string | undefined) => (device: Device) => JsonObject;
}

export function accessLinkPlan(options: AccessLinkPlanOptions): Plan<LinkEvent> {
  const { settings, host, doors, gateway, cardFile, feed, control, handlerAt, describeAt, openStream } = options;
  const { enabled, card, cardFolders, rules, uplinkKbps } = settings.accessLink;
  const isEnabled = enabled && settings.access.mode !== "own";
  const from = localEndOf(settings.accessLink.interface);
  return {
    name: "access-link",
    parse: parseLinkEvent,
    wires: {
      page: (event) => event.type === "snapshot" && "epoch" in event,
      home: (event) => event.type === "snapshot" && !("epoch" in event),
      wanted: (event) => event.type === "wanted",
    },
    async open(send, show) {
      const access = openAccess({
        ...{ host, isEnabled, gateway, handlerAt, from, rules },
        cards: { file: card ?? cardFile, folders: cardFolders },
        streams: { open: openStream, mostKbps: uplinkKbps },
        parse: parseDescriptor,
        onDescriptor: send,
        onCommand: (command) => remote.execute(command),
      });
      doors.access = access;
      const remote = createRemoteTopics({
        ...{ host, publish: access.publish },
        control: createRuledControl(control, rules),
        describe: (device) => describeAt(access.home)(device),
      });
      const tell = (): void => show(statusOf(access));
      access.onState(tell);
      tell();
      return {
        receive(event) {
          if (event.type === "wanted") access.receive(event);
          else if (!("epoch" in event)) remote.receive(event);
          else {
            feed.receive(event);
            access.setPage(true);
          }
        },
        unwire(wire) {
          if (wire === "wanted") return access.forget();
          if (wire === "home") return remote.unwire();
          feed.unwire();
          access.setPage(false);
        },
        snapshots: () => [access.snapshot()],
        async close() {
          delete doors.access;
          remote[Symbol.dispose]();
          await access[Symbol.asyncDispose]();
        },
      };
    },
  };
}
