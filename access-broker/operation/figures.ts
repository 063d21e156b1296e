/** The access broker's figures in the text format of Prometheus 0.0.4. No label names a home, a person or a source. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, Registry } from "prom-client";
import { createBoundedWords } from "./bounded-words.ts";

/** What is asked for at each look. */
export interface Sources {
  homesOnline(): number;
  mqttVisitors(): number;
  eventStreams(): number;
  media(): MediaTraffic;
  passwordQueue(): number;
  auditBacklog(): number;
  /** Undefined: no certificate by file. */
  certificateExpiresAt(): number | undefined;
  /** By door: what is open now, and what has passed since the start. */
  traffic(): Readonly<Record<string, DoorTraffic>>;
  /** What the store counts; its failure leaves these figures out. */
  stored(): Promise<Readonly<Record<"homes" | "users" | "sessions", number>>>;
}

/** Streams of devices: links from homes, sessions of viewers, octets of both since the start. */
export interface MediaTraffic {
  readonly streams: number;
  readonly viewers: number;
  readonly received: number;
  readonly sent: number;
}

interface DoorTraffic {
  readonly open: number;
  readonly connections: number;
  readonly received: number;
  readonly sent: number;
}

export interface Figures extends Disposable {
  /** A request at a home's origin was judged. */
  judged(verdict: "allowed" | "refused"): void;
  /** Something that the audit hears of; refusals are counted by their reason too. */
  happened(event: string, reason: unknown): void;
  readonly contentType: string;
  text(): Promise<string>;
  /** How often each reason has led to a refusal. */
  refusals(): Promise<readonly { readonly what: string; readonly reason: string; readonly count: number }[]>;
}

const nanoseconds = 1e9;
const resolutionMs = 20;

export function createFigures(sources: Sources): Figures {
  const register = new Registry();
  const registers = [register];
  const gauge = (name: string, help: string, read: () => number | undefined): void => {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        const value = read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  const [events, reasons] = [createBoundedWords(), createBoundedWords()];

  const requests = new Counter({
    name: "genkan_requests_total",
    help: "Requests at homes' origins, by the first firewall's verdict.",
    labelNames: ["verdict"] as const,
    registers,
  });
  for (const verdict of ["allowed", "refused"]) requests.inc({ verdict }, 0);
  const audited = new Counter({
    name: "genkan_events_total",
    help: "What the audit heard of, whether or not it was held back.",
    labelNames: ["event"] as const,
    registers,
  });
  const refused = new Counter({
    name: "genkan_refusals_total",
    help: "Refusals by what was refused and why.",
    labelNames: ["what", "reason"] as const,
    registers,
  });

  gauge("genkan_homes_online", "Homes whose gateway is linked now.", sources.homesOnline);
  gauge("genkan_mqtt_visitors", "Programs that look into a home by MQTT now.", sources.mqttVisitors);
  gauge("genkan_event_streams", "Event streams that are open now.", sources.eventStreams);
  gauge("genkan_streams", "Rungs of devices' streams that homes send now.", () => sources.media().streams);
  gauge("genkan_stream_viewers", "Sessions with a device's stream that are open now.", () => sources.media().viewers);
  mediaFigures(registers, sources.media);
  gauge("genkan_password_queue", "Passwords that wait to be judged.", sources.passwordQueue);
  gauge("genkan_audit_backlog", "Audit entries that are not on the disk yet.", sources.auditBacklog);
  gauge("genkan_certificate_expires_timestamp_seconds", "When the first certificate by file ends.", () => {
    const at = sources.certificateExpiresAt();
    return at === undefined ? undefined : at / 1000;
  });
  doorFigures(registers, sources.traffic);
  const stored = new Gauge({
    name: "genkan_stored",
    help: "What the store holds: homes and users that are subscribed, sessions that have not ended.",
    labelNames: ["what"] as const,
    registers,
  });
  const delay = processFigures(registers, gauge);

  return {
    judged: (verdict) => requests.inc({ verdict }),
    happened(event, reason) {
      const word = events(event);
      audited.inc({ event: word });
      if (event.endsWith("-refused")) refused.inc({ what: word, reason: reasons(reason) });
    },
    contentType: register.contentType,
    async text() {
      const counted = await sources.stored().catch(() => ({}));
      stored.reset();
      for (const [what, count] of Object.entries(counted)) stored.set({ what }, count);
      return register.metrics();
    },
    async refusals() {
      const { values } = await refused.get();
      return values.map(({ labels, value }) => ({
        what: String(labels.what ?? ""),
        reason: String(labels.reason ?? ""),
        count: value,
      }));
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}

function mediaFigures(registers: Registry[], media: Sources["media"]): void {
  new Counter({
    name: "genkan_stream_octets_total",
    help: "Octets of streams since the start: in from homes, out to viewers.",
    labelNames: ["direction"] as const,
    registers,
    collect() {
      const { received, sent } = media();
      this.reset();
      this.inc({ direction: "in" }, received);
      this.inc({ direction: "out" }, sent);
    },
  });
}

function doorFigures(registers: Registry[], traffic: Sources["traffic"]): void {
  new Gauge({
    name: "genkan_open_connections",
    help: "Connections that are open now, by door.",
    labelNames: ["door"] as const,
    registers,
    collect() {
      for (const [door, { open }] of Object.entries(traffic())) this.set({ door }, open);
    },
  });
  new Counter({
    name: "genkan_connections_total",
    help: "Connections since the start, by door.",
    labelNames: ["door"] as const,
    registers,
    collect() {
      this.reset();
      for (const [door, { connections }] of Object.entries(traffic())) this.inc({ door }, connections);
    },
  });
  new Counter({
    name: "genkan_octets_total",
    help: "Octets that passed since the start, by door and direction; what is relayed passes users and gateways.",
    labelNames: ["door", "direction"] as const,
    registers,
    collect() {
      this.reset();
      for (const [door, { received, sent }] of Object.entries(traffic())) {
        this.inc({ door, direction: "in" }, received);
        this.inc({ door, direction: "out" }, sent);
      }
    },
  });
}

/** The names are Prometheus's own. Of the event loop: how much later than it should a turn came, since the last look. */
function processFigures(
  registers: Registry[],
  gauge: (name: string, help: string, read: () => number | undefined) => void,
): ReturnType<typeof monitorEventLoopDelay> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  // What is measured is from one look to the next: the time that it should be is no delay.
  const seconds = (measured: number): number => Math.max(0, measured / nanoseconds - resolutionMs / 1000);
  delay.enable();
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  new Counter({
    name: "process_cpu_seconds_total",
    help: "CPU time, user and system.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  gauge("process_start_time_seconds", "When the process started.", () => (performance.timeOrigin / 1000) | 0);
  gauge("nodejs_heap_size_used_bytes", "Heap in use.", () => process.memoryUsage().heapUsed);
  gauge("nodejs_eventloop_delay_p50_seconds", "Median delay of the event loop.", () => seconds(delay.percentile(50)));
  gauge("nodejs_eventloop_delay_max_seconds", "Longest delay of the event loop.", () => {
    const longest = seconds(delay.max);
    delay.reset();
    return longest;
  });
  return delay;
}
