// Just enough of the CQL binary protocol, version 4, to send statements that were encoded beforehand:
// https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec

import { connect, type Socket } from "node:net";

const headerBytes = 9;
const opcodes = { error: 0x00, startup: 0x01, prepare: 0x09, execute: 0x0a };
/** Of a prepared statement's id: Cassandra gives a hash. */
const idBytes = 16;
const localQuorum = 0x06;
const withValues = 0x01;

function frame(opcode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = 0x04;
  header[4] = opcode;
  header.writeUInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

/**
 * An EXECUTE with room for the statement's id and the stream's number, see {@link address}.
 * @param count how many values it has
 * @param values each with its length before it
 */
export function executeFrame(count: number, values: Buffer): Buffer {
  const head = Buffer.alloc(2 + idBytes + 5);
  head.writeUInt16BE(idBytes, 0);
  head.writeUInt16BE(localQuorum, 2 + idBytes);
  head[4 + idBytes] = withValues;
  head.writeUInt16BE(count, 5 + idBytes);
  return frame(opcodes.execute, Buffer.concat([head, values]));
}

/** Fills in what is known only when an EXECUTE is sent. */
export function address(execute: Buffer, stream: number, id: Buffer): void {
  execute.writeInt16BE(stream, 2);
  id.copy(execute, headerBytes + 2);
}

/** A connection on which a bounded number of requests is under way. */
export class FrameConnection {
  readonly #socket: Socket;
  readonly #waiting: (((body: Buffer) => void) | undefined)[] = [];
  readonly #free: number[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  /** Called when a stream is free again, all are, or the connection has failed. */
  #wake: () => void = () => {};

  private constructor(socket: Socket, inFlight: number) {
    this.#socket = socket;
    for (let stream = inFlight - 1; stream >= 0; stream--) this.#free.push(stream);
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("Cassandra closed the connection")));
  }

  static async open(port: number, inFlight: number): Promise<FrameConnection> {
    const connection = new FrameConnection(connect(port, "127.0.0.1"), inFlight);
    await connection.#ask(opcodes.startup, Buffer.concat([uint16(1), text("CQL_VERSION"), text("3.0.0")]));
    return connection;
  }

  /** @returns the statement's id */
  async prepare(cql: string): Promise<Buffer> {
    const query = Buffer.from(cql);
    const length = Buffer.alloc(4);
    length.writeInt32BE(query.length);
    const result = await this.#ask(opcodes.prepare, Buffer.concat([length, query]));
    const id = result.subarray(6, 6 + result.readUInt16BE(4));
    if (id.length !== idBytes) throw new Error(`A statement's id has ${id.length} bytes, not ${idBytes}`);
    return Buffer.from(id);
  }

  /** The next free stream; -1 while there is none. */
  takeStream(): number {
    if (this.#failure) throw this.#failure;
    return this.#free.pop() ?? -1;
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Frames sent until the returned function is called travel together. */
  gather(): () => void {
    this.#socket.cork();
    return () => this.#socket.uncork();
  }

  /** Waits for the next answers. */
  answers(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wake = () => (this.#failure ? reject(this.#failure) : resolve());
      if (this.#failure) reject(this.#failure);
    });
  }

  get freeStreams(): number {
    return this.#free.length;
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  async #ask(opcode: number, body: Buffer): Promise<Buffer> {
    let stream = this.takeStream();
    for (; stream < 0; stream = this.takeStream()) await this.answers();
    const request = frame(opcode, body);
    request.writeInt16BE(stream, 2);
    let answer: Buffer | undefined;
    this.#waiting[stream] = (bytes) => {
      answer = bytes;
    };
    this.send(request);
    while (!answer) await this.answers();
    return answer;
  }

  #read(bytes: Buffer): void {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    let from = 0;
    while (all.length - from >= headerBytes) {
      const end = from + headerBytes + all.readUInt32BE(from + 5);
      if (all.length < end) break;
      const stream = all.readInt16BE(from + 2);
      const body = all.subarray(from + headerBytes, end);
      if (all[from + 4] === opcodes.error) {
        const message = body.subarray(6, 6 + body.readUInt16BE(4)).toString();
        this.#fail(new Error(`Cassandra answered: ${message}`));
      }
      this.#waiting[stream]?.(body);
      this.#waiting[stream] = undefined;
      this.#free.push(stream);
      from = end;
    }
    this.#rest = Buffer.from(all.subarray(from));
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

function uint16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

function text(content: string): Buffer {
  return Buffer.concat([uint16(Buffer.byteLength(content)), Buffer.from(content)]);
}
