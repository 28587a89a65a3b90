import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Answer {
  readonly response: ServerResponse;
  readonly lost: () => void;
  readonly at: number;
}

/** A caller that took an answer off the wire does not close the connection so soon: it hung up while the answer was on its way. */
const hangUpMs = 100;

const lastAnswers = new WeakMap<Socket, Answer>();
const watched = new WeakSet<Socket>();

/** A caller that asks again on the same connection has the answer before. */
export function hearAgain(socket: Socket): void {
  lastAnswers.delete(socket);
}

/** Calls back when the answer that is about to be sent does not reach its caller. */
export function whenLost(response: ServerResponse, lost: () => void): void {
  const { socket } = response;
  if (response.destroyed || !socket || socket.destroyed) return lost();
  lastAnswers.set(socket, { response, lost, at: performance.now() });
  if (watched.has(socket)) return;
  watched.add(socket);
  socket.once('close', () => {
    const answer = lastAnswers.get(socket);
    if (!answer) return;
    const asked = answer.response.req.headers.connection === 'close';
    const hungUp = !asked && performance.now() - answer.at < hangUpMs;
    if (!answer.response.writableFinished || hungUp) answer.lost();
  });
}
