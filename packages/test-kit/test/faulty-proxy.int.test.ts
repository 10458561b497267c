import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type FaultyProxy, faultyProxy } from '../src/index.ts';

/** Starts a proxy before a server that sends back what it receives. */
async function echo(): Promise<FaultyProxy> {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await faultyProxy((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
    await once(server, 'close');
  });
  return proxy;
}

async function connected({ port }: FaultyProxy): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const answer = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
};

test('the proxy passes bytes on, also while it is slow', async () => {
  const proxy = await echo();
  const socket = await connected(proxy);
  expect(await answer(socket, 'one')).toBe('one');
  const endFault = proxy.slow(20);
  expect(await answer(socket, 'two')).toBe('two');
  endFault();
  expect(await answer(socket, 'three')).toBe('three');
});

test('a cut closes old and new connections until it ends', async () => {
  const proxy = await echo();
  const socket = await connected(proxy);
  const endFault = proxy.cut();
  await once(socket, 'close');
  await once(await connected(proxy), 'close');
  endFault();
  expect(await answer(await connected(proxy), 'again')).toBe('again');
});

test('a lost answer never arrives; its connection is closed afterwards, and a new one works', async () => {
  const proxy = await echo();
  const socket = await connected(proxy);
  expect(await answer(socket, 'before')).toBe('before');
  const received: string[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes.toString()));
  let endFault = proxy.loseAnswers();
  socket.write('lost');
  const ended = once(socket, 'close');
  // Only a connection that has lost bytes ends.
  while (!socket.closed) {
    endFault();
    endFault = proxy.loseAnswers();
    await nextTurn();
  }
  await ended;
  endFault();
  expect(received).toEqual([]);
  expect(await answer(await connected(proxy), 'sound')).toBe('sound');
});
