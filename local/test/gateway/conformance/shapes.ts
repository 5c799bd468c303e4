import type { ApiShape } from './target.ts';

/** Both life cycle routes, one-way `x`, two-way `echo`. */
const usual: ApiShape = {
  routes: ['$connect', '$disconnect', '$default', 'x', 'echo'],
  twoWay: ['echo'],
};

/** The APIs that the suite needs. A target that cannot make APIs as it goes has to hold one of each. */
export const shapes = {
  usual,
  withoutConnect: { routes: ['$default'] },
  withoutDefault: { routes: ['$connect', 'x'] },
  hasty: { ...usual, integrationTimeoutMilliseconds: 3_000 },

  guardedByHeader: { ...usual, authorizer: ['route.request.header.X-Token'] },
  guardedByQuery: { ...usual, authorizer: ['route.request.querystring.token'] },
  guardedByStageVariable: { ...usual, authorizer: ['stageVariables.nowhere'] },
  guardedByThree: {
    ...usual,
    authorizer: ['route.request.header.x-token', 'route.request.querystring.t', 'context.identity.sourceIp'],
  },

  selectsNested: { routes: ['x', '$default'], routeSelectionExpression: '$request.body.kind.name' },
  selectsNumber: { routes: ['2', '$default'], routeSelectionExpression: '$request.body.version' },
  selectsInBraces: { routes: ['x', '$default'], routeSelectionExpression: '${request.body.action}' },
  selectsTwo: {
    routes: ['room/7', 'room/', '$default'],
    routeSelectionExpression: '${request.body.a}/${request.body.b}',
  },
  selectsWithin: { routes: ['v1-x', '$default'], routeSelectionExpression: 'v1-${request.body.kind.name}' },
} satisfies Readonly<Record<string, ApiShape>>;

export type ShapeName = keyof typeof shapes;
