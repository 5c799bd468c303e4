import type { FunctionName } from '../../../lib/function-rows.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { fieldsOf, type Fields } from '../history/frames.ts';
import type { Bug } from '../world.ts';

type ChangeReply = (reply: Fields, request: Fields) => Fields;

/** Changes what a function replies; `make` is called for each of its environments. */
export function inReplies(name: FunctionName, make: () => ChangeReply): Bug {
  return {
    variation: () => ({
      handler(of, handler) {
        if (of !== name) return handler;
        const change = make();
        return async (event) => {
          const response = fieldsOf(await handler(event));
          const { body } = response;
          if (typeof body !== 'string') return response;
          const request = fieldsOf(parseJson(String(fieldsOf(event)['body'])));
          return { ...response, body: JSON.stringify(change(fieldsOf(parseJson(body)), request)) };
        };
      },
    }),
  };
}
