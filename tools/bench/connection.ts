import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One kept-alive HTTP/1.1 connection, one request at a time. Just enough of the protocol for our own services (every
 * answer has a Content-Length), so that the load generator costs a fraction of what it measures.
 */
export interface Connection {
  request(method: string, path: string, headers: string, body: string): Promise<Answer>;
  close(): void;
}

const headerEnd = '\r\n\r\n';

export const openConnection = (host: string, port: number): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port, noDelay: true });
    let waiting: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;
    let received = '';

    const fail = (error: Error): void => {
      waiting?.reject(error);
      waiting = undefined;
      reject(error);
    };
    const read = (): void => {
      const end = received.indexOf(headerEnd);
      if (end === -1 || waiting === undefined) return;
      const head = received.slice(0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? '0');
      const bodyStart = end + headerEnd.length;
      if (received.length < bodyStart + length) return;
      const answer = { status: Number(head.slice(9, 12)), body: received.slice(bodyStart, bodyStart + length) };
      received = received.slice(bodyStart + length);
      const { resolve: answered } = waiting;
      waiting = undefined;
      answered(answer);
    };

    // One character a byte: lengths are then those of the header. Bodies are parsed as UTF-8 where that matters.
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      read();
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the connection was closed')));
    socket.on('connect', () =>
      resolve({
        request: (method, path, headers, body) =>
          new Promise((answered, failed) => {
            waiting = { resolve: answered, reject: failed };
            const length = body === '' ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
            socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}${length}\r\n${body}`);
          }),
        close: () => {
          socket.removeAllListeners('close');
          socket.destroy();
        },
      }),
    );
  });
