/**
 * This machine's HAVi messaging system: software elements that are called, and calls to those of others (HAVi 1.1, 3.2, as
 * reconstructed). What is sent reliably is acknowledged; a message that comes twice is acknowledged twice and taken once;
 * nobody speaks for another node. What was called is never called again by itself: nobody knows whether it was done.
 */

import type { Host } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import type { Bus, NodeAt } from "./bus.ts";
import { apiName, errorWord } from "./havi/api-table.ts";
import handles from "./havi/handles.json" with { type: "json" };
import { bodyOffset, decodeHaviMessage, encodeHaviMessage, type HaviMessage } from "./havi/havi-message.ts";
import { decodeFields, encodeFields, type OperationForm } from "./havi/operation-form.ts";
import { decodeRmi, encodeRmi, type Rmi } from "./havi/rmi.ts";
import { createHaviTransport } from "./havi-transport.ts";
import type { NodeDirectory } from "./node-directory.ts";
import { readLocalGuid } from "./rom-reader.ts";
import { createWaiting } from "./waiting.ts";

export interface HaviMessenger {
  /**
   * The results of an operation of the element `seid`.
   * @throws HomeError `device-silent` with `reason`, `device-refused` with `response` (the word of its error),
   * `frame-malformed` for results of another form, `value-invalid` for fields that the operation does not take.
   */
  call(seid: string, form: OperationForm, fields: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  /** Answers what is called at a handle (four hexadecimal digits) of this machine. */
  serve(handle: string, serve: Serve): void;
  /** This machine's EUI-64. @throws HomeError `device-silent` while there is no bus. */
  guid(): Promise<string>;
  dispose(): void;
}

/** @param source who calls; what is returned are the octets of the results, or an error code. */
export type Serve = (source: string, rmi: Rmi) => Uint8Array | number;

export interface HaviMessengerOptions {
  readonly bus: Bus;
  readonly host: Host;
  readonly directory: Pick<NodeDirectory, "locate" | "nodes">;
  /** The session's life. */
  readonly signal: AbortSignal;
}

const acknowledgedMs = 1_000;
const answeredMs = 5_000;
const guidDigits = 16;
const numbers = 256;
const transactions = 2 ** 32;
const noack = { overflow: 1, unknownTarget: 2 };
const rmiProtocol = 0;
/** UNIDENTIFIED_FAILURE of all interfaces. */
const failed = 3;
/** Answers under way; a node that calls more at once is told that this is too much. */
const mostAnswers = 64;
const mostRemembered = 1_000;

export function createHaviMessenger({ bus, host, directory, signal: life }: HaviMessengerOptions): HaviMessenger {
  const { clock, log } = host;
  const elements = new Map<string, Serve>();
  const acknowledgements = createWaiting<HaviMessage>(clock);
  const answers = createWaiting<Rmi>(clock);
  /** The number of the last message of each element that sent one. */
  const lastNumbers = new Map<string, number>();
  const complained = new Set<string>();
  const transport = createHaviTransport({ bus, clock, locate: directory.locate, take });
  let own: string | undefined;
  let number = 0;
  let transaction = 0;
  let answering = 0;

  const stop = bus.onReset(() => {
    acknowledgements.giveUp("bus-reset");
    answers.giveUp("bus-reset");
  });

  async function guid(): Promise<string> {
    own ??= await readLocalGuid({ bus, clock, signal: life });
    return own;
  }

  const nodeAt = ({ nodeId, generation }: NodeAt) =>
    directory.nodes().find(({ at }) => at.nodeId === nodeId && at.generation === generation);

  /** A node that talks nonsense does so often: it is said once. */
  function complain(node: string, why: string): void {
    if (complained.has(node)) return;
    complained.add(node);
    log.write("warn", "havi-message-refused", { node, why });
  }

  function take(from: NodeAt, octets: Uint8Array): void {
    const sender = nodeAt(from);
    if (sender === undefined || own === undefined) return;
    try {
      const message = decodeHaviMessage(octets);
      if (!message.source.startsWith(sender.guid)) complain(sender.guid, "it speaks for another node");
      else if (message.destination.startsWith(own)) receive(message, octets);
    } catch (thrown) {
      complain(sender.guid, toHomeError(thrown).message);
    }
  }

  function receive(message: HaviMessage, octets: Uint8Array): void {
    const { source, destination, type } = message;
    const handle = destination.slice(guidDigits);
    if (type === "RELIABLE_ACK" || type === "RELIABLE_NOACK") {
      acknowledgements.settle(`${handle} ${message.number} ${source}`, message);
      return;
    }
    const serve = elements.get(handle);
    const isTooMuch = answering >= mostAnswers;
    if (type === "RELIABLE") {
      const refusal = serve === undefined ? noack.unknownTarget : isTooMuch ? noack.overflow : undefined;
      acknowledge(message, refusal);
    }
    if (serve === undefined || isTooMuch || isRepeated(message) || message.protocol !== rmiProtocol) return;
    const rmi = decodeRmi(octets, bodyOffset);
    if (rmi.status !== undefined) answers.settle(`${rmi.transaction} ${source}`, rmi);
    else void answer(message, rmi, serve);
  }

  function isRepeated({ source, type, number: told }: HaviMessage): boolean {
    if (type !== "RELIABLE") return false;
    if (lastNumbers.get(source) === told) return true;
    if (lastNumbers.size >= mostRemembered) lastNumbers.clear();
    lastNumbers.set(source, told);
    return false;
  }

  function acknowledge({ source, destination, number: told }: HaviMessage, refusal: number | undefined): void {
    const reply: HaviMessage = {
      ...{ tam: 0, destination: source, source: destination, protocol: rmiProtocol, number: told },
      type: refusal === undefined ? "RELIABLE_ACK" : "RELIABLE_NOACK",
      body: refusal === undefined ? new Uint8Array() : Uint8Array.of(refusal),
    };
    // Who gets no acknowledgement notices by itself.
    transport.send(source.slice(0, guidDigits), encodeHaviMessage(reply), life).catch(() => undefined);
  }

  /** One who throws has failed at this call alone: whoever called is told, and others are served. */
  function madeBy(serve: Serve, source: string, rmi: Rmi): Uint8Array | number {
    try {
      return serve(source, rmi);
    } catch (thrown) {
      log.write("error", "havi-answer-failed", { operation: rmi.operation, error: toHomeError(thrown).toBody() });
      return failed;
    }
  }

  async function answer({ source, destination }: HaviMessage, rmi: Rmi, serve: Serve): Promise<void> {
    const { api, operation, transaction: asked } = rmi;
    const made = madeBy(serve, source, rmi);
    const isError = typeof made === "number";
    const status = { api, error: isError ? made : 0 };
    const payload = isError ? new Uint8Array() : made;
    answering++;
    try {
      await sendReliably(destination, source, encodeRmi({ api, operation, transaction: asked, status, payload }), life);
    } catch {
      // Who asked is gone.
    } finally {
      answering--;
    }
  }

  async function sendReliably(source: string, destination: string, body: Uint8Array, signal: AbortSignal) {
    number = (number + 1) % numbers;
    const message = { tam: 0, destination, source, protocol: rmiProtocol, type: "RELIABLE", number, body } as const;
    const key = `${source.slice(guidDigits)} ${number} ${destination}`;
    const acknowledged = acknowledgements.wait(key, signal);
    try {
      await transport.send(destination.slice(0, guidDigits), encodeHaviMessage(message), signal);
      const told = ended(await acknowledged.within(acknowledgedMs), destination, signal);
      if (told.type === "RELIABLE_ACK") return;
    } finally {
      acknowledged.forget();
    }
    throw new HomeError("device-refused", `the software element ${destination} took no message`, {
      response: "NOACK",
      element: destination,
    });
  }

  return {
    async call(seid, form, fields, signal) {
      const { api, operation } = form;
      const payload = encodeFields(form.parameters, fields);
      const source = `${await guid()}${handles.client}`;
      transaction = (transaction + 1) % transactions;
      const answered = answers.wait(`${transaction} ${seid}`, signal);
      try {
        await sendReliably(source, seid, encodeRmi({ api, operation, transaction, payload }), signal);
        const { status, payload: results } = ended(await answered.within(answeredMs), seid, signal);
        if (status === undefined || status.error === 0) return decodeFields(form.results, results);
        const response = errorWord(apiName(status.api), status.error);
        throw new HomeError("device-refused", `the device answered ${response}`, { response, element: seid });
      } finally {
        answered.forget();
      }
    },
    serve: (handle, serve) => void elements.set(handle, serve),
    guid,
    dispose() {
      stop();
      transport.dispose();
    },
  };
}

function ended<T>(ending: T | string, seid: string, signal: AbortSignal): T {
  signal.throwIfAborted();
  if (typeof ending !== "string") return ending;
  throw new HomeError("device-silent", `the software element ${seid} did not answer (${ending})`, {
    ...{ element: seid, reason: ending },
  });
}
