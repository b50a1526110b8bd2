// A lead's way: asked for, confirmed, matched, claimed, talked about, priced, won, and turned into an order.
// usage: node leads.mjs WORLD, where that is JSON: url, wsUrl, phones, tokens and ids
import { nodes, tell } from './app.mjs';
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
  'query Purchases { creditPurchases { edges { node { id status price { amount } } } } }',
  {},
  ({ edges: [{ node }] }) => node.id === purchase.id && node.status === 'SETTLED' && node.price.amount,
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
  '... on Lead { id status needsCode verificationScore }',
);
saw.posted = [posted.status, posted.needsCode, posted.verificationScore];
await ben.change('requestLeadCode', { leadId });
const code = await textedCode(world, PHONE);
const LEAD = `query Lead($id: ID!) { lead(id: $id) {
  title status codeDelivery price seatsLeft maxProviders contactName contactPhone contactEmail
} }`;
const shown = async (app) => {
  const { title, price, seatsLeft, maxProviders, ...lead } = await app.ask(LEAD, { id: leadId });
  return [title, price, seatsLeft, maxProviders, lead.contactName, lead.contactPhone, lead.contactEmail];
};
saw.delivery = await ben.reads('that the code arrived', LEAD, { id: leadId }, ({ codeDelivery }) =>
  codeDelivery === 'DELIVERED' && codeDelivery,
);
saw.wrong = await ben.refused('confirmLeadCode', { leadId, code: otherThan(code) });
const confirmed = await ben.change(
  'confirmLeadCode',
  { leadId, code },
  '... on Lead { status needsCode verificationScore }',
);
saw.confirmed = [confirmed.status, confirmed.needsCode, confirmed.verificationScore];

// Ada has it without a word, Finn and Gail may have it.
await ben.hears('LeadMatched', leadId);
await ada.hears('LeadAssigned', leadId);
await finn.hears('LeadOffered', leadId);
await gail.hears('LeadOffered', leadId);
saw.offered = await shown(finn);
const price = saw.offered[1];
saw.withoutCredits = await gail.refused('claimLead', { leadId });
const claim = () =>
  finn.change('claimLead', { leadId, price, idempotencyKey: 'mine' }, '... on LeadAssignment { id }');
const [first, again] = [await claim(), await claim()];
saw.claimedOnce = first.id === again.id;
saw.claimed = await shown(finn);
await ben.hears('LeadAssigned', leadId, 2);
await gail.hears('LeadTaken', leadId);
saw.tooLate = await gail.refused('claimLead', { leadId });
saw.paid = await balances();
saw.ledgers = [await ada.ledger(), await finn.ledger()];

// Ada loses her network; meanwhile Finn comes to terms with Ben.
const back = ada.lose();
const finns = { assignmentId: first.id };
await finn.change('viewLeadAssignment', finns);
await ben.hears('LeadViewed', leadId);
const openRoom = (app) =>
  app.change('openChatRoom', { chatType: 'LEAD', leadAssignmentId: first.id }, '... on ChatRoom { id }');
const { id: roomId } = await openRoom(finn);
saw.sameRoom = (await openRoom(ben)).id === roomId;
saw.notAdas = await ada.refused('openChatRoom', { chatType: 'LEAD', leadAssignmentId: first.id });
await finn.change('sendMessage', { roomId, content: 'I could come today', clientId: 'today' });
await ben.change('sendMessage', { roomId, content: 'What would it cost?', clientId: 'cost' });
const SAID = `query Said($room: ID!) { chatMessages(roomId: $room) { edges { node { content sender { name } } } } }`;
saw.said = await Promise.all(
  [ben, finn].map(async (each) =>
    nodes(await each.ask(SAID, { room: roomId })).map(({ content, sender }) => [sender.name, content]),
  ),
);
await finn.change('quoteLead', { ...finns, amount: { amount: '950', currency: 'ZAR' } });
await ben.hears('LeadQuoted', leadId);
const ASSIGNMENTS = `query Assignments($id: ID!) { lead(id: $id) { assignments { edges {
  node { id status quoteAmount { amount } provider { id } } } } } }`;
const assignments = async (of) => {
  const found = nodes((await ben.ask(ASSIGNMENTS, { id: of })).assignments);
  return [world.adas, world.finns].map((id) => found.find(({ provider }) => provider.id === id));
};
saw.quotes = (await assignments(leadId)).map(({ status, quoteAmount }) => [status, quoteAmount?.amount ?? null]);
await ben.change('winLead', finns, '', 'LeadAssignmentInput');
await finn.hears('LeadWon', leadId);
saw.results = (await assignments(leadId)).map(({ status }) => status);

// Ben has other work too, for which Ada alone is there. She hears of it once she has a network again.
const { id: hedge } = await ben.change(
  'createLead',
  { title: 'A hedge grew', categoryId: world.gardening, areaId: world.area, contactPhone: PHONE },
  '... on Lead { id }',
);
await ben.change('requestLeadCode', { leadId: hedge });
await ben.change('confirmLeadCode', { leadId: hedge, code: await textedCode(world, PHONE, 2) });
await ben.hears('LeadAssigned', hedge);
saw.heardWhileAway = ada.types();
back();
await ada.hears('LeadLost', leadId);
await ada.hears('LeadAssigned', hedge);
const [adas] = await assignments(hedge);
await ben.change('winLead', { assignmentId: adas.id }, '', 'LeadAssignmentInput');
await ada.hears('LeadWon', hedge);
const whole = new Trader(world, 'ada');
await whole.hears('LeadWon', hedge);
saw.onceEach = [ada, whole].map(({ events }) => events.map(({ cursor }) => cursor));

// The tap becomes an order at the price of the quote, which Finn carries out; the hedge does not.
const { order } = await ben.change(
  'convertLeadToOrder',
  { leadId },
  '... on Lead { status order { id status finalPrice { amount } assignment { id } } }',
);
await ben.hears('LeadConverted', leadId);
const orderId = order.id;
saw.order = [order.status, order.finalPrice.amount];
await finn.change('startOrder', { orderId }, '', 'OrderInput');
await finn.change('completeOrder', { orderId, notes: 'Drips no more' });
const work = { orderAssignmentId: order.assignment.id };
saw.tooEarly = await ben.refused('submitReview', { ...work, rating: 4 });
await ben.change('confirmOrder', { orderId }, '', 'OrderInput');

// What both say of each other is hidden until both have said it.
const ABOUT = `query About($id: ID!) { provider(id: $id) {
  averageRating totalReviews reviews(order: [{ createdAt: ASC }]) { edges { node { side rating authorName } } } } }`;
const about = async (app, id) => {
  const { averageRating, totalReviews, reviews } = await app.ask(ABOUT, { id });
  return [averageRating, totalReviews, ...nodes(reviews).map(({ side, rating }) => `${side} ${rating}`)];
};
await ben.change('submitReview', { ...work, rating: 4, qualityRating: 5, comment: 'Quick and dry' });
saw.hidden = [await about(ben, world.finns), await about(finn, world.finns)];
await finn.change('submitReview', { ...work, rating: 5, comment: 'Paid at once' });
saw.revealed = [await about(ben, world.finns), await about(finn, world.finns), await about(ada, world.finns)];
saw.twice = [
  await ben.refused('submitReview', { ...work, rating: 1 }),
  await ben.refused('submitReview', { leadAssignmentId: first.id, rating: 1 }),
];
await ben.change('submitReview', { leadAssignmentId: adas.id, rating: 2 });
saw.unanswered = [await about(ben, world.adas), await about(ada, world.adas)];

const jobs = { [leadId]: 'tap', [hedge]: 'hedge' };
const told = ({ name, events }) => [name, events.map(({ type, lead }) => `${jobs[lead.id]} ${type}`)];
saw.events = Object.fromEntries([ben, ada, finn, gail].map(told));
tell(saw);
