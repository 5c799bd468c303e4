import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { Table } from '../../lambdas/adapters/dynamodb/client.ts';
import { stored, type Appended, type AppendDependencies } from '../../lambdas/core/append.ts';
import { maximumRounds } from '../../lambdas/core/contention.ts';
import type { ConversationRef } from '../../lambdas/core/conversation.ts';
import { contended } from '../../lambdas/core/refusals.ts';
import type { Attempt } from './proposals.ts';

/** What a turn takes: a read and a transaction of five milliseconds each, and as much again for both to come late. */
const turnMilliseconds = 20;

/**
 * What stands, with turns: whoever loses a round takes the next free turn out of an item beside the conversation, waits
 * for it, and then reads and commits. Clocks that differ, or a late commit, make two turns meet: who loses takes another.
 */
export async function appendInLine(
  deps: AppendDependencies,
  table: Table,
  attempt: Attempt,
): Promise<Appended> {
  const { conversations, world } = deps;
  const { ref, receipt } = attempt;
  for (let lost = 0; lost < maximumRounds; lost++) {
    if (lost > 0) await world.sleep((await takeTurn(table, ref, Date.now())) - Date.now());
    const current = await conversations.read(ref);
    const decision = attempt.decide(current, world.now());
    if (decision.kind !== 'store') {
      const earlier = receipt && (await conversations.receipt(ref, receipt));
      return earlier ? { kind: 'duplicate', seq: earlier.seq } : decision;
    }
    const outcome = await conversations.commit({
      ...(current === undefined ? {} : { expected: current }),
      next: decision.next,
      ...(decision.entry === undefined ? {} : { entry: decision.entry }),
      ...(receipt === undefined ? {} : { receipt }),
    });
    if (outcome.kind === 'duplicate') return outcome;
    if (outcome.kind === 'committed') {
      return stored(decision);
    }
  }
  return contended;
}

const line = v.object({ Attributes: v.object({ turn: v.number() }) });

/** When the next turn begins that nobody has, in epoch milliseconds: now, or after the last that was taken. */
async function takeTurn({ client, name }: Table, ref: ConversationRef, now: number): Promise<number> {
  const take = async (UpdateExpression: string, values: Record<string, number>, condition?: string) => {
    const answer = await client.send(
      new UpdateCommand({
        TableName: name,
        Key: { pk: `Q#${ref.hotelId}#${ref.conversationId}`, sk: 'LINE' },
        UpdateExpression,
        ...(condition === undefined ? {} : { ConditionExpression: condition }),
        ExpressionAttributeValues: values,
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return v.parse(line, answer).Attributes.turn;
  };
  try {
    return await take('SET turn = :now', { ':now': now }, 'attribute_not_exists(turn) OR turn < :now');
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return take('SET turn = turn + :turn', { ':turn': turnMilliseconds });
  }
}
