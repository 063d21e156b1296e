/** The wire as the engine sees it: datagrams to and from nodes, and to all of them at once (ECHONET Lite specification, part II, 2.2). */

export interface Datagram {
  /** The sender's IP address. Its port says nothing: real nodes answer from any. */
  readonly from: string;
  readonly octets: Uint8Array;
}

export interface Transport extends AsyncDisposable {
  /** Never throws: what cannot be sent is as good as lost, and is asked again like it. */
  send(octets: Uint8Array, to: string): void;
  /** To every node on every interface in use. */
  multicast(octets: Uint8Array): void;
  /** Calls the listener with every datagram from now on that is not the gateway's own; returns how to stop. */
  onDatagram(listener: (datagram: Datagram) => void): () => void;
}
