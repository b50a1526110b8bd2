// A provider's way from papers and hours to work that is done, and out of work that she cannot do.
// usage: node provider.mjs WORLD, where that is JSON: url, wsUrl, tokens, ids and files
import { App, ahead, file, followOrder, nodes, tell, until } from './app.mjs';

const world = JSON.parse(process.argv[2]);
const { service, garden, area, addon, category } = world;
const [ada, ben] = ['ada', 'ben'].map((name) => new App(world, world.tokens[name]));
const saw = {};

// She shows her licence, says when she works, and offers a service at prices of her own.
const document = await ada.change(
  'submitProviderDocument',
  { documentType: 'LICENSE', file: await file(world.paper), number: 'A-1', categoryId: category },
  '... on ProviderDocument { status name }',
);
saw.document = [document.status, document.name];
const schedule = { mon: [['08:00', '17:00']], tue: [['08:00', '12:00'], ['13:00', '17:00']] };
await ada.change('setProviderAvailability', { isAvailable: true, schedule, timeZone: 'Africa/Johannesburg' });
await ada.change('addTimeOff', { startsAt: ahead(24 * 60), endsAt: ahead(24 * 67), reason: 'Winter' });
const rand = (amount) => ({ amount, currency: 'ZAR' });
for (const subcategoryId of [service, garden]) {
  const addons = subcategoryId === service ? [{ addonId: addon, price: rand('75') }] : [];
  await ada.change('addProviderService', { subcategoryId, basePrice: rand('450'), addons });
}
const { services } = await ada.ask(
  `query Mine($id: ID!) { provider(id: $id) { services {
    edges { node { basePrice { amount } addonPrices { edges { node { price { amount } } } } } } } } }`,
  { id: world.business },
);
saw.prices = nodes(services).map(({ basePrice, addonPrices }) => [
  basePrice.amount,
  ...nodes(addonPrices).map(({ price }) => price.amount),
]);

// She follows the market for one service, and loses the connection for a while.
const market = ada.follow(
  `subscription Market($filter: OrderFilter, $after: String) {
    marketplaceEvents(filter: $filter, after: $after) { cursor order { title } }
  }`,
  { filter: { serviceSubcategory: { id: { exact: service } } } },
);
const posted = [];
const post = async (title, of = service) => {
  const order = await ben.change(
    'createOrder',
    { title, serviceSubcategoryId: of, areaId: area },
    '... on Order { id }',
  );
  await ben.change('publishOrder', { orderId: order.id }, '', 'OrderInput');
  if (of === service) posted.push(title);
  return order.id;
};
const caughtUp = () => until(() => market.seen.at(-1)?.order.title === posted.at(-1));
// The first to be heard tells that the subscription stands.
await until(async () => {
  await post(`Tap ${posted.length}`);
  return market.seen.length > 0;
});
await caughtUp();
posted.splice(0, posted.length, ...market.seen.map(({ order }) => order.title));
await post('Garden', garden);
const wanted = await post('Before');
await caughtUp();
const back = ada.lose();
for (const title of ['Away 1', 'Away 2']) await post(title);
await post('Garden again', garden);
await post('Away 3');
saw.heardWhileAway = market.seen.some(({ order }) => order.title.startsWith('Away'));
back();
await caughtUp();
const unwanted = await post('After');
await caughtUp();
saw.market = { posted, heard: market.seen.map(({ order }) => order.title) };

// She bids on one of them, bargains, comes, reports, and is done.
const { events, reaches } = await followOrder(ada, wanted, ben);
const terms = { description: 'Today', termsConditions: 'Half now', isNegotiable: true, expiresAt: ahead(48) };
const bid = await ada.change(
  'placeBid',
  { orderId: wanted, amount: rand('900'), ...terms },
  '... on Bid { id termsConditions }',
);
await reaches('BidPlaced');
await ben.change('counterBid', { bidId: bid.id, amount: rand('700') });
await ada.change('counterBid', { bidId: bid.id, amount: rand('800'), message: 'With parts' });
saw.outOfTurn = await ada.refused('counterBid', { bidId: bid.id, amount: rand('750') });
const accepted = await ben.change(
  'acceptBid',
  { bidId: bid.id },
  `... on Bid { termsConditions amount { amount } counterOffers { edges { node { party amount { amount } } } } }`,
  'BidInput',
);
saw.bargain = {
  terms: accepted.termsConditions,
  price: accepted.amount.amount,
  offers: nodes(accepted.counterOffers).map(({ party, amount }) => [party, amount.amount]),
};
const times = { startsAt: ahead(25), endsAt: ahead(27) };
const visit = await ada.change('proposeVisit', { orderId: wanted, ...times }, '... on OrderVisit { id status }');
const confirmed = await ben.change(
  'confirmVisit',
  { visitId: visit.id },
  '... on OrderVisit { status }',
  'VisitInput',
);
saw.visit = [visit.status, confirmed.status];
await ada.change('startOrder', { orderId: wanted }, '', 'OrderInput');
const note = await ada.change(
  'addProgressNote',
  { orderId: wanted, text: 'Half done', photos: [await file(world.photo)] },
  '... on ProgressNote { text photos { edges { node { url } } } }',
);
saw.note = [note.text, nodes(note.photos).length];
const completed = await ada.change('completeOrder', { orderId: wanted }, '... on Order { status }');
saw.completed = completed.status;
await reaches('OrderCompleted');
saw.events = events().map(({ type }) => type);

// Another one she is given, and gives back: it is open to bids again.
const other = await ada.change('placeBid', { orderId: unwanted, amount: rand('500') }, '... on Bid { id }');
await ben.change('acceptBid', { bidId: other.id }, '', 'BidInput');
const reopened = await ada.change(
  'withdrawFromOrder',
  { orderId: unwanted, reason: 'The van broke down' },
  '... on Order { status bids { edges { node { status } } } }',
);
saw.withdrawn = { status: reopened.status, bids: nodes(reopened.bids).map(({ status }) => status) };
tell(saw);
