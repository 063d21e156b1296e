/** A station is a place of the gateway that the flow's nodes stand for: messages come in, messages go out, the wires between are the flow's. */

/** One discovery for each protocol; the others serve the whole home. */
export type StationName =
  | ("translation" | "page" | "local-broker" | "access-link" | "home-proxy")
  | `discovery:${string}`;

/** What a node shows under itself. `text` is a key of the node's own dictionary; `detail` stands behind it as it is. */
export interface StationStatus {
  readonly state: "closed" | "opening" | "open" | "failed";
  readonly text: string;
  readonly detail?: string;
}

export interface Hold {
  /** Lets go; what stands behind the station closes some seconds after the last hold, so that a deploy closes nothing. */
  release(): void;
}

export interface Station {
  readonly name: StationName;
  readonly status: StationStatus;
  hold(): Hold;
  /**
   * Takes a message from a wire.
   * @throws HomeError `flow-invalid` when it is none that this station understands.
   */
  receive(message: unknown): void;
  /** What the stations behind need to know all at once: one message for each output; undefined where there is nothing to tell. */
  snapshots(): readonly unknown[];
  /** Sends them: a station behind has opened late, and missed what was told before. */
  tellAnew(): void;
  /** After each deploy the wires may have changed: unless a snapshot arrives soon, nothing is wired to this station. */
  expectSnapshot(): void;
  /** Most stations have one output, number 0. */
  onOutput(listener: (message: unknown, output: number) => void): () => void;
  onStatus(listener: (status: StationStatus) => void): () => void;
}

/** One wire of the home: what leaves `from` by an output (0 unless told) enters `to`. */
export interface Joint {
  readonly from: StationName;
  readonly output?: number;
  readonly to: StationName;
}
