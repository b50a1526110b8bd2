// A network between an app and the server, which can be lost without a word and come back.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A road to a server for as long as the network is there; the apps on it know the addresses in `world`. */
export class Tunnel {
  #ends = new Set();
  #isOpen = true;

  /** A tunnel to the server of a world. */
  static async to(world) {
    const tunnel = new Tunnel();
    const { hostname, port } = new URL(world.url);
    const entrance = createServer((near) => tunnel.#let(near, () => connect(port, hostname)));
    await once(entrance.listen(0, hostname), 'listening');
    const led = (url) => url.replace(`:${port}/`, `:${entrance.address().port}/`);
    tunnel.world = { ...world, url: led(world.url), wsUrl: led(world.wsUrl) };
    return tunnel;
  }

  /** Lose the network: nobody on either side is told more than that nothing comes any longer. */
  cut() {
    this.#isOpen = false;
    for (const end of this.#ends) end.resetAndDestroy();
  }

  /** Have a network again. */
  mend() {
    this.#isOpen = true;
  }

  #let(near, reach) {
    if (!this.#isOpen) {
      near.resetAndDestroy();
      return;
    }
    const far = reach();
    this.#join(near, far);
    this.#join(far, near);
  }

  #join(one, other) {
    this.#ends.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => this.#ends.delete(one));
    one.pipe(other);
  }
}
