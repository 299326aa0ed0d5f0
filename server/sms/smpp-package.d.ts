/** The part of smpp 0.5 that this room and its tests use (the package brings no types). */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';

  export type Pdu = {
    command: string;
    command_status: number;
    sequence_number: number;
    system_id?: string;
    password?: string;
    source_addr?: string;
    source_addr_ton?: number;
    destination_addr?: string;
    data_coding?: number;
    esm_class?: number;
    short_message?: { message: string | Buffer; udh?: Buffer[] };
    message_id?: string;
    isResponse(): boolean;
    response(options?: Record<string, unknown>): Pdu;
  };
  type Answered = (pdu: Pdu) => void;
  export class Session extends EventEmitter {
    send(pdu: Pdu): boolean;
    bind_transceiver(options: Record<string, unknown>, answered: Answered): boolean;
    submit_sm(options: Record<string, unknown>, answered: Answered): boolean;
    deliver_sm(options: Record<string, unknown>, answered: Answered): boolean;
    enquire_link(options: Record<string, unknown>, answered: Answered): boolean;
    unbind(options: Record<string, unknown>, answered: Answered): boolean;
    close(done?: () => void): void;
    destroy(done?: () => void): void;
  }
  type Smpp = {
    connect(options: Record<string, unknown>): Session;
    createServer(options: Record<string, unknown>, listener: (session: Session) => void): Server;
  };
  const smpp: Smpp;
  export default smpp;
}
