/** What the provider does to the descriptor database from the command line, whether or not the access broker runs. */

import { parseDescriptor } from "../device-descriptors/catalogue.ts";
import { isMatch, parseGatewayRange } from "../gateway-core/contract/descriptor-offer.ts";
import type { JsonObject } from "../gateway-core/contract/json.ts";
import { DescriptorIndex } from "./descriptor-database/descriptor-index.ts";
import { createPublisher } from "./descriptor-database/publish.ts";
import { deedOf, openProviderAuthority, openStore, type Provider } from "./provider.ts";
import type { Store } from "./subscriptions/store.ts";

const mostWanted = 1_000;

export interface Published {
  readonly type: string;
  readonly version: string;
  /** False: it was published before. */
  readonly isNew: boolean;
}

/**
 * Publishes descriptors, checked as any untrusted input: all of them are in order, or none is published.
 * @throws HomeError `descriptor-invalid`
 */
export async function publishDescriptors({
  descriptors,
  gateways,
  ...provider
}: Provider & {
  readonly descriptors: readonly unknown[];
  /** `{model?, from?, below?}`: whom they are for. */
  readonly gateways: JsonObject;
}): Promise<readonly Published[]> {
  const checked = descriptors.map(parseDescriptor);
  const range = parseGatewayRange(gateways);
  await using store = openStore(provider);
  const { signDescriptor } = await openProviderAuthority(provider);
  const { clock } = provider.host;
  const publisher = createPublisher({ store, clock, sign: signDescriptor });
  const published: Published[] = [];
  for (const descriptor of checked) {
    const { "gk:type": type, version } = descriptor;
    const isNew = await publisher.publish(descriptor, range);
    published.push({ type, version: version.model, isNew });
    if (isNew) await audit("descriptor-published", { type, version: version.model });
  }
  return published;

  async function audit(event: string, facts: JsonObject): Promise<void> {
    await store.appendAudit(deedOf(provider, event, { number: null, facts }));
  }
}

/** One line of what homes are offered. */
export interface OfferedDescriptor {
  readonly type: string;
  readonly version: string;
  /** Whom it is for; all members left out: everybody. */
  readonly gateways: Readonly<Record<string, string>>;
}

export async function publishedDescriptors(provider: Provider): Promise<readonly OfferedDescriptor[]> {
  await using store = openStore(provider);
  const offers = (await indexOf(store)).list();
  return offers.map(({ type, version, gateways }) => ({ type, version, gateways: { ...gateways } }));
}

/**
 * Withdraws a version, so that the one before serves again, or the whole type.
 * @throws HomeError `not-found`
 */
export async function withdrawDescriptor({
  type,
  version,
  ...provider
}: Provider & { readonly type: string; readonly version: string | undefined }): Promise<void> {
  await using store = openStore(provider);
  const { signDescriptor } = await openProviderAuthority(provider);
  const { clock } = provider.host;
  await createPublisher({ store, clock, sign: signDescriptor }).withdraw(type, version);
  const facts = { type, version: version ?? null };
  await store.appendAudit(deedOf(provider, "descriptor-withdrawn", { number: null, facts }));
}

/** One line of the worklist. */
export interface WantedDescriptor {
  /** What was detected. */
  readonly key: JsonObject;
  readonly homes: number;
}

/** What homes asked for and nobody has published, what most of them ask for first. Which homes is not kept. */
export async function wantedDescriptors(provider: Provider): Promise<readonly WantedDescriptor[]> {
  await using store = openStore(provider);
  const index = await indexOf(store);
  const wanted = await store.listWanted(mostWanted);
  return wanted.flatMap(({ key: text, homes }) => {
    const key: unknown = JSON.parse(text);
    return isMatch(key) && index.find(key, undefined) === undefined ? [{ key, homes }] : [];
  });
}

async function indexOf(store: Pick<Store, "listDescriptors">): Promise<DescriptorIndex> {
  const index = new DescriptorIndex();
  index.add(await store.listDescriptors(0));
  return index;
}
