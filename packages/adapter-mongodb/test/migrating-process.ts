// Opens a store in a process of its own. If the arguments name a method of `Collection`, the process kills itself at call number `call` of
// this method: `before` it sends the command, `during` the work of the server, or `after` the server has confirmed the command.
import { setTimeout as delay } from 'node:timers/promises';
import { Collection } from 'mongodb';
import { MongoStore } from '../src/index.ts';

type Call = (this: Collection, ...parameters: unknown[]) => Promise<unknown>;

const [uri = '', database = '', method, call = '1', time] = process.argv.slice(2);

const die = (): boolean => process.kill(process.pid, 'SIGKILL');

if (method !== undefined) {
  const original = Reflect.get(Collection.prototype, method) as Call;
  let calls = 0;
  const killing: Call = async function killing(...parameters) {
    calls += 1;
    if (calls !== Number(call)) return original.apply(this, parameters);
    if (time === 'before') die();
    const work = original.apply(this, parameters);
    if (time === 'during') await Promise.race([work, delay(5)]);
    else await work;
    die();
    return work;
  };
  Reflect.set(Collection.prototype, method, killing);
}

const store = await MongoStore.open({ uri, database });
await store.close();
