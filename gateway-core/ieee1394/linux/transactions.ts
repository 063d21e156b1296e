/** Requests to the nodes of a card, each by the file of its node, and their answers; those to nodes whose file is not there yet wait for it. */

import type { Answer, NodeAt, Rcode } from "../bus.ts";
import type { ToCard } from "./card-messages.ts";
import cdev from "./cdev.json" with { type: "json" };
import type { CdevEvent } from "./cdev-event.ts";
import { ioctlNumber, packStruct, placeOf } from "./cdev-struct.ts";
import type { DeviceFile, DeviceFiles } from "./device-files.ts";
import { type LinuxCalls, rcodeOfError } from "./linux-calls.ts";

export type Request = Pick<ToCard & { do: "transact" }, "kind" | "address" | "octetCount" | "octets">;

export interface Transactions {
  /** Which nodes there are is known already: one that has a file, or will have one soon. */
  ask(at: NodeAt, request: Request, give: (answer: Answer) => void): void;
  take(event: CdevEvent & { kind: "response" }): void;
  /** Sends what has waited for a file, ends what has waited too long or for another generation. */
  look(generation: number | undefined): void;
  /** When `look` has something to do. */
  deadline(): number | undefined;
  end(): void;
}

interface Waiting {
  readonly at: NodeAt;
  readonly request: Request;
  readonly give: (answer: Answer) => void;
  readonly until: number;
}

/** The kernel reads a new node's ROM half a second after a bus reset, and makes its file then. */
const fileMs = 2_000;
const none = new Uint8Array(0);
const ended = (rcode: Rcode): Answer => ({ rcode, data: none });

export function createTransactions(calls: LinuxCalls, files: DeviceFiles): Transactions {
  const sent = new Map<number, (answer: Answer) => void>();
  let waiting: Waiting[] = [];
  let ids = 0;

  function send({ fd }: DeviceFile, { generation }: NodeAt, request: Request, give: (answer: Answer) => void): void {
    const closure = ids++;
    const length = request.kind === "read" ? request.octetCount : request.octets.length;
    const argument = packStruct("send_request", {
      tcode: tcodeOf(request.kind, length),
      ...{ length, offset: request.address, closure, generation },
    });
    const data = request.kind === "read" ? [] : [{ at: placeOf("send_request", "data"), to: request.octets }];
    sent.set(closure, give);
    const result = calls.ioctl(fd, ioctlNumber("SEND_REQUEST"), argument, data);
    if (result >= 0) return;
    sent.delete(closure);
    give(ended(rcodeOfError(result)));
  }

  return {
    ask(at, request, give) {
      const file = files.at(at.nodeId, at.generation);
      if (file !== undefined) send(file, at, request, give);
      else waiting.push({ at, request, give, until: calls.now() + fileMs });
    },
    take({ closure, rcode, data }) {
      sent.get(closure)?.({ rcode, data });
      sent.delete(closure);
    },
    look(generation) {
      const before = waiting;
      waiting = [];
      for (const one of before) {
        const file = files.at(one.at.nodeId, one.at.generation);
        if (one.at.generation !== generation) one.give(ended("generation"));
        else if (file !== undefined) send(file, one.at, one.request, one.give);
        else if (calls.now() >= one.until) one.give(ended("no-ack"));
        else waiting.push(one);
      }
    },
    deadline: () => waiting[0]?.until,
    end() {
      for (const give of [...sent.values(), ...waiting.map(({ give }) => give)]) give(ended("cancelled"));
      sent.clear();
      waiting = [];
    },
  };
}

function tcodeOf(kind: Request["kind"], length: number): number {
  if (kind === "read") return cdev.tcodes[length === 4 ? "read-quadlet" : "read-block"];
  if (kind === "write") return cdev.tcodes[length === 4 ? "write-quadlet" : "write-block"];
  return cdev.tcodes[kind];
}
