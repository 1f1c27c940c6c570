// A plain TCP balancer: one connection here, one there, in turn among those that say they are ready.
import http from 'node:http';
import net from 'node:net';

const LOOK_MS = 50;

// Whether `address` (host:port) wants connections.
async function isReady(address) {
  return new Promise((resolve) => {
    const asked = http.get(`http://${address}/readyz`, { agent: false, timeout: 1000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
  });
}

export class Balancer {
  // Listens on a free port of loopback. `addresses` are host:port.
  static async listen(addresses) {
    const balancer = new Balancer();
    balancer.targets = addresses.map((address) => ({ address, ready: false }));
    balancer.next = 0;
    balancer.broken = 0;
    balancer.sockets = new Set();
    balancer.server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => balancer.#join(client));
    await new Promise((resolve) => { balancer.server.listen(0, '127.0.0.1', resolve); });
    balancer.address = `127.0.0.1:${balancer.server.address().port}`;
    balancer.looking = Promise.all(balancer.targets.map((target) => balancer.#look(target)));
    return balancer;
  }

  isReady(address) {
    return this.targets.find((target) => target.address === address).ready;
  }

  async close() {
    this.closed = true;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await this.looking;
  }

  async #look(target) {
    while (!this.closed) {
      target.ready = await isReady(target.address);
      await new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
    }
  }

  #join(client) {
    const ready = this.targets.filter((target) => target.ready);
    if (ready.length === 0) {
      this.broken += 1;
      client.destroy();
      return;
    }
    this.next += 1;
    const [host, port] = ready[this.next % ready.length].address.split(':');
    const server = net.connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
    for (const [one, other] of [[client, server], [server, client]]) {
      this.sockets.add(one);
      one.pipe(other);
      one.on('error', () => {
        this.broken += 1;
        other.destroy();
      });
      one.on('close', () => {
        this.sockets.delete(one);
        if (!one.readableEnded) other.destroy();
      });
    }
  }
}
