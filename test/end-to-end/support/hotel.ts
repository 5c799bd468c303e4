import { randomUUID } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import type { Staff } from '../../../dev/issuer/token.ts';
import type { Addresses } from './service.ts';
import { StaffClient } from './staff.ts';
import { Upstream } from './upstream.ts';

/** A hotel of a test's own; what it opens is closed at the test's end. */
export class Hotel {
  readonly id = `hotel-${randomUUID()}`;
  readonly service: Addresses & { readonly dataDirectory: string };
  readonly upstream: Upstream;

  /** On the service that all files share, unless a test has one of its own. */
  constructor(service = inject('service')) {
    this.service = service;
    this.upstream = new Upstream(service);
  }

  /** A member of staff of this hotel, connected. */
  async staff(user: string, departments: string[], more: Partial<Staff> = {}): Promise<StaffClient> {
    const client = await StaffClient.connect(this.service, { user, hotel: this.id, departments, ...more });
    onTestFinished(() => client.close());
    return client;
  }

  /** A conversation that upstream put into a department; `null` for none yet. */
  async conversation(id: string, department: string | null, firstText?: string) {
    return this.upstream.notify({
      type: 'conversation.created',
      hotelId: this.id,
      conversation: {
        id,
        ...(department === null ? {} : { department }),
        guest: { id: 'guest-1', name: 'Gil' },
      },
      ...(firstText === undefined ? {} : { message: { id: `${id}-first`, text: firstText } }),
    });
  }

  /** A guest's message. */
  async guestWrites(conversationId: string, text: string, id: string = randomUUID()) {
    return this.upstream.notify({
      type: 'message.received',
      hotelId: this.id,
      conversationId,
      message: { id, text },
    });
  }

  /** A change of state by upstream. */
  async upstreamChanges(
    change: 'routed' | 'closed' | 'reopened',
    conversationId: string,
    more: { department?: string; eventId?: string; at?: string } = {},
  ) {
    const type = `conversation.${change}`;
    return this.upstream.notify({ type, hotelId: this.id, conversationId, eventId: randomUUID(), ...more });
  }
}
