// Somebody who takes part in leads: an app, what happens to their leads live, and a phone.
import { App, nodes, until } from './app.mjs';

/** Before all that ever happened: where an app begins that has seen nothing. */
const BEGINNING = '0.0';
const FOLLOW = `subscription Leads($after: String) {
  leadEvents(after: $after) { type cursor lead { id title } assignment { id status } }
}`;
const LEDGER = `query Ledger { creditTransactions(order: [{ number: ASC }]) {
  edges { node { transactionType amount balanceAfter } } } }`;

/** The texts on the phone of a number. */
export async function texts(world, number) {
  const answer = await fetch(`${world.phones}/inbox?number=${encodeURIComponent(number)}`);
  return answer.json();
}

/** The code in the n-th text to a number, once it is there. */
export async function textedCode(world, number, nth = 1) {
  const found = await until(
    async () => (await texts(world, number))[nth - 1],
    undefined,
    () => `${number} was not sent ${nth} texts`,
  );
  return found.match(/\b\d{6}\b/)[0];
}

/** A code that is another one. */
export const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** Somebody with an account. */
export class Trader extends App {
  constructor(world, name) {
    super(world, world.tokens[name]);
    this.name = name;
    this.events = this.follow(FOLLOW, { after: BEGINNING }).seen;
  }

  /** What they are told of a lead, once it is something of a type. */
  async hears(type, leadId, count = 1) {
    const found = () => this.events.filter((each) => each.type === type && each.lead?.id === leadId);
    await until(
      () => found().length >= count,
      undefined,
      () => `${this.name} is not told of ${type}, only of ${this.types().join(', ') || 'nothing'}`,
    );
    return found()[count - 1];
  }

  /** The types of all that they were told. */
  types() {
    return this.events.map(({ type }) => type);
  }

  /** What follows once a query shows it: `find` gives it, from the answer. */
  async reads(what, query, variables, find) {
    return until(
      async () => find(await this.ask(query, variables)),
      undefined,
      () => `${this.name} does not read ${what}`,
    );
  }

  /** Their rows of the ledger, the first one first: why, how many, and what there is then. */
  async ledger() {
    const rows = nodes(await this.ask(LEDGER));
    return rows.map(({ transactionType, amount, balanceAfter }) => [transactionType, amount, balanceAfter]);
  }

  /** What they have to spend. */
  async balance() {
    return (await this.ask('query Balance { creditBalance { credits } }')).credits;
  }
}
