// A client's way from the catalog to a confirmed order, and to a dispute over another one.
// usage: node client.mjs WORLD, where that is JSON: url, wsUrl, tokens, ids and files
import { App, ahead, file, followOrder, nodes, tell, until } from './app.mjs';

const world = JSON.parse(process.argv[2]);
const { service, area, addon, pack, french, place } = world;
const [ben, ada, cleo] = ['ben', 'ada', 'cleo'].map((name) => new App(world, world.tokens[name]));
const saw = {};

// The catalog, in the language of her profile or in the one that she asks for.
await ben.change('updateProfile', { preferredLanguageId: french });
const catalog = (language) =>
  ben.ask(
    `query Catalog($language: String) {
      serviceCategories(filter: { isRoot: true }) { edges { node { name(language: $language) subcategories {
        edges { node { name(language: $language) basePrice { formatted } } } } } } }
    }`,
    { language },
  );
const named = ([{ name, subcategories }]) => [name, ...nodes(subcategories).map((each) => each.name)];
saw.catalog = { byProfile: named(nodes(await catalog())), inRussian: named(nodes(await catalog('ru'))) };

// What it costs, line by line, and who near her does it.
const addons = [{ addonId: addon, quantity: 2 }];
const quote = await ben.ask(
  `query Quote($service: ID!, $area: ID, $pack: ID, $addons: [OrderAddonInput!], $at: DateTime) {
    quoteService(subcategoryId: $service, areaId: $area, packageId: $pack, addons: $addons, serviceAt: $at) {
      total { amount } lines { kind amount { amount } }
    }
  }`,
  { service, area, pack, addons, at: ahead(240) },
);
saw.quote = { total: quote.total.amount, lines: quote.lines.map(({ kind, amount }) => [kind, amount.amount]) };
const found = nodes(
  await ben.ask(
    `query Find($text: String!, $near: NearInput!) {
      providers(search: $text, near: $near, order: [{ distance: ASC }]) {
        edges { node { businessName distanceKm } }
      }
    }`,
    { text: 'plomberie', near: { ...place, radiusKm: 10 } },
  ),
);
saw.providers = found.map(({ businessName, distanceKm }) => [businessName, Math.round(distanceKm * 10) / 10]);

// An order as quoted, with pictures and a plan.
const day = { serviceDate: ahead(240).slice(0, 10), serviceTime: '10:00:00' };
const wanted = { title: 'Tap', serviceSubcategoryId: service, areaId: area, ...place };
const order = await ben.change(
  'createOrder',
  { ...wanted, ...day, packageId: pack, addons, idempotencyKey: 'tap' },
  '... on Order { id estimatedPrice { amount } addons { edges { node { quantity } } } }',
);
const orderId = order.id;
saw.order = { price: order.estimatedPrice.amount, addons: nodes(order.addons).map(({ quantity }) => quantity) };
const photo = { orderId, photo: await file(world.photo), caption: 'It drips', isPrimary: true };
await ben.change('addOrderPhoto', photo);
await ben.change('addOrderAttachment', { orderId, file: await file(world.paper), caption: 'The plan' });
const { photos, attachments } = await ben.ask(
  `query Files($id: ID!) { order(id: $id) {
    photos { edges { node { caption isPrimary } } } attachments { edges { node { name contentType caption } } } } }`,
  { id: orderId },
);
saw.photos = nodes(photos).map(({ caption, isPrimary }) => [caption, isPrimary]);
saw.attachments = nodes(attachments).map(({ name, contentType, caption }) => [name, contentType, caption]);

// Bids come in while she looks on.
await ben.change('publishOrder', { orderId }, '', 'OrderInput');
const { events, reaches } = await followOrder(ben, orderId, ben, 'bid { amount { amount } } progressNote { text }');
const bid = (app, id, amount, terms = {}) =>
  app.change('placeBid', { orderId: id, amount: { amount, currency: 'ZAR' }, ...terms }, '... on Bid { id }');
const adas = await bid(ada, orderId, '900', { isNegotiable: true, termsConditions: 'Cash', estimatedDuration: 90 });
await bid(cleo, orderId, '1200');
await until(() => events().length === 2);

// She compares them, bargains with the cheaper one, and takes it.
const bids = nodes(
  await ben.ask(
    `query Compare($id: ID!) { bidComparison(orderId: $id, order: [{ price: ASC }]) {
      edges { node { amount { amount } comparison { priceRank distanceKm } } } } }`,
    { id: orderId },
  ),
);
saw.comparison = bids.map(({ amount, comparison: { priceRank, distanceKm } }) => [
  amount.amount,
  priceRank,
  Math.round(distanceKm * 10) / 10,
]);
await ben.change('counterBid', { bidId: adas.id, amount: { amount: '850', currency: 'ZAR' }, message: 'Cash it is' });
await reaches('CounterOffered');
saw.outOfTurn = await ben.refused('acceptBid', { bidId: adas.id }, 'BidInput');
await ada.change('acceptCounterOffer', { bidId: adas.id }, '', 'BidInput');
await reaches('CounterOfferAccepted');
await ben.change('acceptBid', { bidId: adas.id }, '', 'BidInput');
await reaches('OrderAssigned');
const { visits } = await ben.ask(
  'query Visits($id: ID!) { order(id: $id) { visits { edges { node { status startsAt endsAt } } } } }',
  { id: orderId },
);
saw.visits = nodes(visits).map(({ status, startsAt, endsAt }) => [status, startsAt, endsAt]);
saw.day = day.serviceDate;

// The work, as she hears of it, until she confirms that it is done.
await ada.change('startOrder', { orderId }, '', 'OrderInput');
await ada.change('addProgressNote', { orderId, text: 'The old one is out', photos: [await file(world.photo)] });
await reaches('ProgressNoted');
await ada.change('completeOrder', { orderId, notes: 'Drips no more' });
await reaches('OrderCompleted');
const { assignment } = await ben.ask(
  `query Work($id: ID!) { order(id: $id) { assignment { completionNotes progressNotes {
    edges { node { text photos { edges { node { url } } } } } } } } }`,
  { id: orderId },
);
saw.notes = nodes(assignment.progressNotes).map(({ text, photos }) => [text, nodes(photos).length]);
saw.completion = assignment.completionNotes;
const confirmed = await ben.change(
  'confirmOrder',
  { orderId },
  '... on Order { status finalPrice { amount } }',
  'OrderInput',
);
saw.confirmed = [confirmed.status, confirmed.finalPrice.amount];
await reaches('OrderConfirmed');
saw.events = events().map(({ type, bid, progressNote }) => [type, bid?.amount.amount ?? progressNote?.text ?? null]);

// Another order goes wrong, and she shows how.
const other = await ben.change('createOrder', { ...wanted, title: 'Pipe' }, '... on Order { id }');
await ben.change('publishOrder', { orderId: other.id }, '', 'OrderInput');
const taken = await bid(ada, other.id, '500');
await ben.change('acceptBid', { bidId: taken.id }, '', 'BidInput');
await ada.change('startOrder', { orderId: other.id }, '', 'OrderInput');
const dispute = await ben.change(
  'openDispute',
  { orderId: other.id, disputeType: 'DAMAGE', description: 'The wall is wet' },
  '... on OrderDispute { id }',
);
const evidence = { disputeId: dispute.id, text: 'See', files: [await file(world.photo), await file(world.paper)] };
const shown = await ben.change(
  'addDisputeEvidence',
  evidence,
  '... on OrderDispute { order { status } evidence { edges { node { party text contentType } } } }',
);
saw.dispute = {
  order: shown.order.status,
  evidence: nodes(shown.evidence).map(({ party, text, contentType }) => [party, text || contentType]),
};
tell(saw);
