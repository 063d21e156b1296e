/** The wires of this room: files, and connections that octets come by. They know no format. */

import type { HttpOrigin, TcpOrigin } from "./av-origin.ts";

/** Octets in their order, as somebody asks for them: a sender whose octets nobody asks for has to wait. */
export interface OctetWire {
  /** The next octets; undefined: there are no more. @throws HomeError when the connection is lost */
  read(): Promise<Uint8Array | undefined>;
  /** The sender has said beforehand how much it sends: its end is an end. */
  readonly hasEnd: boolean;
  /** At once; what is being read fails. */
  close(): void;
}

export interface FileLook {
  readonly octets: number;
  /** When it was written to: milliseconds since 1970. */
  readonly writtenAt: number;
}

export interface FileWire {
  /** Octets of their own from a place on; none at the end. @throws HomeError */
  read(at: number): Promise<Uint8Array>;
  /** @throws HomeError */
  look(): Promise<FileLook>;
  close(): Promise<void>;
}

export interface AvWires {
  /** @throws HomeError the source is not there, does not let us in, is no file */
  openFile(path: string): Promise<FileWire>;
  /**
   * The signal is for the connecting only; whoever has the wire closes it.
   * @throws HomeError why there is no connection
   */
  connect(origin: TcpOrigin | HttpOrigin, signal: AbortSignal): Promise<OctetWire>;
  /** Whether somebody listens there; nothing is asked of them. */
  isReachable(origin: HttpOrigin, signal: AbortSignal): Promise<boolean>;
}
