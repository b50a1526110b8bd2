// What a lead cost comes back: for one who was asked twice by a rule, for one whom nobody answers by staff.
// usage: node refunds.mjs WORLD, where that is JSON: url, wsUrl, phones, tokens, ids and a number nobody has
import { App, nodes, tell } from './app.mjs';
import { Trader, textedCode } from './trader.mjs';

const world = JSON.parse(process.argv[2]);
const PHONE = '+27821230002';
const [ada, finn, gail, dora] = ['ada', 'finn', 'gail', 'dora'].map((name) => new Trader(world, name));
const vera = new App(world);
const saw = {};

for (const providerId of [world.adas, world.finns])
  await dora.change('adjustCredits', { providerId, credits: 10, description: 'Welcome', isBonus: true });
await finn.change('updateLeadPreference', { mode: 'CLAIM' });
await gail.change('updateLeadPreference', { mode: 'NONE' });

// Vera has no account: the code comes at once, and a token shows that a lead is hers.
const post = (title, contactPhone) =>
  vera.change(
    'createLead',
    { title, contactPhone, categoryId: world.category, areaId: world.area, maxProviders: 2 },
    '... on VisitorLead { id token status needsCode }',
  );
const confirm = async ({ id, token }, nth) =>
  vera.change(
    'confirmLeadCode',
    { leadId: id, visitorToken: token, code: await textedCode(world, PHONE, nth) },
    '... on VisitorLead { status }',
  );
const nobodys = await post('Nobody is there', world.nobody);
saw.nowhere = await dora.reads(
  'that a code could not be delivered',
  'query Delivery($id: ID!) { lead(id: $id) { status codeDelivery } }',
  { id: nobodys.id },
  ({ status, codeDelivery }) => codeDelivery === 'FAILED' && status,
);
const tap = await post('A tap drips', PHONE);
saw.posted = [tap.status, tap.needsCode];
const code = await textedCode(world, PHONE);
saw.withoutToken = await vera.refused('confirmLeadCode', { leadId: tap.id, code });
saw.othersToken = await vera.refused('confirmLeadCode', { leadId: tap.id, code, visitorToken: nobodys.token });
saw.confirmed = (await confirm(tap, 1)).status;

// Ada has it by herself, Finn claims it, and calls in vain.
const { assignment: adas } = await ada.hears('LeadAssigned', tap.id);
await finn.hears('LeadOffered', tap.id);
const claimed = await finn.change(
  'claimLead',
  { leadId: tap.id },
  '... on LeadAssignment { id lead { contactPhone } }',
);
saw.number = claimed.lead.contactPhone;
const reasons = nodes(await finn.ask('query Reasons { leadRefundReasons { edges { node { id code } } } }'));
const reasonId = (code) => reasons.find((each) => each.code === code).id;
const inVain = { assignmentId: claimed.id, reasonId: reasonId('unreachable') };
saw.withoutEvidence = await finn.refused('requestLeadRefund', inVain);
const asked = await finn.change(
  'requestLeadRefund',
  { ...inVain, evidence: 'Called on three days' },
  '... on LeadAssignment { status refundStatus }',
);
saw.asked = [asked.status, asked.refundStatus];
await finn.hears('LeadRefundRequested', tap.id);

// The rule of who was asked twice does not hold for who was asked once.
const once = await ada.change(
  'requestLeadRefund',
  { assignmentId: adas.id, reasonId: reasonId('duplicate') },
  '... on LeadAssignment { id refundStatus }',
);
saw.once = once.refundStatus;

// Staff decide about both.
const QUEUE = `query Queue { leadAssignments(filter: { refundStatus: REQUESTED }, order: [{ assignedAt: ASC }]) {
  edges { node { id refundCode refundReason } } } }`;
saw.queue = nodes(await dora.ask(QUEUE)).map(({ refundCode, refundReason }) => [refundCode, refundReason]);
const decision = { assignmentId: claimed.id, note: 'We called too' };
saw.notStaff = await finn.refused('approveLeadRefund', decision, 'LeadRefundInput');
await dora.change('approveLeadRefund', decision, '', 'LeadRefundInput');
await finn.hears('LeadRefundApproved', tap.id);
saw.decidedTwice = await dora.refused('approveLeadRefund', decision, 'LeadRefundInput');
const rejection = { assignmentId: adas.id, note: 'You were asked once' };
await dora.change('rejectLeadRefund', rejection, '', 'LeadRefundInput');
await ada.hears('LeadRefundRejected', tap.id);
const { contactPhone } = await finn.ask('query Lead($id: ID!) { lead(id: $id) { contactPhone } }', { id: tap.id });
saw.numberAfter = contactPhone;

// Vera asks for the same again: Ada, who pays twice, has it back at once, however often she asks.
const again = await post('The tap drips still', PHONE);
await confirm(again, 2);
const { assignment: twice } = await ada.hears('LeadAssigned', again.id);
const askBack = { assignmentId: twice.id, reasonId: reasonId('duplicate') };
const answers = await Promise.all([1, 2, 3].map(() => ada.refused('requestLeadRefund', askBack)));
saw.answers = answers.map((code) => code ?? 'granted').sort();
await ada.hears('LeadRefundApproved', again.id);

// She calls it off, by her token.
await finn.hears('LeadOffered', again.id);
await vera.change('cancelLead', { leadId: again.id, visitorToken: again.token });
await finn.hears('LeadOfferEnded', again.id);
saw.called = (
  await vera.ask('query Mine($token: String!) { visitorLead(token: $token) { status } }', { token: again.token })
).status;

saw.ledgers = [await ada.ledger(), await finn.ledger()];
saw.events = Object.fromEntries([ada, finn, gail].map((each) => [each.name, each.types()]));
tell(saw);
