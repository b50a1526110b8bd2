// A lead's way: asked for, confirmed, matched, claimed, talked about, priced, won, and turned into an order.
// usage: node leads.mjs WORLD, where that is JSON: url, wsUrl, phones, tokens and ids
import { tell } from './app.mjs';
import { Trader, otherThan, textedCode } from './trader.mjs';

const world = JSON.parse(process.argv[2]);
const PHONE = '+27821230001';
const [ben, ada, finn, gail, dora] = ['ben', 'ada', 'finn', 'gail', 'dora'].map((name) => new Trader(world, name));
const saw = {};

// Ada is given credits, Finn buys some, and Gail has none.
await dora.change('adjustCredits', { providerId: world.adas, credits: 20, description: 'For a start' });
const purchase = await finn.change('purchaseCredits', { credits: 12 }, '... on CreditPurchase { id status }');
saw.purchase = await finn.reads(
  'that the credits are paid',
  'query Purchases { creditPurchases { edges { node { id status price { amount currency } } } } }',
  {},
  ({ edges: [{ node }] }) => node.id === purchase.id && node.status === 'SETTLED' && node.price,
);
await ada.change('updateLeadPreference', { mode: 'AUTOMATIC' });
await finn.change('updateLeadPreference', { mode: 'CLAIM' });
await gail.change('updateLeadPreference', { mode: 'AUTOMATIC' });
const balances = async () => Promise.all([ada, finn, gail].map((each) => each.balance()));
saw.before = await balances();

// Ben asks for work, and confirms by the code on his phone that he means it.
const { id: leadId, ...posted } = await ben.change(
  'createLead',
  {
    title: 'A tap drips, call 082 123 0001',
    categoryId: world.category,
    subcategoryId: world.service,
    areaId: world.area,
    contactPhone: '082 123 0001',
    maxProviders: 2,
    idempotencyKey: 'tap',
  },
  '... on Lead { id status needsCode verificationScore codeDelivery }',
);
saw.posted = posted;
await ben.change('requestLeadCode', { leadId });
const code = await textedCode(world, PHONE);
const LEAD = `query Lead($id: ID!) { lead(id: $id) {
  title status verificationScore codeDelivery price seatsLeft maxProviders contactName contactPhone address latitude
} }`;
saw.delivery = await ben.reads('that the code arrived', LEAD, { id: leadId }, ({ codeDelivery }) =>
  codeDelivery === 'DELIVERED' && codeDelivery,
);
saw.wrong = await ben.refused('confirmLeadCode', { leadId, code: otherThan(code) });
saw.confirmed = await ben.change(
  'confirmLeadCode',
  { leadId, code },
  '... on Lead { status needsCode verificationScore }',
);

// Ada has it without a word, Finn and Gail may have it.
await ben.hears('LeadMatched', leadId);
await ada.hears('LeadAssigned', leadId);
await finn.hears('LeadOffered', leadId);
await gail.hears('LeadOffered', leadId);
saw.offered = await finn.ask(LEAD, { id: leadId });
saw.withoutCredits = await gail.refused('claimLead', { leadId });
const claim = () =>
  finn.change('claimLead', { leadId, price: saw.offered.price, idempotencyKey: 'mine' }, '... on LeadAssignment { id }');
const [first, again] = [await claim(), await claim()];
saw.claimedOnce = first.id === again.id;
saw.claimed = await finn.ask(LEAD, { id: leadId });
await ben.hears('LeadAssigned', leadId, 2);
await gail.hears('LeadTaken', leadId);
saw.tooLate = await gail.refused('claimLead', { leadId });
saw.paid = await balances();
saw.ledgers = [await ada.ledger(), await finn.ledger()];
await ben.change('winLead', { assignmentId: first.id }, '', 'LeadAssignmentInput');
await finn.hears('LeadWon', leadId);
saw.events = Object.fromEntries([ben, ada, finn, gail].map((each) => [each.name, each.types()]));
tell(saw);
