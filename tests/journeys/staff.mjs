// A day of the staff: the catalog, a provider's papers, a dispute, a setting.
// usage: node staff.mjs WORLD, where that is JSON: url, wsUrl, tokens, ids and files
import { App, file, nodes, tell, until } from './app.mjs';

const WITHIN = 1_000;
const world = JSON.parse(process.argv[2]);
const [dora, ada, ben] = ['dora', 'ada', 'ben'].map((name) => new App(world, world.tokens[name]));
const anybody = new App(world);
const saw = {};

// What she changes in the catalog, everybody sees within a second.
const catalog = async (language) =>
  nodes(
    await anybody.ask(
      `query Catalog($language: String) { serviceCategories {
        edges { node { id name(language: $language) parent { id } } } } }`,
      { language },
    ),
  );
const shows = (isSo, language) => until(async () => (await catalog(language)).find(isSo), WITHIN);
// Asked twice, so that the server remembers what it answers.
for (const language of [undefined, 'fr', undefined, 'fr']) await catalog(language);
const pools = await dora.change(
  'createServiceCategory',
  { name: 'Pools', slug: 'pools' },
  '... on ServiceCategory { id version }',
);
const { id } = pools;
saw.created = (await shows((each) => each.id === id)).name;
saw.cycle = await dora.refused('updateServiceCategory', { id, parentId: id });
await dora.change('updateServiceCategory', { id, parentId: world.category });
saw.movedBelow = (await shows((each) => each.id === id && each.parent)).parent.id;
await dora.change('updateServiceCategory', { id, translations: [{ language: 'fr', name: 'Piscines' }] });
saw.translated = (await shows((each) => each.id === id && each.name === 'Piscines', 'fr')).name;

// A provider's papers wait for her, and then the provider.
const submit = async (documentType, more = {}) =>
  ada.change('submitProviderDocument', { documentType, file: await file(world.paper), ...more });
await submit('LICENSE', { categoryId: world.category });
await submit('IDENTITY');
const papers = (status) =>
  dora.ask(
    `query Papers($status: ProviderDocumentStatus) {
      providerDocuments(filter: { status: $status }, order: [{ createdAt: ASC }]) {
        totalCount edges { node { id documentType url } } } }`,
    { status },
  );
const waiting = nodes(await papers('PENDING'));
saw.papers = waiting.map(({ documentType }) => documentType);
saw.paper = await (await fetch(new URL(waiting[0].url, world.url))).text();
const verify = { providerId: world.business, isVerified: true };
saw.tooEarly = await dora.refused('verifyProvider', verify);
for (const { id } of waiting) await dora.change('reviewProviderDocument', { id, approved: true, notes: 'Seen' });
saw.twice = await dora.refused('reviewProviderDocument', { id: waiting[0].id, approved: false });
saw.waiting = [(await papers('PENDING')).totalCount, (await papers('APPROVED')).totalCount];
const verified = await dora.change(
  'verifyProvider',
  verify,
  '... on ServiceProviderProfile { isVerifiedProvider isLicensed }',
);
saw.verified = [verified.isVerifiedProvider, verified.isLicensed];

// A dispute waits for her too: a part of the price goes back.
const disputes = (status) =>
  dora.ask(
    `query Disputes($status: DisputeStatus) { disputes(filter: { status: $status }) {
      totalCount edges { node { id order { id title } } } } }`,
    { status },
  );
const orders = await dora.ask('query Disputed { orders(filter: { isDisputed: true }) { totalCount } }');
const [dispute] = nodes(await disputes('OPEN'));
saw.dispute = { title: dispute.order.title, orders: orders.totalCount };
const disputeId = dispute.id;
await dora.change('reviewDispute', { disputeId, notes: 'Asked both' });
saw.withoutShare = await dora.refused('resolveDispute', { disputeId, outcome: 'REFUND', resolution: 'Half' });
const { order, refundAmount } = await dora.change(
  'resolveDispute',
  { disputeId, outcome: 'REFUND', refundShare: '40', resolution: 'Half of it was done' },
  '... on OrderDispute { refundAmount { amount } order { status } }',
);
saw.resolved = [order.status, refundAmount.amount];
saw.undecided = [(await disputes('OPEN')).totalCount, (await disputes('RESOLVED')).totalCount];
const told = await ben.ask(
  'query Mine($id: ID!) { order(id: $id) { disputes { edges { node { resolution adminNotes } } } } }',
  { id: dispute.order.id },
);
saw.toldBen = nodes(told.disputes).map(({ resolution, adminNotes }) => [resolution, adminNotes]);

// A setting keeps its rule.
const [setting] = nodes(
  await dora.ask(
    `query Setting { systemSettings(filter: { key: { exact: "orders.open_days" } }) {
      edges { node { id value } } } }`,
  ),
);
const change = { id: setting.id };
saw.refusedValues = [
  await dora.refused('updateSystemSetting', { ...change, value: '91' }),
  await dora.refused('updateSystemSetting', { ...change, value: 'soon' }),
  await ada.refused('updateSystemSetting', { ...change, value: '14' }),
];
saw.setting = (
  await dora.change('updateSystemSetting', { ...change, value: '14' }, '... on SystemSetting { value }')
).value;
saw.shown = await until(async () => {
  const [shown] = nodes(
    await anybody.ask(
      'query Public { publicSettings(filter: { key: { exact: "orders.open_days" } }) { edges { node { value } } } }',
    ),
  );
  return shown.value === '14' && shown.value;
}, WITHIN);
tell(saw);
