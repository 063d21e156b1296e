/** The front of the access link room: the link of this home to its provider if it has one, and what it learned there about devices whether or not the link stands. */

import type { Duplex } from "node:stream";
import type { Host } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { DescriptorEvent, DescriptorsWanted } from "../contract/descriptor-events.ts";
import type { GatewayFacts } from "../contract/descriptor-offer.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { RemoteCommand } from "../contract/remote-link.ts";
import type { Handler } from "../contract/web.ts";
import { type LinkState, openAccessLink } from "./broker-link.ts";
import { createDescriptorQuery, type DescriptorQuery } from "./descriptor-query.ts";
import { openLearnedDescriptors } from "./learned-descriptors.ts";
import { gatewayIdOf, homeAddress, type Registration, readRegistration } from "./registration.ts";
import { createRemoteHome, type RemoteHome } from "./remote-home.ts";

export interface Access extends AsyncDisposable {
  /** The address of the home outside; undefined before it is enrolled. */
  readonly home: string | undefined;
  /** `closed`: this home wants no link. */
  readonly state: LinkState | "not-enrolled" | "closed";
  onState(listener: (state: LinkState) => void): () => void;
  /** Whether the control page may be asked for over the link. */
  setPage(isOffered: boolean): void;
  /** A connection to the provider's outbound proxy. @throws HomeError `home-away`, `not-registered-broker` */
  openProxy(): Promise<Duplex>;
  /** What descriptors the house wants. */
  receive(wanted: DescriptorsWanted): void;
  /** Nobody here wants descriptors any more. */
  forget(): void;
  /** A topic of the home, for remote MQTT. */
  readonly publish: RemoteHome["publish"];
  /** All that was learned, for whoever has heard nothing yet. */
  snapshot(): DescriptorEvent;
}

export interface AccessOptions {
  readonly host: Host;
  /** Whether the home wants the link. */
  readonly isEnabled: boolean;
  readonly gateway: Omit<GatewayFacts, "id">;
  /** Answers who is outside, to whom the home is at this address. */
  readonly handlerAt: (home: string) => Handler;
  /** @throws HomeError `descriptor-invalid` */
  readonly parse: (candidate: unknown) => Descriptor;
  readonly onDescriptor: (event: DescriptorEvent) => void;
  readonly onCommand: (command: RemoteCommand) => void;
}

/** @throws HomeError `internal` when what is kept of the enrolment cannot be read. */
export function openAccess({
  host,
  isEnabled,
  gateway,
  handlerAt,
  parse,
  onDescriptor,
  onCommand,
}: AccessOptions): Access {
  const registration = readRegistration(host.memory);
  const remote = createRemoteHome(host.log, onCommand);
  const query = registration && openQuery(registration);
  query?.onEvent(onDescriptor);
  const link =
    registration && isEnabled
      ? openAccessLink({ host, registration, handler: handlerAt(homeAddress(registration)), query, remote })
      : undefined;

  /** Undefined without a key that descriptors could be believed by. */
  function openQuery({ descriptorKey, key }: Registration): DescriptorQuery | undefined {
    if (descriptorKey === undefined) return undefined;
    try {
      const facts = { ...gateway, id: gatewayIdOf({ key }) };
      const learned = openLearnedDescriptors({ host, descriptorKey, gateway: facts, parse });
      return createDescriptorQuery({ host, gateway: facts, learned });
    } catch (thrown) {
      host.log.write("error", "descriptors-not-asked", { error: toHomeError(thrown).toBody() });
      return undefined;
    }
  }

  return {
    home: registration && homeAddress(registration),
    get state() {
      return link?.state ?? (registration === undefined ? "not-enrolled" : "closed");
    },
    onState: (listener) => link?.onState(listener) ?? (() => undefined),
    setPage: (isOffered) => link?.setPage(isOffered),
    async openProxy() {
      if (link === undefined) throw new HomeError("home-away", "this home has no link to a provider");
      return link.openProxy();
    },
    // Who cannot ask does not say that it does.
    receive: (wanted) => isEnabled && query?.receive(wanted),
    forget: () => query?.forget(),
    publish: remote.publish,
    snapshot: () => query?.snapshot() ?? { type: "learned", descriptors: [] },
    async [Symbol.asyncDispose]() {
      query?.close();
      await link?.[Symbol.asyncDispose]();
    },
  };
}
