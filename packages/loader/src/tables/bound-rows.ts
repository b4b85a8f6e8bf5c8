// Rows as what is bound to a statement. For each value the driver makes two Buffers, and then puts all of them together: that
// was a third of the processor time of a load. A window holds the values in the protocol's form, so a request can take them
// from there in one piece. The driver has no public way for that; where it is not as expected, it gets an array as usual.

import type { Client } from "cassandra-driver";
import type { Window } from "./window.js";

/** Rows of a window, each with the values that a statement wants. */
export class BoundRows {
  constructor(
    readonly window: Window,
    readonly rows: readonly number[],
    /** The values in the order of the statement's markers. */
    readonly markers: readonly number[],
  ) {}

  /** As the driver's users bind them: one parameter after the other. */
  parameters(): ReturnType<Window["parameter"]>[] {
    const { window, rows, markers } = this;
    return rows.flatMap((row) => markers.map((value) => window.parameter(row, value)));
  }
}

/** What the driver calls for each prepared statement that it executes, and what it makes. */
interface Internals {
  _createExecuteRequest(
    cql: string,
    id: Buffer,
    options: unknown,
    parameters: unknown,
    meta: unknown,
  ): Promise<ExecuteRequest>;
}

interface ExecuteRequest {
  params: unknown;
  consistency: number;
  timestamp: unknown;
  writeQueryParameters?(frame: Frame, encoder: { protocolVersion: number }): void;
}

interface Frame {
  add(bytes: Buffer): void;
  writeShort(number: number): void;
  writeByte(number: number): void;
  writeLong(number: unknown): void;
}

/** Executes statements with rows bound to them. */
export class RowsClient {
  readonly #client: Client;
  readonly #takesRows: boolean;

  constructor(client: Client) {
    const holder = holderOf(client, "execute");
    // A client whose `execute` is somebody's own expects arrays.
    this.#takesRows = holder !== undefined && holder === holderOf(client, "_createExecuteRequest");
    this.#client = this.#takesRows ? takingRows(client) : client;
  }

  execute(cql: string, bound: BoundRows, options: object): Promise<unknown> {
    const parameters: unknown = this.#takesRows ? bound : bound.parameters();
    return this.#client.execute(cql, parameters as unknown[], options);
  }
}

/** The object or prototype that has the method. */
function holderOf(client: object, name: string): object | undefined {
  for (let holder = client; holder; holder = Object.getPrototypeOf(holder))
    if (Object.hasOwn(holder, name)) return holder;
  return undefined;
}

/** The client, as one that takes rows; the one that was given stays as it is. */
function takingRows(client: Client): Client {
  const create = async (cql: string, id: Buffer, options: unknown, bound: BoundRows, meta: unknown) => {
    const { _createExecuteRequest } = client as unknown as Internals;
    const request = await _createExecuteRequest.call(client, cql, id, options, [], meta);
    const { writeQueryParameters } = request;
    if (!writeQueryParameters) return Object.assign(request, { params: bound.parameters() });
    request.params = bound;
    request.writeQueryParameters = function (frame, encoder) {
      if (encoder.protocolVersion === 4) return writeRows(this, frame);
      this.params = bound.parameters();
      writeQueryParameters.call(this, frame, encoder);
    };
    return request;
  };
  return Object.create(client, { _createExecuteRequest: { value: create } });
}

/** Of <query_parameters>: https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec, 4.1.4. */
const flags = { values: 0x01, defaultTimestamp: 0x20 };

function writeRows({ params, consistency, timestamp }: ExecuteRequest, frame: Frame): void {
  const { window, rows, markers } = params as BoundRows;
  frame.writeShort(consistency);
  frame.writeByte(flags.values | flags.defaultTimestamp);
  frame.writeShort(rows.length * markers.length);
  frame.add(window.framed(rows, markers));
  frame.writeLong(timestamp);
}
