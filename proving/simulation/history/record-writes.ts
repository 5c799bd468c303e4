import { keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { limits } from '../../../protocol/limits.ts';
import { hash } from '../kernel/random.ts';
import { fieldsOf } from './frames.ts';
import type { Item } from '../table/items.ts';
import type { SimulatedTable } from '../table/table.ts';
import { senderText, type History } from './history.ts';

/** Writes into the history what is written into the table: entries of logs, where conversations
 * stand, and rows of connections. */
export function recordWrites(table: SimulatedTable, history: History): void {
  table.listen((key, item) => {
    if (key.sk.startsWith('E#')) {
      if (item !== undefined) history.add({ ...entryFacts(item), type: 'ok', f: 'stored' });
    } else if (key.sk === 'HEAD') {
      if (item !== undefined) history.add({ ...headFacts(item), type: 'ok', f: 'standing' });
    } else if (key.sk.startsWith('C#') || key.sk.startsWith('M#')) {
      history.add({
        type: 'ok',
        f: 'row',
        conn: key.sk.slice(2),
        kind: key.pk,
        err: item ? 'put' : 'deleted',
      });
    }
  });
}

/** Everything that is in the table, at the end. */
export function recordScan(items: Iterable<Item>, history: History, nowSeconds: number): void {
  for (const item of items) {
    if (item.sk.startsWith('E#')) history.add({ ...entryFacts(item), type: 'ok', f: 'scanEntry' });
    else if (item.sk === 'HEAD') history.add({ ...headFacts(item), type: 'ok', f: 'scan' });
    else if (!item.sk.startsWith('R#')) {
      history.add({ ...rowFacts(item, nowSeconds), type: 'ok', f: 'scanRow' });
    }
  }
}

/** `expired`: nothing is delivered by it any more. */
function rowFacts(item: Item, nowSeconds: number) {
  const { sk, pk, expiresAt, member } = item;
  const isMembership = sk.startsWith('M#');
  const { tokenExpiresAt, role, departments } = isMembership ? fieldsOf(parseJson(String(member))) : item;
  if (isMembership && !Array.isArray(departments))
    throw new Error(`a membership without rights: ${pk} ${sk}`);
  const end = Math.min(Number(expiresAt), Number(tokenExpiresAt) + limits.clockToleranceSeconds);
  return {
    conn: sk.slice(2),
    kind: pk,
    err: end <= nowSeconds ? 'expired' : 'valid',
    role: String(role),
    departments: Array.isArray(departments) ? departments.map(String) : [],
  };
}

function headFacts(item: Item) {
  const { department, head, status, updatedAt } = item;
  return {
    hotel: String(item['hotelId']),
    conv: String(item['conversationId']),
    department: typeof department === 'string' ? department : null,
    head: Number(head),
    kind: String(status),
    updatedAt: String(updatedAt),
  };
}

function entryFacts(item: Item) {
  const { pk, seq, id, text, sender, event, revision, department, previousDepartment } = item;
  const { hotel, conv } = partsOf(pk);
  return {
    hotel,
    conv,
    seq: Number(seq),
    msgId: String(id),
    bodyHash: hash(String(text)),
    user: `${String(fieldsOf(sender)['kind'])} ${String(fieldsOf(sender)['id'])}`,
    sender: senderText(fieldsOf(sender)),
    ...(typeof event === 'string' ? { kind: event } : {}),
    // An edit is told apart by its text, as a message is; a deletion has none.
    ...(revision === 'deleted' ? { kind: revision } : {}),
    ...(typeof department === 'string' ? { department } : {}),
    ...(typeof previousDepartment === 'string' ? { left: previousDepartment } : {}),
  };
}

/** Ids hold no `#`. */
function partsOf(pk: string): { hotel: string; conv: string } {
  const [, hotel = '', conv = ''] = pk.split('#');
  if (keys.log(hotel, conv) !== pk) throw new Error(`no conversation's partition: ${pk}`);
  return { hotel, conv };
}
